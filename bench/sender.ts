import { until } from '../test/kit/wait.js';
import { asAdmin, makeItems, updates, type Bench } from './bench.js';
import { COLLECTION, CONTESTANTS, type Contestant } from './contestants.js';
import { median, rounded } from './statistics.js';
import { SLOW_MS, type SinkRequest } from './workers.js';

/** The sender without mutations, beside undici making the same requests; and the planner without a sender. */
export async function sender(bench: Bench): Promise<void> {
	const ours = await bench.contestants.get('ours');
	const keys = await makeItems(ours, bench.quick ? 300 : 1_000);
	for (const base of [bench.sink.slowUrl, bench.sink.url])
		for (const concurrency of [4, 16]) await throughput(bench, ours, keys, { base, concurrency });
	await planning(bench, ours, keys);
}

async function throughput(
	{ sink, load, report, database, quick }: Bench,
	ours: Contestant,
	keys: (string | number)[],
	{ base, concurrency }: { base: string; concurrency: number },
): Promise<void> {
	const { directus } = ours;
	const { prefix, targets } = await ours.aimAt(1, { batch_size: 1, concurrency, max_wait_ms: 0 }, base);
	const target = targets[0] ?? '';
	const figures = { ours: [] as number[], undici: [] as number[] };
	for (let round = 0; round < (quick ? 2 : 3); round++) {
		await directus.request('POST', `/downstream/targets/${target}/pause`);
		await directus.request('POST', `/downstream/targets/${target}/flush`, { collection: COLLECTION, keys });
		// What is flushed by hand is spread over time; here all of it is due now.
		await directus.sql('downstream_deliveries').where({ target, status: 'pending' }).update({ next_at: Date.now() });
		await sink.clear();
		await directus.request('POST', `/downstream/targets/${target}/resume`);
		await until(async () => (await sink.count(prefix)) >= keys.length, { timeout: 60_000, message: 'the deliveries' });
		const received = await sink.read(prefix);
		figures.ours.push(perSecond(received));
		const body = JSON.parse(received[0]?.body ?? '[]') as unknown;
		await sink.clear();
		const requests = keys.map(() => ({ method: 'POST' as const, path: '/undici/', body }));
		await load.run({ base, token: null, requests, concurrency });
		figures.undici.push(perSecond(await sink.read('/undici/')));
	}
	const answers = base === sink.slowUrl ? `answers after ${SLOW_MS} ms` : 'answers at once';
	const measure = `${keys.length} deliveries, batch_size 1, concurrency ${concurrency}, target ${answers}`;
	const share = rounded(median(figures.ours.map((value, index) => value / (figures.undici[index] ?? Number.NaN))));
	report.add({
		scenario: 'sender',
		database,
		measure,
		contestant: 'undici alone',
		values: { 'requests/s': Math.round(median(figures.undici)) },
	});
	report.add({
		scenario: 'sender',
		database,
		measure,
		contestant: CONTESTANTS.ours,
		values: { 'requests/s': Math.round(median(figures.ours)), 'of undici': share },
		bar: { text: '≥ 0.8 of undici', reached: share >= 0.8 },
	});
}

const perSecond = (received: SinkRequest[]) => {
	const at = received.map((request) => request.at);
	return (received.length * 1_000) / (Math.max(...at) - Math.min(...at));
};

/** Changes put into the outbox as the seam would, to a paused target: until the planner has emptied it. */
async function planning(
	{ load, report, database, quick }: Bench,
	ours: Contestant,
	keys: (string | number)[],
): Promise<void> {
	const { directus } = ours;
	const changes = quick ? 1_000 : 4_000;
	const { targets } = await ours.aimAt(1);
	await directus.request('POST', `/downstream/targets/${targets[0]}/pause`);
	const now = Date.now();
	const rows = Array.from({ length: changes }, (_, index) => ({
		collection: COLLECTION,
		item: String(keys[index % keys.length]),
		event: 'update',
		at: now,
		user: null,
		// What the seam records of an item whose fields are read by a rule.
		before: JSON.stringify({
			columns: { id: keys[index % keys.length], title: 'old', slug: 'old' },
			after: null,
			related: null,
		}),
		source: 'activity',
	}));
	const { sql } = directus;
	const began = await sql.transaction(async (transaction) => {
		for (let start = 0; start < rows.length; start += 100)
			await transaction('downstream_outbox').insert(rows.slice(start, start + 100));
		return Date.now();
	});
	// The planner is told of changes that come through Directus; this one wakes it.
	await load.run({ ...asAdmin(ours), requests: updates(1, keys), concurrency: 1 });
	const left = async () =>
		Number((await sql('downstream_outbox').count({ left: '*' }).first<{ left: number | string }>())?.left);
	await until(async () => (await left()) === 0, { timeout: 60_000, interval: 20, message: 'an empty outbox' });
	const speed = Math.round((changes * 1_000) / (Date.now() - began));
	const { made } =
		(await sql('downstream_deliveries').where({ target: targets[0] }).count({ made: '*' }).first<{ made: number }>()) ??
		{};
	report.add({
		scenario: 'sender',
		database,
		measure: `${changes} changes of ${keys.length} items: outbox → plan → collapsed deliveries`,
		contestant: CONTESTANTS.ours,
		values: { 'changes/s': speed, deliveries: Number(made) },
		bar: { text: '≥ 1,000 changes/s', reached: speed >= 1_000 },
	});
}
