import type { Bundle } from '../../src/contract/bundle.js';
import { FIVE_PROJECTS, projectConfig } from '../config/five-projects.js';
import { oneOfEverything } from '../config/one-of-everything.js';
import { diff, pull, push, stepsOf } from '../e2e/config-world.js';
import type { DatabaseKind } from '../kit/database-servers.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { installedVersion, type DirectusVersion } from '../kit/playground.js';

/** With every consent, since nothing is lost on an instance that is empty. */
const CONSENT = { allow_destructive: true, allow_data_loss: true, max_deletions: 100_000 };

export interface World {
	version: DirectusVersion;
	database: DatabaseKind;
}

/** How many problems are said at once; all of them are at the end. */
const SHOWN = 5;

/** Of the 25 collections that an unlicensed Directus 12 takes, Downstream has four. */
const MOST_ACTIVE = 20;

/** What is still different, each in a line. */
async function differences(directus: Directus, bundle: Bundle, options: object = {}): Promise<string[]> {
	return stepsOf(await diff(directus, bundle, { ...options })).map(
		({ action, kind, sync_id, fields }) =>
			`${action} ${kind} ${sync_id}: ${fields.map(({ field, from, to }) => `${field} ${JSON.stringify(from)} → ${JSON.stringify(to)}`).join(', ')}`,
	);
}

/** An instance with one of everything, and what it makes of that. */
export async function makeSource(directus: Directus, { version, database }: World, seed: number): Promise<Bundle> {
	const made = oneOfEverything(database, installedVersion(version), seed);
	const done = await push(directus, made, CONSENT);
	if (done.status !== 200) throw new Error(`the source itself: ${done.status} ${done.message}`);
	return pull(directus);
}

/**
 * Pushes what one instance has to another, of any database and version: once, and then there is nothing to do; and what
 * the other has then is nothing new to the first.
 *
 * @param source null where the first is no more
 */
export async function tryWay(bundle: Bundle, source: Directus | null, target: Directus): Promise<string[]> {
	const done = await push(target, bundle, CONSENT);
	if (done.status !== 200)
		return [
			`refused: ${done.status} ${done.message}`,
			...done.issues.map(({ path, message }) => `${path}: ${message}`),
		];
	const left = (await differences(target, bundle)).map((line) => `after the push: ${line}`);
	const again = await push(target, bundle, CONSENT);
	if (again.id !== null) left.push('a second push wrote something');
	if (!source) return left;
	return [...left, ...(await differences(source, await pull(target))).map((line) => `the way back: ${line}`)];
}

/** Every database and version onto every other: 36 ways, each onto an instance that is empty. */
export async function pushMatrix(
	worlds: readonly World[],
	seed: number,
	say: (line: string) => void,
	targets: readonly World[] = worlds,
): Promise<string[]> {
	const problems: string[] = [];
	for (const from of worlds) {
		const source = await startDirectus({ ...from });
		try {
			const bundle = await makeSource(source, from, seed);
			for (const to of targets) {
				const way = `${from.database} ${from.version} → ${to.database} ${to.version}`;
				const target = await startDirectus({ ...to });
				try {
					const found = await tryWay(bundle, source, target);
					say(`${way}: ${found.length === 0 ? 'as it should be' : `${found.length} problems`}`);
					problems.push(...found.map((line) => `${way}: ${line}`));
				} finally {
					await target.stop();
				}
			}
		} finally {
			await source.stop();
		}
	}
	return problems;
}

type Say = (line: string) => void;

/**
 * Five projects of the size of real ones. Each is made on the first world and goes from world to world, onto an instance that
 * is empty; then what each of them has is compared with every other: 36 ways, on which nothing is to be done.
 *
 * @param isWhole whether it is pushed onto an empty instance on each of these ways as well, which takes hours
 */
export async function pushProjects(
	worlds: readonly World[],
	{ seed, isWhole }: { seed: number; isWhole: boolean },
	say: Say,
): Promise<string[]> {
	const problems: string[] = [];
	for (const [index, project] of FIVE_PROJECTS.entries()) {
		// Each begins somewhere else, so that each push crosses from another world to another.
		const order = worlds.map(
			(_, place) => worlds[(index + place * stepFor(index, worlds.length)) % worlds.length] as World,
		);
		const made: Made[] = [];
		const source = (world: World) => projectConfig(project, installedVersion(world.version), seed + index);
		const inactive = namesOverLicence(source(order[0] as World));
		try {
			for (const world of order) {
				const directus = await startDirectus({ ...world });
				const entry: Made = { world, directus, bundle: { version: 1, directus: null, schema: null, elements: {} } };
				made.push(entry);
				const before = made.at(-2);
				const from = before?.bundle ?? source(world);
				const began = Date.now();
				const found = await tryWay(forLicence(from, world, inactive), before?.directus ?? null, directus);
				entry.bundle = await pull(directus);
				const way = `${project.name}, ${before ? nameOf(before.world) : 'made'} → ${nameOf(world)}`;
				say(
					`${way}: ${found.length === 0 ? 'as it should be' : `${found.length} problems`}, ${sizeOf(entry.bundle)}, ${Date.now() - began} ms`,
				);
				for (const line of found.slice(0, SHOWN)) say(`  ${line}`);
				problems.push(...found.map((line) => `${way}: ${line}`));
				// What could not be pushed is compared with nothing.
				if (found.some((line) => line.startsWith('refused'))) await made.pop()?.directus.stop();
			}
			problems.push(...(await compareAll(project.name, made, say)));
			if (isWhole) problems.push(...(await pushAll(project.name, made, inactive, say)));
		} finally {
			for (const { directus } of made) await directus.stop();
		}
	}
	return problems;
}

interface Made {
	world: World;
	directus: Directus;
	bundle: Bundle;
}

const nameOf = ({ database, version }: World) => `${database} ${version}`;

/** Steps that lead through all worlds, another one for every second project. */
const stepFor = (index: number, count: number): number => (index % 2 === 0 || count < 3 ? 1 : count - 1);

const sizeOf = ({ schema, elements }: Bundle): string =>
	`${schema?.collections.length} collections, ${schema?.fields.length} fields, ${elements.panels?.length ?? 0} panels`;

const CHANGED_TYPE = /^update fields [^:]+: type "\w+" → "\w+"$/;

/** Tables of a project that an unlicensed Directus 12 takes only if they are inactive. */
function namesOverLicence({ schema }: Bundle): ReadonlySet<string> {
	const tables = (schema?.collections ?? []).filter((entry) => entry['schema'] !== null);
	return new Set(
		tables
			.map(({ collection }) => collection)
			.toSorted()
			.slice(MOST_ACTIVE),
	);
}

/** Directus 11 knows nothing of inactive collections, so what comes from it is to be made so again. */
function forLicence(bundle: Bundle, { version }: World, inactive: ReadonlySet<string>): Bundle {
	const { schema } = bundle;
	if (version === '11' || !schema) return bundle;
	const collections = schema.collections.map((entry) =>
		inactive.has(entry.collection) ? { ...entry, meta: { ...Object(entry['meta']), status: 'inactive' } } : entry,
	);
	return { ...bundle, schema: { ...schema, collections } };
}

/**
 * Each world beside every other. A type that a world between two of them cannot hold stays changed after it (a decimal
 * that has passed SQLite is a float), which is no difference between neighbours, and not counted here.
 */
async function compareAll(project: string, made: readonly Made[], say: Say): Promise<string[]> {
	const problems: string[] = [];
	for (const from of made)
		for (const to of made) {
			const found = await differences(to.directus, from.bundle, { mirror: true });
			const areNeighbours = Math.abs(made.indexOf(from) - made.indexOf(to)) <= 1;
			problems.push(
				...found
					.filter((line) => areNeighbours || !CHANGED_TYPE.test(line))
					.map((line) => `${project}, ${nameOf(from.world)} beside ${nameOf(to.world)}: ${line}`),
			);
		}
	say(`${project}: ${made.length ** 2} ways compared, ${problems.length} differences`);
	for (const line of problems.slice(0, SHOWN)) say(`  ${line}`);
	return problems;
}

async function pushAll(
	project: string,
	made: readonly Made[],
	inactive: ReadonlySet<string>,
	say: Say,
): Promise<string[]> {
	const problems: string[] = [];
	for (const from of made)
		for (const { world } of made) {
			const target = await startDirectus({ ...world });
			try {
				const way = `${project}, ${nameOf(from.world)} → ${nameOf(world)}`;
				const found = await tryWay(forLicence(from.bundle, world, inactive), from.directus, target);
				say(`${way}: ${found.length === 0 ? 'as it should be' : `${found.length} problems`}`);
				problems.push(...found.map((line) => `${way}: ${line}`));
			} finally {
				await target.stop();
			}
		}
	return problems;
}
