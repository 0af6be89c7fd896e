import { describe, expect, it } from 'vitest';
import { askTogether } from './ask-together.js';

/** Doubles numbers, and lets the test end each query. */
function double() {
	const queries: { questions: number[]; end(): void }[] = [];
	const ask = askTogether(
		(questions: number[]) =>
			new Promise<number[]>((resolve, reject) => {
				const end = () =>
					questions.includes(13) ? reject(new Error('thirteen')) : resolve(questions.map((n) => n * 2));
				queries.push({ questions, end });
			}),
	);
	return { queries, ask, asked: () => queries.map(({ questions }) => questions) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('askTogether', () => {
	it('answers all questions of one turn by one query, each with its own rows', async () => {
		const { queries, ask, asked } = double();
		const answers = Promise.all([1, 2, 3].map(ask));
		expect(asked()).toEqual([]);
		await turn();
		expect(asked()).toEqual([[1, 2, 3]]);
		queries[0]?.end();
		expect(await answers).toEqual([2, 4, 6]);
	});

	it('does not answer by a query that had begun before', async () => {
		const { queries, ask, asked } = double();
		const first = ask(1);
		await turn();
		const later = Promise.all([ask(2), ask(3)]);
		await turn();
		expect(asked()).toEqual([[1]]);
		queries[0]?.end();
		expect(await first).toBe(2);
		await turn();
		expect(asked()).toEqual([[1], [2, 3]]);
		queries[1]?.end();
		expect(await later).toEqual([4, 6]);
	});

	it("does not fail one caller for another's error", async () => {
		const { queries, ask, asked } = double();
		const answers = Promise.allSettled([1, 13, 3].map(ask));
		await turn();
		queries[0]?.end();
		await turn();
		expect(asked().slice(1)).toEqual([[1], [13], [3]]);
		for (const { end } of queries.slice(1)) end();
		expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
		const next = ask(4);
		await turn();
		queries.at(-1)?.end();
		expect(await next).toBe(8);
	});
});
