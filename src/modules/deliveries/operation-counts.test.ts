import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countOperation } from './operation-counts.js';

test('where nothing waits any more, every delivery is counted, whatever ends between two counts', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.constantFrom('delivered', 'failed', 'cancelled'), { minLength: 1, maxLength: 6 }),
			fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }),
			fc.array(fc.nat(100), { minLength: 4, maxLength: 4 }),
			async (ends, endsBefore, order) => {
				const statuses: string[] = ends.map(() => 'sending');
				const waiting: { rank: number; answer: () => void }[] = [];
				let asked = 0;
				let answered = 0;
				const counting = countOperation(
					(...wanted) =>
						new Promise((resolve) => {
							const answer = () => {
								for (let left = endsBefore[answered++] ?? 0; left > 0; left--) {
									const next = statuses.indexOf('sending');
									if (next >= 0) statuses[next] = ends[next] ?? 'failed';
								}
								resolve(statuses.filter((status) => wanted.includes(status)).length);
							};
							waiting.push({ rank: order[asked++] ?? 0, answer });
						}),
				);
				// Whatever is asked at the same time is answered in any order.
				let over = false;
				void counting.finally(() => (over = true));
				while (!over) {
					waiting.sort((one, other) => one.rank - other.rank);
					waiting.shift()?.answer();
					await new Promise(setImmediate);
				}
				const { open, delivered, failed, cancelled } = await counting;
				if (open === 0) expect(delivered + failed + cancelled).toBe(ends.length);
			},
		),
	);
});
