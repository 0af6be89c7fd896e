import type { Bundle } from '../../src/contract/bundle.js';
import type { ChangeOnData } from '../config/changes-on-data.js';
import {
	ask,
	buildFailing,
	copied,
	diff,
	everythingIn,
	pull,
	push,
	removeFailing,
	stepsOf,
	type Pushed,
} from '../e2e/config-world.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import type { World } from './config-matrix.js';

const EVERYTHING = { allow_destructive: true, allow_data_loss: true, max_deletions: 100_000 };

/** From nothing to everything that can be agreed to. */
const CONSENTS = [
	{ says: 'done', consent: {} },
	{ says: 'asks for allow_destructive', consent: { allow_destructive: true, max_deletions: 100_000 } },
	{ says: 'asks for allow_data_loss', consent: EVERYTHING },
] as const;

/** Which tables change by themselves, where what was undone was made again. */
const MADE_AGAIN = ['directus_collections', 'directus_fields', 'directus_relations', 'downstream_meta'];

export interface TriedChange {
	/** What became of it: `done`, `asks for …`, `refused: …`. */
	outcome: string;
	/** How often it was made to fail. */
	failures: number;
	/** How many of these could not be undone completely, and said so. */
	partial: number;
	problems: string[];
}

/**
 * Makes a change on tables that are filled, or empty. It is refused beforehand, or asked for by name, or done with every
 * value kept; where it is made to fail before each of its steps, everything is what it was, or the answer says what is not.
 *
 * @param directus with the extension of `buildFailing`; it is left as it was
 */
export async function tryChange(directus: Directus, change: ChangeOnData, filled: boolean): Promise<TriedChange> {
	const problems: string[] = [];
	const tried: TriedChange = { outcome: '', failures: 0, partial: 0, problems };
	const empty = await takeSchema(directus);
	await make();
	const taken = await takeSchema(directus);
	const wanted = copied(taken);
	if (wanted.schema) change.change(wanted.schema);
	const before = await everythingAbout(directus);

	const count = stepsOf(await diff(directus, wanted)).length;
	const isSame = change.sameOn?.includes(directus.database) === true;
	if ((count === 0) !== isSame) problems.push(isSame ? 'something is to be done' : 'nothing is to be done');
	for (let step = 0; step < count; step++) {
		const { body } = await ask(directus, '/failing/push', { bundle: wanted, fail_at: step });
		const [error] = (body['errors'] ?? []) as Failure[];
		if (!error) problems.push(`step ${step} did not fail`);
		if (!error?.message.includes('failed on purpose')) break;
		tried.failures++;
		const now = await everythingAbout(directus);
		if (error.extensions.partial) {
			tried.partial++;
			if (!error.extensions.left?.length) problems.push(`step ${step}: partial, and nothing is said to be left`);
			if (directus.database !== 'mysql') problems.push(`step ${step}: partial, though it can be rolled back`);
			await back();
			await make();
		} else for (const table of differing(before, now)) problems.push(`step ${step}: ${table} is not what it was`);
	}
	await changeIt();
	await back();
	return tried;

	/** Asks for it with no consent, then with more and more. */
	async function changeIt(): Promise<void> {
		const were = await rowsOf(directus, change);
		for (const { says, consent } of CONSENTS) {
			const pushed = await push(directus, wanted, consent);
			if (pushed.status === 200) {
				tried.outcome = says;
				if (!filled && says.endsWith('loss')) problems.push('asks for the loss of values where there are none');
				const agreed = consent === EVERYTHING ? (change.mayLose ?? []) : [];
				problems.push(...lostValues(were, await rowsOf(directus, change), agreed));
				for (const { action, kind, sync_id, fields } of stepsOf(await diff(directus, wanted, { mirror: true })))
					problems.push(`still to be done: ${action} ${kind} ${sync_id} ${JSON.stringify(fields)}`);
				return;
			}
			for (const table of differing(before, await everythingAbout(directus)))
				problems.push(`refused (${pushed.status}), but ${table} is not what it was: ${pushed.message}`);
			if (isConsentMissing(pushed)) continue;
			const codes = [...new Set(pushed.issues.map(({ code }) => code))].join(', ');
			tried.outcome = `refused: ${codes || `${pushed.code} ${pushed.message}`}`;
			if (pushed.status >= 500 || pushed.issues.length === 0)
				problems.push(`found only while it was done: ${pushed.status} ${pushed.message}`);
			if (!filled && !change.impossible) problems.push(`refused where there are no values: ${pushed.message}`);
			return;
		}
		problems.push('refused whatever is agreed to');
	}

	async function make(): Promise<void> {
		const bundle = copied(empty);
		if (bundle.schema) change.base(bundle.schema);
		await pushed(bundle);
		if (!filled) return;
		for (const [table, rows] of Object.entries(change.rows)) await directus.sql(table).insert(rows);
	}

	async function back(): Promise<void> {
		await takeSchema(directus);
		await pushed(empty);
	}

	async function pushed(bundle: Bundle): Promise<void> {
		const done = await push(directus, bundle, { ...EVERYTHING, mirror: true });
		if (done.status !== 200) throw new Error(`${change.name}: the tables could not be made: ${done.message}`);
	}
}

interface Failure {
	message: string;
	extensions: { partial?: boolean; left?: string[] };
}

const isConsentMissing = ({ issues }: Pushed): boolean =>
	issues.length > 0 && issues.every(({ code }) => code.startsWith('needs_allow'));

const takeSchema = (directus: Directus): Promise<Bundle> => pull(directus, { kinds: [] });

/** Without the history, which tells of each failure. */
async function everythingAbout(directus: Directus): Promise<Record<string, unknown>> {
	const { downstream_config_pushes: _, ...everything } = await everythingIn(directus);
	if (directus.database === 'mysql') for (const table of MADE_AGAIN) delete everything[table];
	return everything;
}

const differing = (before: Record<string, unknown>, now: Record<string, unknown>): string[] =>
	[...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
		(table) => JSON.stringify(before[table]) !== JSON.stringify(now[table]),
	);

type Tables = Map<string, Map<string, Record<string, unknown>>>;

/** Rows of the tables that are there, by their key. */
async function rowsOf({ sql }: Directus, { rows }: ChangeOnData): Promise<Tables> {
	const tables: Tables = new Map();
	for (const table of Object.keys(rows)) {
		if (!(await sql.schema.hasTable(table))) continue;
		const found = await sql(table).select<Record<string, unknown>[]>('*');
		tables.set(table, new Map(found.map((row) => [String(row['id']), row])));
	}
	return tables;
}

/** @param agreed tables and columns of which somebody agreed to lose values */
function lostValues(were: Tables, are: Tables, agreed: readonly string[]): string[] {
	return [...were].flatMap(([table, rows]) => {
		if (agreed.includes(table)) return [];
		return [...rows].flatMap(([key, row]) => {
			const now = are.get(table)?.get(key);
			if (!now) return [`${table} ${key} is lost`];
			return Object.entries(row).flatMap(([name, value]) =>
				agreed.includes(`${table}.${name}`) || isSame(value, now[name])
					? []
					: [`${table} ${key}: ${name} was ${JSON.stringify(value)} and is ${JSON.stringify(now[name])}`],
			);
		});
	});
}

/** The same value, of whichever type the column is now. */
function isSame(was: unknown, is: unknown): boolean {
	const [a, b] = [was, is].map((value) => (typeof value === 'boolean' ? Number(value) : value));
	if (a === null || b === null || a === undefined || b === undefined) return (a ?? null) === (b ?? null);
	if (String(a) === String(b)) return true;
	const isNumber = (value: unknown) => /^-?\d+(\.\d+)?$/.test(String(value));
	return isNumber(a) && isNumber(b) && Number(a) === Number(b);
}

/** Every change on every database, with rows and without: what became of each, as a table. */
export async function tryEveryChange(
	worlds: readonly World[],
	changes: readonly ChangeOnData[],
	say: (line: string) => void,
): Promise<string[]> {
	const problems: string[] = [];
	const extension = await buildFailing();
	const outcomes = new Map<string, string[]>();
	const columns: string[] = [];
	try {
		for (const { database, version } of worlds) {
			const directus = await startDirectus({ database, version, extraExtensions: [extension] });
			try {
				for (const filled of [false, true]) {
					columns.push(`${database} ${version}, ${filled ? 'filled' : 'empty'}`);
					for (const change of changes) {
						const { outcome, failures, partial, problems: found } = await tryChange(directus, change, filled);
						const failed = `${failures} failed${partial > 0 ? `, ${partial} in part` : ''}`;
						say(`${columns.at(-1)}: ${change.name}: ${outcome} (${failed}), ${found.length} problems`);
						outcomes.set(change.name, [...(outcomes.get(change.name) ?? []), `${outcome} (${failed})`]);
						problems.push(...found.map((line) => `${columns.at(-1)}: ${change.name}: ${line}`));
					}
				}
			} finally {
				await directus.stop();
			}
		}
	} finally {
		removeFailing();
	}
	say(['', `| change | ${columns.join(' | ')} |`, `|${' --- |'.repeat(columns.length + 1)}`].join('\n'));
	for (const [name, found] of outcomes) say(`| ${[name, ...found].join(' | ')} |`);
	return problems;
}
