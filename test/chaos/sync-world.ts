import { layCable, layFaultyCable, type Cable } from '../kit/cable.js';
import type { DatabaseKind } from '../kit/database-servers.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import type { DirectusVersion } from '../kit/playground.js';
import { ADMIN } from '../kit/settings.js';
import { IN_CONFLICT } from '../../src/contract/vocabulary.js';
import { until } from '../kit/wait.js';
import { addCollections, EVERYDAY_RULES, MOST_BYTES, PICKY, refuseUnwanted, ZONES } from './sync-everyday.js';

/** Who sends to whom: every two neighbours to each other, or (ring) each to the next one only. */
export const TOPOLOGIES: Record<string, [number, number][]> = {
	chain: [
		[0, 1],
		[1, 0],
		[1, 2],
		[2, 1],
	],
	ring: [
		[0, 1],
		[1, 2],
		[2, 0],
	],
	mesh: [
		[0, 1],
		[1, 0],
		[1, 2],
		[2, 1],
		[0, 2],
		[2, 0],
	],
};

export type Topology = keyof typeof TOPOLOGIES;

/** What is done with a row that is deleted on one side and edited on the other without either having seen it. */
export type OnDelete = 'update' | 'delete';

/** One way from an instance to another. */
export interface Link {
	from: number;
	to: number;
	/** The remote source at `from`. */
	source: string;
	cable: Cable;
}

export interface SyncWorld {
	instances: Directus[];
	links: Link[];
	stop(): Promise<void>;
}

const RULES = [
	{
		collection: 'articles',
		fields: [
			'status',
			'sort',
			'title',
			'slug',
			'body',
			'rating',
			'featured',
			'seo',
			'published_at',
			'author',
			'tags',
			'translations',
			'blocks',
		],
	},
	...['authors', 'tags', 'comments', 'block_text', 'block_quote', 'posts', 'docs', 'countries', 'site'].map(
		(collection) => ({ collection, fields: ['*'] }),
	),
];

/** Where the integer keys of an instance begin, so that the same number never means the same row. */
const KEYS_FROM = [0, 500, 100];

const WITH_INTEGER_KEYS = ['authors', 'tags', 'articles', 'comments', 'block_text', 'block_quote', 'posts'];

/** Three instances with the content model and the same rules, linked, and each known to its neighbours. */
export async function buildSyncWorld({
	version,
	databases,
	topology,
	onDelete,
	everyday = false,
}: {
	version: DirectusVersion;
	databases: DatabaseKind[];
	topology: Topology;
	onDelete: OnDelete;
	everyday?: boolean;
}): Promise<SyncWorld> {
	const instances = await Promise.all(
		databases.map((database, index) =>
			startDirectus({ version, database, content: true, env: everyday ? { TZ: ZONES[index] } : {} }),
		),
	);
	const links: Link[] = [];
	const proxies: { stop(): Promise<void> }[] = [];
	const stop = async () => {
		await Promise.all([...links.map(({ cable }) => cable), ...proxies].map((one) => one.stop()));
		await Promise.all(instances.map((directus) => directus.stop()));
	};
	/** Something on the way that takes no large bodies. */
	const throughAProxy = async (cable: Cable) => {
		const proxy = await layFaultyCable(Number(new URL(cable.url).port));
		proxies.push(proxy);
		proxy.fault(({ bytes }) => (bytes > MOST_BYTES ? 413 : null));
		return proxy.url;
	};
	try {
		await Promise.all(instances.map((directus, index) => useUpKeys(directus, KEYS_FROM[index] ?? 0)));
		if (everyday) await Promise.all(instances.map(addCollections));
		const ways = TOPOLOGIES[topology] ?? [];
		for (const [from, to] of ways) {
			const cable = await layCable((instances[to] as Directus).port);
			const direction = ways.some(([a, b]) => a === to && b === from) ? 'both' : 'push';
			const rules = [...RULES, ...(everyday ? EVERYDAY_RULES : [])].map((rule) => ({
				...rule,
				direction,
				on_delete_conflict: onDelete,
			}));
			const url = everyday ? await throughAProxy(cable) : cable.url;
			const source = await createSource(instances[from] as Directus, url, rules);
			links.push({ from, to, source, cable });
			// Who only receives says by a source of its own what it makes of what arrives.
			if (direction === 'push') {
				const pulling = rules.map((rule) => ({ ...rule, direction: 'pull' }));
				await createSource(instances[to] as Directus, (instances[from] as Directus).url, pulling);
			}
		}
		await meet(instances);
		if (everyday) await refuseUnwanted(instances[PICKY] as Directus);
		return { instances, links, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

async function useUpKeys(directus: Directus, count: number): Promise<void> {
	if (count === 0) return;
	for (const collection of WITH_INTEGER_KEYS) {
		const { id } = await directus.data<{ id: number }>('POST', `/items/${collection}`, { id: count });
		await directus.request('DELETE', `/items/${collection}/${id}`);
		if (directus.database === 'postgres')
			await directus.sql.raw(`SELECT setval(pg_get_serial_sequence('${collection}', 'id'), ${count})`);
	}
}

async function createSource(from: Directus, url: string, schema: unknown[]): Promise<string> {
	const { id } = await from.data<{ id: string }>('POST', '/items/data_sync_remote_sources', {
		status: 'published',
		name: `to ${url}`,
		url,
		api_key: ADMIN.token,
		schema,
		options: { max_wait_ms: 10, timeout_ms: 10_000, retry: { tries: 100, min_ms: 50, max_ms: 1_000 } },
	});
	return id;
}

/** One row from everybody to everybody: from now on each knows who is behind its sources. */
async function meet(instances: Directus[]): Promise<void> {
	for (const [index, directus] of instances.entries())
		await directus.request('POST', '/items/posts', { title: 'hello', slug: `hello-${index}`, views: 0 });
	// Of a singleton that is made twice at once Directus itself shows one row and, on PostgreSQL, may write the other.
	await instances[0]?.request('PATCH', '/items/site', { title: 'hello', motto: 'hello' });
	await untilQuiet(instances);
	for (const directus of instances) {
		const posts = await directus.data<unknown[]>('GET', '/items/posts');
		if (posts.length !== instances.length) throw new Error(`${directus.url} has ${posts.length} of the first rows`);
	}
}

interface Status {
	targets: { name: string; state: string; pending: number; last_error: unknown }[];
	outbox: { pending: number };
	deliveries: Record<string, number>;
}

/**
 * Waits until nobody owes anybody anything, over several looks in which no request was made either.
 * @returns how many requests were made by each instance until then
 */
export async function untilQuiet(instances: Directus[], timeout = 120_000): Promise<number[]> {
	let last: Status[] = [];
	let calm = 0;
	let before: number[] = [];
	await until(
		async () => {
			last = await Promise.all(instances.map((directus) => directus.data<Status>('GET', '/downstream/status')));
			const attempts = await Promise.all(instances.map(attemptsOf));
			const owed = last.reduce(
				(sum, { outbox, deliveries }) =>
					sum +
					outbox.pending +
					(deliveries['pending'] ?? 0) +
					(deliveries['sending'] ?? 0) +
					(deliveries['retrying'] ?? 0),
				0,
			);
			calm = owed === 0 && attempts.join() === before.join() ? calm + 1 : 0;
			before = attempts;
			return calm >= 10;
		},
		{
			timeout,
			interval: 200,
			message: () =>
				`all to be quiet: ${JSON.stringify(last.map(({ targets, outbox, deliveries }) => ({ targets: targets.filter(({ pending }) => pending > 0), outbox, deliveries })))}`,
		},
	);
	return before;
}

/**
 * The same, where somebody confirms what more was deleted at once than is deleted unasked, and sends on rows that so many
 * edited on both sides at once that they were taken for thrown to and fro.
 */
export async function untilQuietAndConfirmed(instances: Directus[]): Promise<number[]> {
	for (;;) {
		const requests = await untilQuiet(instances);
		const confirmed = await Promise.all(instances.map(confirmBraked));
		if (confirmed.every((count) => count === 0)) return requests;
	}
}

async function confirmBraked(directus: Directus): Promise<number> {
	const braked = await directus
		.sql('downstream_deliveries')
		.where({ status: 'failed' })
		.whereIn('error_code', ['DELETE_BRAKE', 'ALTERNATING'])
		.select<{ id: string }[]>('id');
	const ids = braked.map(({ id }) => id);
	if (ids.length > 0) await directus.request('POST', '/downstream/deliveries/retry', { ids });
	return ids.length;
}

async function attemptsOf(directus: Directus): Promise<number> {
	const [row] = await directus.sql('downstream_attempts').where({ kind: 'sync' }).count({ count: '*' });
	return Number(row?.['count'] ?? 0);
}

/** How many rows were owed to others, over all instances. */
export async function deliveriesOf(instances: Directus[]): Promise<number> {
	const counts = await Promise.all(
		instances.map(async ({ sql }) => {
			const [row] = await sql('downstream_deliveries').where({ kind: 'sync' }).count({ count: '*' });
			return Number(row?.['count'] ?? 0);
		}),
	);
	return counts.reduce((sum, count) => sum + count, 0);
}

/** What was given up, in words. */
export async function failedDeliveries(instances: Directus[]): Promise<string[]> {
	const failed = await Promise.all(
		instances.map(async ({ sql }, index) => {
			const rows = await sql('downstream_deliveries')
				.where({ kind: 'sync' })
				.whereNotIn('status', ['delivered'])
				// An open question on the other side, which is counted there.
				.where((of) => void of.whereNull('error_code').orWhereNot({ error_code: IN_CONFLICT }))
				.select<Record<string, unknown>[]>('*');
			return rows.map(
				({ collection, item, event, status, error_code, error_message }) =>
					`${index}: ${String(event)} of ${String(collection)} ${String(item)} is ${String(status)}: ${String(error_code)} ${String(error_message)}`,
			);
		}),
	);
	return failed.flat();
}
