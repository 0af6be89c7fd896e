import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { ELEMENT_KINDS, type Bundle, type Element, type ElementKind } from '../../src/contract/bundle.js';
import { folderWith, run, type Ran } from '../cli/run.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import type { DirectusVersion } from '../kit/playground.js';
import { pull, push } from './config-world.js';

/** The command line in a folder of its own, as somebody uses it who comes from `directus-sync`. */
export interface Desk {
	folder: string;
	/** Any command; gives what it printed. */
	run(on: Directus, ...argv: string[]): Promise<Ran>;
	/** The same, and it has to end with 0. */
	fine(on: Directus, ...argv: string[]): Promise<Ran>;
	/** The elements of one file of the dump. */
	read(kind: ElementKind): Element[];
	write(kind: ElementKind, elements: Element[]): void;
	/** Changes the elements of a file that fit, in the file. */
	change(kind: ElementKind, fits: (element: Element) => boolean, values: Record<string, unknown>): void;
	file(path: string): string;
	put(path: string, text: string): void;
}

export function newDesk(): Desk {
	const folder = folderWith();
	const place = (kind: ElementKind) => join(folder, 'directus-config', 'collections', `${kind}.json`);
	const desk: Desk = {
		folder,
		run: (on, ...argv) =>
			run(argv, folder, { variables: { DIRECTUS_URL: on.url, DIRECTUS_TOKEN: on.token, CI: 'true' } }),
		async fine(on, ...argv) {
			const ran = await desk.run(on, ...argv);
			if (ran.code !== 0) throw new Error(`${argv.join(' ')} ended with ${ran.code}: ${ran.out}${ran.err}`);
			return ran;
		},
		read: (kind) => JSON.parse(readFileSync(place(kind), 'utf8')) as Element[],
		write: (kind, elements) => writeFileSync(place(kind), JSON.stringify(elements, null, 2)),
		change(kind, fits, values) {
			desk.write(
				kind,
				desk.read(kind).map((element) => (fits(element) ? { ...element, ...values } : element)),
			);
		},
		file: (path) => readFileSync(join(folder, 'directus-config', path), 'utf8'),
		put(path, text) {
			mkdirSync(dirname(join(folder, path)), { recursive: true });
			writeFileSync(join(folder, path), text);
		},
	};
	return desk;
}

/**
 * For the tests of a `describe`: a source with one element of each kind, and a target with none. Before each test both are
 * again as they were.
 * @param begin told of them before the first test
 */
export function withScenarioInstances(
	version: DirectusVersion,
	begin: (instances: { source: Directus; target: Directus; made: Made }) => void,
): void {
	let instances: Directus[] = [];
	let states: Bundle[] = [];
	beforeAll(async () => {
		const [source, target] = await Promise.all([
			startDirectus({ version, database: 'sqlite' }),
			startDirectus({ version, database: 'sqlite' }),
		]);
		instances = [source, target];
		const bare = await pull(target);
		const made = await createOneOfEach(source);
		states = [await pull(source), bare];
		begin({ source, target, made });
	});
	beforeEach(async () => {
		await Promise.all(instances.map((instance, index) => reset(instance, states[index] as Bundle)));
	});
	afterAll(async () => {
		for (const instance of instances) await instance.stop();
	});
}

/** Takes an instance back to what it was, with the SyncIDs of what stays. */
async function reset(directus: Directus, bare: Bundle): Promise<void> {
	const consent = { mirror: true, allow_destructive: true, allow_data_loss: true, max_deletions: 10_000 };
	const { status, message } = await push(directus, bare, consent);
	if (status !== 200) throw new Error(`the instance could not be emptied: ${message}`);
}

/** The keys of what `createOneOfEach` made. */
export type Made = Record<Exclude<ElementKind, 'settings'>, string>;

/** An element of each kind, made by hand as the Data Studio does, and two collections. */
async function createOneOfEach(directus: Directus): Promise<Made> {
	const make = async (path: string, values: object): Promise<string> =>
		String((await directus.data<{ id: string | number }>('POST', path, values)).id);
	const key = { field: 'id', type: 'integer', schema: { is_primary_key: true, has_auto_increment: true }, meta: {} };
	await directus.request('POST', '/collections', [
		{
			collection: 'pages',
			schema: {},
			meta: { icon: 'article' },
			fields: [key, { field: 'title', type: 'string', meta: {} }],
		},
		{ collection: 'notes', schema: {}, meta: {}, fields: [key, { field: 'text', type: 'text', meta: {} }] },
	]);
	const folders = await make('/folders', { name: 'Scenario folder' });
	const roles = await make('/roles', { name: 'Scenario role', description: 'Made by hand' });
	const policies = await make('/policies', { name: 'Scenario policy', app_access: false, roles: [{ role: roles }] });
	const permissions = await make('/permissions', {
		policy: policies,
		collection: 'pages',
		action: 'read',
		fields: ['*'],
	});
	const flows = await make('/flows', { name: 'Scenario flow', trigger: 'manual', status: 'inactive', options: {} });
	const operations = await make('/operations', {
		flow: flows,
		key: 'say',
		name: 'Say it',
		type: 'log',
		position_x: 20,
		position_y: 1,
		options: { message: 'said' },
	});
	await directus.request('PATCH', `/flows/${flows}`, { operation: operations });
	const dashboards = await make('/dashboards', { name: 'Scenario dashboard' });
	const panels = await make('/panels', {
		dashboard: dashboards,
		name: 'Scenario panel',
		type: 'metric',
		position_x: 1,
		position_y: 1,
		width: 10,
		height: 10,
		options: { collection: 'pages' },
	});
	const presets = await make('/presets', { bookmark: 'Scenario bookmark', role: roles, collection: 'pages' });
	const translations = await make('/translations', { language: 'en-US', key: 'scenario', value: 'Scenario' });
	await directus.request('PATCH', '/settings', {
		project_descriptor: 'Scenario',
		storage_default_folder: folders,
		public_registration_role: roles,
	});
	return { folders, roles, policies, permissions, flows, operations, dashboards, panels, presets, translations };
}

/** How a person finds the element that `createOneOfEach` made of a kind, in a file or on an instance. */
export const isScenario = (kind: ElementKind, element: Record<string, unknown>): boolean =>
	kind === 'settings' ||
	kind === 'permissions' ||
	element['key'] === 'say' ||
	[element['name'], element['bookmark'], element['value']].some((value) => String(value).startsWith('Scenario'));

/** What changes in an element of a kind when somebody changes it. */
export const CHANGED: Record<ElementKind, Record<string, unknown>> = {
	settings: { project_descriptor: 'Changed' },
	folders: { name: 'Scenario folder, changed' },
	translations: { value: 'Scenario, changed' },
	flows: { name: 'Scenario flow, changed' },
	operations: { name: 'Say it louder' },
	roles: { description: 'Changed' },
	policies: { description: 'Changed' },
	permissions: { action: 'update' },
	dashboards: { note: 'Changed' },
	panels: { note: 'Changed' },
	presets: { bookmark: 'Scenario bookmark, changed' },
};

/** How often each action was done to elements of each kind, as Directus' activity tells it. */
export async function activityOf(directus: Directus): Promise<Record<string, number>> {
	const tables = ELEMENT_KINDS.map((kind) => `directus_${kind}`);
	const rows = (await directus
		.sql('directus_activity')
		.whereIn('collection', tables)
		.whereIn('action', ['create', 'update', 'delete'])
		.groupBy('action', 'collection')
		.select('action', 'collection')
		.count({ rows: '*' })) as { action: string; collection: string; rows: number | string }[];
	return Object.fromEntries(
		rows.map(({ action, collection, rows: count }) => [
			`${action} ${collection.replace('directus_', '')}`,
			Number(count),
		]),
	);
}

/** What is there now and was not in `before`. */
export const since = (before: Record<string, number>, now: Record<string, number>): Record<string, number> =>
	Object.fromEntries(
		Object.entries(now)
			.map(([what, count]) => [what, count - (before[what] ?? 0)] as const)
			.filter(([, count]) => count !== 0),
	);

/** SyncIDs by key, as recorded on an instance. */
export async function idMap(directus: Directus, kind: ElementKind): Promise<Record<string, string>> {
	const rows = await directus
		.sql('directus_sync_id_map')
		.where({ table: kind })
		.select<{ sync_id: string; local_id: string }[]>('sync_id', 'local_id');
	return Object.fromEntries(rows.map((row) => [row.local_id, row.sync_id]));
}

export const rowsOf = (directus: Directus, kind: ElementKind): Promise<Record<string, unknown>[]> =>
	directus.sql(`directus_${kind}`).select<Record<string, unknown>[]>('*');
