import { pause } from '../test/kit/wait.js';
import { asAdmin, makeItems, updates, type Bench } from './bench.js';
import { CONTESTANTS } from './contestants.js';
import { quantile } from './statistics.js';

/**
 * From a commit to the first byte at an idle target. The commit lies between the moment the mutation was sent and the
 * moment it was answered, so both are told, and the bar is held against the longer one.
 */
export async function firstByte({ contestants, database, load, report, sink, quick }: Bench): Promise<void> {
	const rivals = await contestants.all(['ours', 'inline', 'flow']);
	const samples = new Map(
		rivals.map(({ name }) => [name, { sent: [] as number[], answered: [] as number[], lost: 0 }]),
	);
	const aims = new Map<string, string>();
	const keys = new Map<string, (string | number)[]>();
	for (const rival of rivals) {
		aims.set(rival.name, (await rival.aimAt(1, { max_wait_ms: 0 })).prefix);
		keys.set(rival.name, await makeItems(rival, 50));
	}
	await pause(2_000);
	for (let round = 0; round < (quick ? 15 : 60); round++) {
		for (const rival of rivals) {
			await sink.clear();
			const requests = updates(1, [keys.get(rival.name)?.[round % 50] ?? 0]);
			const { sentAt, answeredAt } = await load.run({ ...asAdmin(rival), requests, concurrency: 1 });
			const prefix = aims.get(rival.name) ?? '';
			const end = Date.now() + 5_000;
			while ((await sink.count(prefix)) === 0 && Date.now() < end) await pause(5);
			const [first] = await sink.read(prefix);
			const sample = samples.get(rival.name);
			// The first rounds are for warming up.
			if (!sample || round < 5) continue;
			if (!first) sample.lost += 1;
			else {
				sample.sent.push(first.at - (sentAt[0] ?? 0));
				sample.answered.push(first.at - (answeredAt[0] ?? 0));
			}
			await pause(30);
		}
	}
	for (const { name } of rivals) {
		const { sent = [], answered = [], lost = 0 } = samples.get(name) ?? {};
		const p95 = quantile(sent, 0.95);
		report.add({
			scenario: 'first byte',
			database,
			measure: 'PATCH one, idle target, max_wait_ms 0',
			contestant: CONTESTANTS[name],
			values: {
				'after sending the mutation: p50 ms': quantile(sent, 0.5),
				'p95 ms': p95,
				'after its answer: p50 ms': quantile(answered, 0.5),
				'p95 ms ': quantile(answered, 0.95),
				lost,
			},
			...(name === 'ours' ? { bar: { text: 'p95 ≤ 100 ms', reached: p95 <= 100 && lost === 0 } } : {}),
		});
	}
}
