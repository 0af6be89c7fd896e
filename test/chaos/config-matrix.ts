import type { Bundle } from '../../src/contract/bundle.js';
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
