import { DATABASE_SERVERS } from '../kit/database-servers.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { instanceName } from '../kit/leftovers.js';
import { pause, until } from '../kit/wait.js';
import { NOTES, PICKY, refuseUnwanted } from './sync-everyday.js';
import type { World } from './sync-ledger.js';
import { EVERYDAY_SHAPES, SHAPES } from './sync-rows.js';
import { untilQuiet, untilQuietAndConfirmed, type SyncWorld } from './sync-world.js';

/** What happens to whole instances, and what people do about it. */

/** What nobody but a copy ever writes. */
const OF_THE_COPY = 'of-the-copy';

/** Whether a copy has told anybody of what was written to it. */
export const writtenToACopy = (world: World): string[] =>
	[...world].flatMap(([row, fields]) =>
		JSON.stringify(fields).includes(OF_THE_COPY) ? [`${row} has what was written to a copy`] : [],
	);

interface Identity {
	identity: { state: string };
}

/** A copy of the instance's database is started beside it, edited, and only then said to be one. */
export async function startACopy(original: Directus): Promise<void> {
	const { version, database } = original;
	await original.stop({ keep: true });
	const copy = await startDirectus({ version, database, copyOf: original });
	try {
		await original.restart();
		const write = async () => {
			const [post] = await copy.data<{ id: number }[]>('GET', '/items/posts?limit=1&sort=id');
			await copy.request('PATCH', `/items/posts/${post?.id}`, { title: OF_THE_COPY });
			await copy.request('POST', '/items/posts', { slug: OF_THE_COPY, title: OF_THE_COPY });
		};
		await write();
		const { identity } = await copy.data<Identity>('GET', '/downstream/status');
		if (identity.state !== 'held') throw new Error(`a copy goes on as ${identity.state}`);
		await pause(2_000);
		await copy.request('POST', '/downstream/identity', { decision: 'copy' });
		await write();
		await pause(2_000);
	} finally {
		await copy.stop();
	}
}

/** Keeps the database as it is now; gives its name. */
export async function backUp(directus: Directus): Promise<string> {
	const backup = instanceName();
	await directus.stop({ keep: true });
	await DATABASE_SERVERS[directus.database].copy(directus.databaseName, backup);
	await directus.restart();
	return backup;
}

/**
 * The instance goes back to a backup, as the documentation says: others pause, all is compared and repaired, and goes on.
 */
export async function restore({ instances, links }: SyncWorld, index: number, backup: string): Promise<void> {
	const directus = instances[index] as Directus;
	const server = DATABASE_SERVERS[directus.database];
	const steer = async (source: string, from: number, action: 'pause' | 'resume') =>
		(instances[from] as Directus).request('POST', `/downstream/targets/${source}/${action}`, {});
	const here = links.filter(({ from }) => from === index);
	const back = links.filter(({ to }) => to === index);
	for (const { from, source } of back) await steer(source, from, 'pause');
	await directus.stop({ keep: true });
	await server.drop(directus.databaseName);
	await server.copy(backup, directus.databaseName);
	await server.drop(backup);
	await directus.restart();
	await directus.request('POST', '/downstream/identity', { decision: 'restored' });
	for (const { from, source } of [...back, ...here]) await steer(source, from, 'resume');
	for (const { from, source } of [...back, ...here]) await repair(instances[from] as Directus, source, true);
	await untilSent(directus);
}

/** Waits until an instance owes nobody anything. What nobody else has yet goes with a database, or a collection. */
export async function untilSent(directus: Directus): Promise<void> {
	let left: Parked[] = [];
	const isOver = async () => {
		if ((await owed(directus)) === 0) return true;
		left = await directus.data<Parked[]>('GET', '/downstream/deliveries?status=pending,sending,retrying&limit=20');
		return false;
	};
	const message = () =>
		`all to be sent from ${directus.url}: ${left.map(({ collection, item, error }) => `${collection} ${item} ${error?.message ?? ''}`).join('; ')}`;
	await until(isOver, { timeout: 120_000, interval: 250, message });
}

async function owed(directus: Directus): Promise<number> {
	const { outbox, deliveries } = await directus.data<{
		outbox: { pending: number };
		deliveries: Record<string, number>;
	}>('GET', '/downstream/status');
	return ['pending', 'sending', 'retrying'].reduce((sum, status) => sum + (deliveries[status] ?? 0), outbox.pending);
}

/** The notes of one instance are dropped, and made again, empty, with numbers from the beginning. */
export async function makeNotesAgain(directus: Directus): Promise<void> {
	await directus.request('DELETE', '/collections/notes');
	await directus.request('POST', '/collections', NOTES);
	for (const name of ['again', 'once again'])
		await directus.request('POST', '/items/notes', { name: `${name} ${directus.port}`, title: name });
}

/** Compares and repairs one link, of which the other side may be away for a moment. Gives how many rows differed. */
async function repair(directus: Directus, source: string, patient = false): Promise<number> {
	for (let tries = 0; ; tries += 1)
		try {
			const { collections } = await directus.data<{
				collections: {
					collection: string;
					send: { count: number };
					fetch: { count: number };
					problem: string | null;
				}[];
			}>('POST', `/downstream/sync/peers/${source}/repair`, { dry_run: false });
			const [problem] = collections.filter((one) => one.problem !== null);
			if (problem) throw new Error(`${problem.collection} could not be compared: ${problem.problem}`);
			return collections.reduce((sum, { send, fetch }) => sum + send.count + fetch.count, 0);
		} catch (error) {
			if (!patient || tries >= 20) throw error;
			await pause(1_000);
		}
}

/** What is left to people when all is quiet. */
export interface Settled {
	/** Rows that one side refused, each named with the reason. */
	parked: number;
	/** Deliveries that were given up for another reason. */
	unexplained: string[];
	/** Rows that differed on any link before they were repaired. */
	repaired: number;
	/** Labels of rows about which somebody is asked. */
	asked: Set<string>;
}

/** Does what people would do at the end: mends the rule that refuses rows, sends them again, compares and repairs. */
export async function settleByHand({ instances, links }: SyncWorld, say: (line: string) => void): Promise<Settled> {
	const settled: Settled = { parked: 0, unexplained: [], repaired: 0, asked: new Set() };
	await refuseUnwanted(instances[PICKY] as Directus, false);
	for (const [index, directus] of instances.entries()) {
		const failed = await directus.data<Parked[]>('GET', '/downstream/deliveries?status=failed&limit=500');
		const isNamed = ({ collection, error }: Parked) => collection === 'posts' && /title/.test(error?.message ?? '');
		settled.parked += failed.filter(isNamed).length;
		for (const one of failed.filter((delivery) => !isNamed(delivery) && delivery.collection !== 'notes'))
			settled.unexplained.push(
				`${index}: ${one.collection} ${one.item}: ${String(one.error?.code)} ${String(one.error?.message)}`,
			);
		const ids = failed.map(({ id }) => id);
		if (ids.length > 0) await directus.request('POST', '/downstream/deliveries/retry', { ids });
	}
	say(`${settled.parked} rows were refused with a reason; the rule is gone, and they are sent again`);
	await untilQuietAndConfirmed(instances);
	// What comes from one instance may have to go on to another.
	for (let round = 0; round < 3; round += 1) {
		let differed = 0;
		for (const { from, source } of links) {
			differed += await repair(instances[from] as Directus, source);
			await untilQuiet(instances);
		}
		settled.repaired += differed;
		say(`compared all links: ${differed} rows differed`);
		if (differed === 0) break;
	}
	for (const directus of instances) for (const label of await askedAbout(directus)) settled.asked.add(label);
	return settled;
}

interface Parked {
	id: string;
	collection: string;
	item: string;
	error: { code: string; message: string } | null;
}

async function askedAbout(directus: Directus): Promise<string[]> {
	const open = await directus.data<{ collection: string; item: string | null }[]>(
		'GET',
		'/downstream/sync/conflicts?status=open&limit=500',
	);
	const labels = await Promise.all(
		open.map(async ({ collection, item }) => {
			const shape = SHAPES[collection] ?? EVERYDAY_SHAPES[collection];
			if (!shape || item === null) return [];
			const row = await directus
				.sql(collection)
				.where({ [shape.key ?? 'id']: item })
				.first<Record<string, unknown> | undefined>();
			return row ? [`${collection}/${String(row[shape.label])}`] : [];
		}),
	);
	return labels.flat();
}
