import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { layCable } from '../test/kit/cable.js';
import { startDirectus, type Directus } from '../test/kit/directus.js';
import { pause, until } from '../test/kit/wait.js';
import { freshValues, updates, type Bench } from './bench.js';
import { quantile, rounded } from './statistics.js';

const COLLECTION = 'posts';
const FIELDS = ['title', 'slug'];
/** Rows with UUIDs, which are there on both sides without having been sent. */
const EQUAL = { collection: 'docs', fields: ['title', 'file'] };

/** Two instances of the same database, and how one is kept equal to the other at the moment. */
interface Pair {
	here: Directus;
	there: Directus;
}

type Keys = (string | number)[];

/**
 * One instance is kept equal to another: a thousand changes of each kind beside a plain hook that makes one request per
 * item in turn, the lag under a steady load, a backfill, and a comparison.
 */
export async function sync(bench: Bench): Promise<void> {
	const { database, env } = bench;
	const plain = fileURLToPath(new URL('./plain-sync', import.meta.url));
	const common = { version: '12', database, content: true, env: { ...env, LOG_LEVEL: 'error' } } as const;
	const [here, there] = await Promise.all([
		startDirectus({ ...common, extraExtensions: [plain] }),
		startDirectus(common),
	]);
	const pair = { here, there };
	const cable = await layCable(there.port);
	try {
		const count = bench.quick ? 200 : 1_000;
		const older = await fill(here, bench.quick ? 5_000 : 22_000);
		const plainly = await changePlainly(pair, count);
		const source = await link(pair, cable.url);
		await linked(bench, pair, count, plainly);
		await lag(bench, pair);
		await backfill(bench, pair, { source, ...older });
		await compare(bench, pair, source, cable.carried);
	} finally {
		await cable.stop();
		await Promise.all([here.stop(), there.stop()]);
	}
}

/** How often a kind of change is made and timed, after it was made once to warm up; the middle one counts. */
const ROUNDS = 3;
/** Few enough for both contestants not to be slowed down by being looked at. */
const LOOK_EVERY_MS = 25;

/** What of one kind of change took how long, in ms: until it was answered, and from then until all of it was there. */
type Course = Record<'create' | 'update' | 'delete', { answered: number; arrived: number }>;

async function changePlainly(pair: Pair, count: number): Promise<Course> {
	const { here, there } = pair;
	const file = join(here.folder, 'plain-sync.json');
	writeFileSync(file, JSON.stringify({ collection: COLLECTION, fields: FIELDS, url: there.url, token: there.token }));
	try {
		return await changes(pair, count, ROUNDS);
	} finally {
		rmSync(file);
	}
}

async function linked({ database, report }: Bench, pair: Pair, count: number, plainly: Course): Promise<void> {
	const course = await changes(pair, count, ROUNDS);
	for (const event of ['create', 'update', 'delete'] as const) {
		const [ours, theirs] = [course[event], plainly[event]];
		const common = { scenario: 'sync', database, measure: `one request that ${event}s ${count} items` };
		const figures = ({ answered, arrived }: { answered: number; arrived: number }) => ({
			'answered after ms': Math.round(answered),
			'all there so much later, ms': Math.round(arrived),
			'items per second': Math.round((count / arrived) * 1000),
		});
		report.add({ ...common, contestant: 'one request per item, in turn', values: figures(theirs) });
		const ratio = theirs.arrived / ours.arrived;
		const whole = (theirs.answered + theirs.arrived) / (ours.answered + ours.arrived);
		const perSecond = (count / ours.arrived) * 1000;
		report.add({
			...common,
			contestant: 'Downstream',
			values: {
				...figures(ours),
				'times faster': rounded(ratio, 1),
				'times faster, the request included': rounded(whole, 1),
			},
			bar: { text: '≥ 20 times faster, ≥ 500 items/s', reached: ratio >= 20 && perSecond >= 500 },
		});
	}
}

/**
 * Makes, changes and deletes so many items, each in one request, and waits each time until all of it is there. Only the
 * last ones are deleted: more at once would have to be confirmed.
 */
async function changes({ here, there }: Pair, count: number, rounds: number): Promise<Course> {
	const courses: Pick<Course, 'create' | 'update'>[] = [];
	for (let round = 0; ; round += 1) {
		const [mark, changed] = [randomUUID(), randomUUID()];
		const counted = (where: Record<string, string>) => countOf(there, where);
		let keys: Keys = [];
		const items = Array.from({ length: count }, () => ({ title: freshValues().title, slug: mark }));
		const create = await timed(
			async () => {
				const path = `/items/${COLLECTION}?fields=id&limit=-1`;
				keys = (await here.data<{ id: number }[]>('POST', path, items)).map(({ id }) => id);
			},
			async () => (await counted({ slug: mark })) === count,
		);
		const update = await timed(
			() => here.request('PATCH', `/items/${COLLECTION}?fields=id&limit=1`, { keys, data: { title: changed } }),
			async () => (await counted({ slug: mark, title: changed })) === count,
		);
		if (round > 0) courses.push({ create, update });
		if (round < rounds) continue;
		const gone = await timed(
			() => here.request('DELETE', `/items/${COLLECTION}`, keys),
			async () => (await counted({ slug: mark })) === 0,
		);
		const middle = (event: 'create' | 'update') =>
			courses.map((course) => course[event]).toSorted((a, b) => a.arrived - b.arrived)[
				Math.floor(courses.length / 2)
			] ?? create;
		return { create: middle('create'), update: middle('update'), delete: gone };
	}
}

async function timed(change: () => Promise<unknown>, isThere: () => Promise<boolean>) {
	const began = performance.now();
	await change();
	const answered = performance.now() - began;
	await until(isThere, { timeout: 240_000, interval: LOOK_EVERY_MS, message: 'all of it to arrive' });
	return { answered, arrived: performance.now() - began - answered };
}

async function countOf({ sql }: Directus, where: Record<string, string>, collection = COLLECTION): Promise<number> {
	const row = await sql(collection).where(where).count({ count: '*' }).first<{ count: number | string }>();
	return Number(row?.count);
}

async function link({ here }: Pair, url: string): Promise<string> {
	const { id } = await here.data<{ id: string }>('POST', '/items/data_sync_remote_sources', {
		status: 'published',
		name: 'The other side',
		url,
		api_key: here.token,
		schema: [{ collection: COLLECTION, fields: FIELDS }, EQUAL],
	});
	return id;
}

/** A hundred items a second are changed; how much later than the answer each change is there. */
async function lag({ database, load, report, quick }: Bench, { here, there }: Pair): Promise<void> {
	const count = quick ? 300 : 1_000;
	const mark = randomUUID();
	const items = Array.from({ length: count }, () => ({ title: 'before', slug: mark }));
	const made = await here.data<{ id: number }[]>('POST', `/items/${COLLECTION}?fields=id&limit=-1`, items);
	await until(async () => (await countOf(there, { slug: mark })) === count, { timeout: 120_000 });
	const requests = updates(
		count,
		made.map(({ id }) => id),
	).map(({ body, ...request }) => ({
		...request,
		body: { title: (body as { title: string }).title },
	}));
	const seen = new Map<string, number>();
	const titles = requests.map(({ body }) => body.title);
	let done = false;
	const watching = (async () => {
		while (!done || seen.size < count) {
			const rows: { title: string }[] = await there.sql(COLLECTION).where({ slug: mark }).select('title');
			const now = Date.now();
			for (const { title } of rows) if (title !== 'before' && !seen.has(title)) seen.set(title, now);
			await pause(20);
		}
	})();
	const { answeredAt, latencies } = await load.run({
		base: here.url,
		token: here.token,
		requests,
		concurrency: 1,
		everyMs: 10,
	});
	done = true;
	await watching;
	const lags = titles.map((title, index) => (seen.get(title) ?? Number.NaN) - (answeredAt[index] ?? Number.NaN));
	const took = (Math.max(...answeredAt) - Math.min(...answeredAt)) / 1000;
	report.add({
		scenario: 'sync',
		database,
		measure: `${count} items changed, one every 10 ms`,
		contestant: 'Downstream',
		values: {
			'lag p50 ms': Math.round(quantile(lags, 0.5)),
			'lag p95 ms': Math.round(quantile(lags, 0.95)),
			'lag max ms': Math.round(Math.max(...lags)),
			'changes per second': rounded(count / took, 0),
			'mutation p50 ms': rounded(quantile(latencies, 0.5), 1),
		},
		bar: { text: 'lag p95 < 2 s', reached: quantile(lags, 0.95) < 2_000 },
	});
}

/** Rows that are there before anybody listens: so many that a thousand deletions need nobody's confirmation. */
async function fill(here: Directus, count: number): Promise<{ mark: string; count: number }> {
	const mark = randomUUID();
	const rows = Array.from({ length: count }, () => ({ title: freshValues().title, slug: mark }));
	await insert(here, COLLECTION, rows);
	return { mark, count };
}

async function backfill(
	{ database, report }: Bench,
	{ here, there }: Pair,
	{ source, mark, count }: { source: string; mark: string; count: number },
): Promise<void> {
	const began = performance.now();
	await here.request('POST', `/downstream/sync/peers/${source}/backfill`, { collections: [COLLECTION] });
	await until(async () => (await countOf(there, { slug: mark })) === count, {
		timeout: 240_000,
		interval: 50,
		message: 'the backfill to be there',
	});
	const seconds = (performance.now() - began) / 1000;
	const perSecond = count / seconds;
	report.add({
		scenario: 'sync',
		database,
		measure: `backfill of ${count} rows`,
		contestant: 'Downstream',
		values: { seconds: rounded(seconds, 1), 'rows per second': Math.round(perSecond) },
		bar: { text: '≥ 1,000 rows/s', reached: perSecond >= 1_000 },
	});
	await until(
		async () =>
			(await here.data<{ status: string }>('GET', `/downstream/sync/peers/${source}/progress`)).status === 'done',
		{ timeout: 60_000, message: 'the backfill to know that it is done' },
	);
}

/** Both sides have the same rows; that is to be found out without moving them. */
async function compare(
	{ database, report, quick }: Bench,
	{ here, there }: Pair,
	source: string,
	carried: () => number,
): Promise<void> {
	const count = quick ? 10_000 : 100_000;
	const rows = Array.from({ length: count }, (_, index) => ({
		id: randomUUID(),
		title: `Document ${index}`,
		file: `folder/${index}.pdf`,
	}));
	for (const directus of [here, there]) await insert(directus, EQUAL.collection, rows);
	const path = `/downstream/sync/peers/${source}/compare?collections=${EQUAL.collection}`;
	const before = carried();
	const began = performance.now();
	const found = await here.data<{ equal: boolean; collections: { equal: number }[] }>('GET', path);
	const seconds = (performance.now() - began) / 1000;
	const bytes = carried() - before;
	const isProven = found.equal && found.collections[0]?.equal === count;
	report.add({
		scenario: 'sync',
		database,
		measure: `comparison of ${count} equal rows`,
		contestant: 'Downstream',
		values: { seconds: rounded(seconds, 1), 'bytes on the wire': bytes, 'proven equal': isProven ? 'yes' : 'NO' },
		bar: { text: '< 5 s, < 1 MB', reached: isProven && seconds < 5 && bytes < 1_000_000 },
	});
}

/** Past Directus, as rows that were there before the extension was. */
async function insert({ sql }: Directus, table: string, rows: Record<string, string>[]): Promise<void> {
	for (let start = 0; start < rows.length; start += 300) await sql(table).insert(rows.slice(start, start + 300));
}
