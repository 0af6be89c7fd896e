import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { pause } from '../test/kit/wait.js';
import { asAdmin, creates, makeItems, updates, type Bench } from './bench.js';
import { COLLECTION, CONTESTANTS, type Contestant } from './contestants.js';
import { cpuOf, residentMemoryOf, untilIdle } from './process-cost.js';
import { median, quantile, rounded } from './statistics.js';

interface Sample {
	p50: number;
	cpu: number;
	late: number;
}

/**
 * The same with next to nothing in the tables, and with a million deliveries of the past, a hundred thousand waiting
 * for a paused target, and a thousand targets, of which one watches what is changed. `bench.rows` of history sets the
 * size; the others are in proportion.
 */
export async function scale(bench: Bench): Promise<void> {
	const { contestants, database, load, report, sink, rows } = bench;
	const [empty, full] = await contestants.all(['ours', 'full']);
	if (!empty || !full) return;
	const aims = new Map<Contestant, string>();
	for (const contestant of [empty, full]) aims.set(contestant, (await contestant.aimAt(1)).prefix);
	await fill(full, rows);
	const keys = new Map<Contestant, (string | number)[]>();
	for (const contestant of [empty, full]) {
		keys.set(contestant, await makeItems(contestant, 100));
		await load.run({ ...asAdmin(contestant), requests: creates(150), concurrency: 16 });
		await untilIdle(pidOf(contestant));
	}
	const memory = new Map([empty, full].map((contestant) => [contestant, residentMemoryOf(pidOf(contestant))]));
	const samples = new Map<Contestant, Sample[]>([
		[empty, []],
		[full, []],
	]);
	for (let round = 0; round < (bench.quick ? 2 : 5); round++) {
		for (const contestant of round % 2 === 0 ? [empty, full] : [full, empty]) {
			await sink.clear();
			const before = cpuOf(pidOf(contestant));
			const requests = [...updates(100, keys.get(contestant) ?? []), ...creates(200)];
			const { latencies, answeredAt } = await load.run({ ...asAdmin(contestant), requests, concurrency: 16 });
			const cpu = (cpuOf(pidOf(contestant)) - before) / requests.length;
			await untilIdle(pidOf(contestant));
			await pause(500);
			const last = Math.max(...(await sink.read(aims.get(contestant) ?? '')).map(({ at }) => at));
			samples.get(contestant)?.push({ p50: quantile(latencies, 0.5), cpu, late: last - Math.max(...answeredAt) });
		}
	}
	const ratio = (of: 'p50' | 'cpu') =>
		median(
			(samples.get(full) ?? []).map((sample, round) => sample[of] / (samples.get(empty)?.[round]?.[of] ?? Number.NaN)),
		);
	const [p50, cpu] = [ratio('p50'), ratio('cpu')];
	for (const contestant of [empty, full]) {
		const own = samples.get(contestant) ?? [];
		const late = median(own.map((sample) => sample.late));
		report.add({
			scenario: 'scale',
			database,
			measure: `300 mutations at concurrency 16, 1 target; full: ${rows} rows of history, ${rows / 10} pending, ${rows / 1_000} targets`,
			contestant: CONTESTANTS[contestant.name],
			values: {
				'p50 ms': rounded(median(own.map((sample) => sample.p50))),
				'CPU ms/request': rounded(median(own.map((sample) => sample.cpu))),
				'last delivery after last answer, ms': late,
				'RSS MiB before': Math.round(memory.get(contestant) ?? Number.NaN),
				after: Math.round(residentMemoryOf(pidOf(contestant))),
				...(contestant === full ? { 'p50 ×': rounded(p50), 'CPU ×': rounded(cpu) } : {}),
			},
			...(contestant === full
				? { bar: { text: 'p50 and CPU ≤ 1.20 × of empty', reached: p50 <= 1.2 && cpu <= 1.2 } }
				: {}),
		});
	}
	await contestants.stop(['full']);
}

const pidOf = ({ directus }: Contestant) => directus.process.pid ?? 0;

/** Rows as the package writes them, put there past it. */
async function fill({ directus }: Contestant, rows: number): Promise<void> {
	const { sql } = directus;
	const [model] = await sql('cache_flush_targets').select<Record<string, unknown>[]>('*');
	const others = Array.from({ length: rows / 1_000 - 1 }, (_, index) => ({
		...model,
		id: randomUUID(),
		name: `other ${index}`,
		url: `http://127.0.0.1:9/${index}`,
		schema: JSON.stringify([
			{ collection: 'authors', events: ['create', 'update', 'delete'], payload: ['id', 'name'] },
		]),
		options: JSON.stringify({}),
	}));
	for (let start = 0; start < others.length; start += 20)
		await sql('cache_flush_targets').insert(others.slice(start, start + 20));
	const paused = others[0]?.id ?? '';
	await sql('downstream_targets').insert({ target: paused, kind: 'flush', paused: 1, failures: 0 });
	await insertDeliveries(sql, { target: paused, status: 'pending', count: rows / 10 });
	await insertDeliveries(sql, { target: String(model?.['id']), status: 'delivered', count: rows });
	// Any change of a target through Directus makes every node read them again.
	await directus.request('PATCH', `/items/cache_flush_targets/${String(model?.['id'])}`, {
		name: 'the one that is sent to',
	});
	await pause(3_000);
}

async function insertDeliveries(
	sql: Knex,
	{ target, status, count }: { target: string; status: 'pending' | 'delivered'; count: number },
): Promise<void> {
	const sqlite = /sqlite/.test(String(sql.client.config.client));
	const now = Date.now();
	const id = sqlite ? 'lower(hex(randomblob(16)))' : 'gen_random_uuid()::text';
	const doneAt = status === 'delivered' ? `${now} - n` : 'null';
	// In pieces, so that Directus never waits long for the lock of SQLite.
	for (let start = 0; start < count; start += 20_000) {
		const end = Math.min(count, start + 20_000);
		const numbers = sqlite
			? `with recursive series(n) as (select ${start} union all select n + 1 from series where n + 1 < ${end}) `
			: '';
		const from = sqlite ? 'series' : `generate_series(${start}, ${end - 1}) as series(n)`;
		await sql.raw(
			`insert into downstream_deliveries (id, kind, target, status, collection, item, event, reason, as_it_was,
				changed_at, created_at, next_at, delivered_at, tries, batch, batches)
			${numbers}select ${id}, 'flush', '${target}', '${status}', '${COLLECTION}', cast(n + 1000000 as varchar(20)), 'update',
				'it was updated', 0, ${now} - n, ${now} - n, ${now} - n, ${doneAt}, 1, null, null from ${from}`,
		);
	}
}
