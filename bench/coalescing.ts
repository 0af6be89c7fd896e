import { pause } from '../test/kit/wait.js';
import { asAdmin, makeItems, updates, type Bench } from './bench.js';
import { COLLECTION, CONTESTANTS, FIELDS } from './contestants.js';

/** One item changed a hundred times within a second and a half: how many requests that makes, and what the last one says. */
export async function coalescing({ contestants, database, load, report, sink }: Bench): Promise<void> {
	const [ours, inline, flow] = await contestants.all(['ours', 'inline', 'flow']);
	if (!ours || !inline || !flow) return;
	for (const { contestant, label, options, most } of [
		{ contestant: ours, label: CONTESTANTS.ours, options: {}, most: 30 },
		{ contestant: inline, label: CONTESTANTS.inline, options: {}, most: null },
		{ contestant: ours, label: `${CONTESTANTS.ours}, max_wait_ms 1000`, options: { max_wait_ms: 1_000 }, most: 3 },
		{ contestant: flow, label: CONTESTANTS.flow, options: {}, most: null },
	]) {
		const { prefix } = await contestant.aimAt(1, options);
		const keys = await makeItems(contestant, 1);
		await pause(2_500);
		await sink.clear();
		const requests = updates(100, keys);
		const { sentAt, answeredAt } = await load.run({ ...asAdmin(contestant), requests, concurrency: 1, everyMs: 14 });
		await pause(3_000);
		const received = await sink.read(prefix);
		const stored = await contestant.directus.data<Record<string, unknown>>('GET', `/items/${COLLECTION}/${keys[0]}`);
		const last = fieldsOf(received.at(-1)?.body ?? '[]');
		const right = FIELDS.filter((field) => field in last).every((field) => last[field] === stored[field]);
		report.add({
			scenario: 'coalescing',
			database,
			measure: '100 updates of one item, one every 14 ms',
			contestant: label,
			values: {
				requests: received.length,
				'last carries last value': right && received.length > 0 ? 'yes' : 'NO',
				'first sent to last answered, ms': Math.max(...answeredAt) - Math.min(...sentAt),
			},
			...(most === null
				? {}
				: { bar: { text: `≤ ${most} requests, the last one right`, reached: received.length <= most && right } }),
		});
	}
}

function fieldsOf(body: string): Record<string, unknown> {
	const parsed = JSON.parse(body) as { fields: Record<string, unknown> }[] | { payload?: Record<string, unknown> };
	return Array.isArray(parsed) ? (parsed.at(-1)?.fields ?? {}) : (parsed.payload ?? {});
}
