import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { layCable } from '../test/kit/cable.js';
import { startDirectus, type Directus } from '../test/kit/directus.js';
import { until } from '../test/kit/wait.js';
import { freshValues, type Bench } from './bench.js';
import { rounded } from './statistics.js';
import {
	changePlainly,
	COLLECTION,
	countOf,
	DISTANCES,
	FIELDS,
	linked,
	type Course,
	type Pair,
} from './sync-changes.js';
import { lag, loadAlone, PACES } from './sync-lag.js';

/** Rows with UUIDs, which are there on both sides without having been sent. */
const EQUAL = { collection: 'docs', fields: ['title', 'file'] };

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
	const cable = await layCable(there.port);
	const pair = { here, there, cable };
	try {
		await Promise.all([here, there].map(makeCheapToWatch));
		const count = bench.quick ? 200 : 1_000;
		const older = await fill(here, bench.quick ? 10_000 : 44_000);
		const plainly: Course[] = [];
		for (const distance of DISTANCES) plainly.push(await changePlainly(pair, count, distance));
		for (const pace of PACES) await loadAlone(bench, here, pace);
		const source = await link(pair);
		for (const [index, distance] of DISTANCES.entries())
			await linked(bench, pair, { count, distance, plainly: plainly[index] as Course });
		cable.stretch(0);
		for (const pace of PACES) await lag(bench, pair, pace);
		await backfill(bench, pair, { source, ...older });
		await compare(bench, pair, source);
	} finally {
		await cable.stop();
		await Promise.all([here.stop(), there.stop()]);
	}
}

async function link({ here, cable }: Pair): Promise<string> {
	const { id } = await here.data<{ id: string }>('POST', '/items/data_sync_remote_sources', {
		status: 'published',
		name: 'The other side',
		url: cable.url,
		api_key: here.token,
		schema: [{ collection: COLLECTION, fields: FIELDS }, EQUAL],
	});
	return id;
}

/** What is looked for, again and again, is found by an index: on SQLite, who reads a whole table holds up who writes. */
async function makeCheapToWatch({ sql }: Directus): Promise<void> {
	await sql.schema.alterTable(COLLECTION, (table) => void table.index(['slug']));
}

/** Rows that are there before anybody listens: so many that thousands of deletions need nobody's confirmation. */
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
	{ here, there, cable }: Pair,
	source: string,
): Promise<void> {
	const count = quick ? 10_000 : 100_000;
	const rows = Array.from({ length: count }, (_, index) => ({
		id: randomUUID(),
		title: `Document ${index}`,
		file: `folder/${index}.pdf`,
	}));
	for (const directus of [here, there]) await insert(directus, EQUAL.collection, rows);
	const path = `/downstream/sync/peers/${source}/compare?collections=${EQUAL.collection}`;
	const before = cable.carried();
	const began = performance.now();
	const found = await here.data<{ equal: boolean; collections: { equal: number }[] }>('GET', path);
	const seconds = (performance.now() - began) / 1000;
	const bytes = cable.carried() - before;
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
