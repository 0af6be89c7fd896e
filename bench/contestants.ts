import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatabaseKind } from '../test/kit/database-servers.js';
import { startDirectus, type Directus } from '../test/kit/directus.js';
import { freePort } from '../test/kit/free-port.js';
import { until } from '../test/kit/wait.js';
import type { Sink } from './workers.js';

/** The collection that is changed, and the fields that its targets are sent. */
export const COLLECTION = 'posts';
export const FIELDS = ['id', 'slug', 'title'];

/** What is measured side by side, each in a Directus and a database of its own. */
export const CONTESTANTS = {
	none: 'no extension',
	control: 'no extension, again (A/A)',
	ours: 'Downstream',
	other: 'Downstream, the other build',
	dead: 'Downstream, all targets refuse connections',
	hanging: 'Downstream, all targets hang',
	unwatched: 'Downstream, collection unwatched',
	full: 'Downstream, full tables',
	inline: 'inline hook',
	flow: 'Directus Flow',
} as const;
export type ContestantName = keyof typeof CONTESTANTS;

/** A running Directus, and how it tells its targets. */
export interface Contestant {
	name: ContestantName;
	directus: Directus;
	/**
	 * Makes these its only targets.
	 * @param options a Downstream target's `options`; the others know none
	 * @param base where they are, if not at the sink's first port
	 * @returns what the path of every request to them begins with
	 */
	aimAt(
		count: number,
		options?: Record<string, unknown>,
		base?: string,
	): Promise<{ prefix: string; targets: string[] }>;
}

/**
 * Starts contestants when they are first asked for; they stay until `stop`.
 *
 * @param options.against the folder of another build of this package (package.json and dist), which `other` runs
 */
export function createContestants(
	database: DatabaseKind,
	sink: Sink,
	{ env = {}, against = null }: { env?: Record<string, string>; against?: string | null } = {},
) {
	const running = new Map<ContestantName, Promise<Contestant>>();
	const get = (name: ContestantName): Promise<Contestant> => {
		const known = running.get(name);
		if (known) return known;
		const starting = start(name, database, sink, { env, against });
		running.set(name, starting);
		return starting;
	};
	return {
		get,
		/** Two at a time: more would only wait for each other. */
		async all(names: ContestantName[]): Promise<Contestant[]> {
			for (let index = 0; index < names.length; index += 2)
				await Promise.all(names.slice(index, index + 2).map((name) => get(name)));
			return Promise.all(names.map((name) => get(name)));
		},
		async stop(names: readonly ContestantName[] = [...running.keys()]): Promise<void> {
			const stopping = names.map((name) => running.get(name));
			for (const name of names) running.delete(name);
			await Promise.allSettled(stopping.map(async (contestant) => (await contestant)?.directus.stop()));
		},
	};
}
export type Contestants = ReturnType<typeof createContestants>;

let aims = 0;

async function start(
	name: ContestantName,
	database: DatabaseKind,
	sink: Sink,
	{ env, against }: { env: Record<string, string>; against: string | null },
): Promise<Contestant> {
	const inline = fileURLToPath(new URL('./inline-hook', import.meta.url));
	const directus = await startDirectus({
		version: '12',
		database,
		content: true,
		extension: !['none', 'control', 'other', 'inline', 'flow'].includes(name),
		extraExtensions: name === 'inline' ? [inline] : name === 'other' && against ? [against] : [],
		// A hundred thousand items in one request are some 10 MB.
		env: { ...env, LOG_LEVEL: 'error', MAX_PAYLOAD_SIZE: '100mb' },
	});
	const usual =
		name === 'dead' ? `http://127.0.0.1:${await freePort()}` : name === 'hanging' ? sink.hangingUrl : sink.url;
	return {
		name,
		directus,
		async aimAt(count, options = {}, base = usual) {
			const prefix = `/${name}-${++aims}/`;
			const urls = Array.from({ length: count }, (_, index) => `${base}${prefix}${index}`);
			if (name === 'none' || name === 'control') return { prefix, targets: [] };
			if (name === 'inline') {
				const settings = { collection: COLLECTION, fields: FIELDS, urls };
				writeFileSync(join(directus.folder, 'inline-targets.json'), JSON.stringify(settings));
				return { prefix, targets: urls };
			}
			if (name === 'flow') return { prefix, targets: await makeFlow(directus, urls) };
			return {
				prefix,
				targets: await makeTargets(directus, urls, options, name === 'unwatched' ? 'authors' : COLLECTION),
			};
		},
	};
}

async function makeTargets(
	directus: Directus,
	urls: string[],
	options: Record<string, unknown>,
	collection: string,
): Promise<string[]> {
	const old = await directus.data<{ id: string }[]>('GET', '/items/cache_flush_targets?fields=id&limit=-1');
	if (old.length > 0)
		await directus.request(
			'DELETE',
			'/items/cache_flush_targets',
			old.map(({ id }) => id),
		);
	const payload = collection === COLLECTION ? FIELDS : ['id', 'name'];
	const made = await directus.data<{ id: string }[]>(
		'POST',
		'/items/cache_flush_targets',
		urls.map((url) => ({
			name: url,
			url,
			status: 'published',
			auth_header: 'no-auth',
			options,
			schema: [{ collection, events: ['create', 'update', 'delete'], payload }],
		})),
	);
	const inForce = async () =>
		(await directus.data<{ targets: unknown[] }>('GET', '/downstream/status')).targets.length === urls.length;
	await until(inForce, { message: 'the targets to be in force' });
	return made.map(({ id }) => id);
}

/** One flow with a webhook operation for each target, one after the other, as the studio would make it. */
async function makeFlow(directus: Directus, urls: string[]): Promise<string[]> {
	const old = await directus.data<{ id: string }[]>('GET', '/flows?fields=id');
	for (const { id } of old) await directus.request('DELETE', `/flows/${id}`);
	const flow = await directus.data<{ id: string }>('POST', '/flows', {
		name: 'bench',
		status: 'active',
		trigger: 'event',
		accountability: 'all',
		options: { type: 'action', scope: ['items.create', 'items.update', 'items.delete'], collections: [COLLECTION] },
	});
	let next: string | null = null;
	for (const [index, url] of [...urls.entries()].toReversed()) {
		const operation: { id: string } = await directus.data('POST', '/operations', {
			flow: flow.id,
			key: `post_${index}`,
			name: `post ${index}`,
			type: 'request',
			position_x: 20 + index * 18,
			position_y: 1,
			options: { method: 'POST', url, body: '{{$trigger}}' },
			resolve: next,
		});
		next = operation.id;
	}
	await directus.request('PATCH', `/flows/${flow.id}`, { operation: next });
	return [flow.id];
}
