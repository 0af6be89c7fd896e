import { pause } from '../test/kit/wait.js';
import { asAdmin, creates, freshValues, makeItems, type Bench } from './bench.js';
import { COLLECTION, CONTESTANTS, type Contestant } from './contestants.js';
import { untilIdle } from './process-cost.js';
import type { LoadResult, PlannedRequest, SinkRequest } from './workers.js';

interface Course {
	contestant: Contestant;
	label: string;
	options: Record<string, unknown>;
	/** The most requests that the single mutations may take, where there is a bar. */
	most: number | null;
}

const WATCHDOG_MS = 30_000;

/** A burst of single mutations to one target, then one mutation of as many items: requests, and how late the last came. */
export async function burst(bench: Bench): Promise<void> {
	const { contestants, database, load, quick } = bench;
	const [ours, inline, flow] = await contestants.all(['ours', 'inline', 'flow']);
	if (!ours || !inline || !flow) return;
	const count = quick ? 300 : 1_000;
	const scaled = (most: number) => Math.ceil((most * count) / 1_000);
	const courses: Course[] = [
		{ contestant: ours, label: CONTESTANTS.ours, options: {}, most: scaled(150) },
		{ contestant: inline, label: CONTESTANTS.inline, options: {}, most: null },
		{
			contestant: ours,
			label: `${CONTESTANTS.ours}, max_wait_ms 1000`,
			options: { max_wait_ms: 1_000 },
			most: scaled(30),
		},
		{ contestant: flow, label: CONTESTANTS.flow, options: {}, most: null },
	];
	for (const { contestant, label, options, most } of courses) {
		const { prefix } = await contestant.aimAt(1, options);
		await load.run({ ...asAdmin(contestant), requests: creates(50), concurrency: 16 });
		await settled(bench, contestant, prefix);
		const result = await load.run({ ...asAdmin(contestant), requests: creates(count), concurrency: 16 });
		const wait = Number(options['max_wait_ms'] ?? 50);
		const limit = 100 + (wait > 50 ? wait : 0);
		const text = `last ≤ ${limit} ms after, ≤ ${most} requests`;
		await tell(
			bench,
			{ label, measure: `${count} single POSTs at concurrency 16, 1 target` },
			prefix,
			result,
			(late, requests) => (most === null ? undefined : { text, reached: late <= limit && requests <= most }),
		);
	}
	for (const { contestant, label } of courses.filter(({ options }) => Object.keys(options).length === 0)) {
		const { prefix } = await contestant.aimAt(1);
		const keys = await makeItems(contestant, count);
		await settled(bench, contestant, prefix);
		const bulk: [string, PlannedRequest][] = [
			[
				`one POST of ${count}`,
				{ method: 'POST', path: `/items/${COLLECTION}?limit=-1`, body: Array.from({ length: count }, freshValues) },
			],
			[
				`one PATCH of ${count}`,
				{
					method: 'PATCH',
					path: `/items/${COLLECTION}?limit=-1`,
					body: { keys, data: { title: freshValues().title } },
				},
			],
		];
		for (const [measure, request] of bulk) {
			const result = await load.run({ ...asAdmin(contestant), requests: [request], concurrency: 1 });
			await tell(bench, { label, measure: `${measure} items, 1 target` }, prefix, result, (late, requests) =>
				contestant === ours
					? { text: 'delivered ≤ 300 ms after, ≤ 12 requests', reached: late <= 300 && requests <= 12 }
					: undefined,
			);
		}
	}

	async function settled(_: Bench, contestant: Contestant, prefix: string): Promise<void> {
		await untilIdle(contestant.directus.process.pid ?? 0, WATCHDOG_MS);
		let before = -1;
		for (;;) {
			const now = await bench.sink.count(prefix);
			if (now === before) break;
			before = now;
			await pause(1_100);
		}
		await bench.sink.clear();
	}

	async function tell(
		{ sink, report }: Bench,
		{ label, measure }: { label: string; measure: string },
		prefix: string,
		{ answeredAt, keys, latencies }: LoadResult,
		bar: (lateMs: number, requests: number) => { text: string; reached: boolean } | undefined,
	): Promise<void> {
		const committed = Math.max(...answeredAt);
		const wanted = new Set(keys.flat().map(String));
		const { requests, missing } = await arrived(prefix, wanted);
		const late = Math.max(...requests.map(({ at }) => at)) - committed;
		const judged = bar(late, requests.length);
		report.add({
			scenario: 'burst',
			database,
			measure,
			contestant: label,
			values: {
				requests: requests.length,
				'last delivery after last answer, ms': late,
				'items missing': missing,
				'mutations took ms': Math.round(
					committed - Math.min(...answeredAt.map((at, index) => at - (latencies[index] ?? 0))),
				),
			},
			...(judged ? { bar: { ...judged, reached: judged.reached && missing === 0 } } : {}),
		});
		await sink.clear();
	}

	/** Waits until every key was named in a request, or nothing has come for some time. */
	async function arrived(prefix: string, wanted: Set<string>): Promise<{ requests: SinkRequest[]; missing: number }> {
		const end = Date.now() + WATCHDOG_MS;
		let seen = -1;
		let quietSince = Date.now();
		for (;;) {
			const count = await bench.sink.count(prefix);
			if (count !== seen) [seen, quietSince] = [count, Date.now()];
			if (Date.now() - quietSince > 3_000 || Date.now() > end) break;
			await pause(100);
		}
		const requests = await bench.sink.read(prefix);
		const named = new Set(requests.flatMap(({ body }) => keysNamed(body)));
		return { requests, missing: [...wanted].filter((key) => !named.has(key)).length };
	}
}

/** The items that a request names: ours and the inline hook's are arrays of changes, a flow sends its trigger. */
function keysNamed(body: string): string[] {
	const parsed = JSON.parse(body) as { fields: { id: unknown } }[] | { key?: unknown; keys?: unknown[] };
	if (Array.isArray(parsed)) return parsed.map(({ fields }) => String(fields.id));
	return [parsed.key, ...(parsed.keys ?? [])].filter((key) => key !== undefined).map(String);
}
