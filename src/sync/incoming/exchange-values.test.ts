import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';

function pair() {
	let [time, ids] = [1e12, 0];
	const now = () => (time += 1);
	const clock = { now, id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}` };
	const [a, b] = [
		new ExampleInstance('aaaaaaaaaaaa', clock, 'update', 1),
		new ExampleInstance('bbbbbbbbbbbb', clock, 'update', 100),
	];
	a.links.push(b);
	b.links.push(a);
	for (const { database } of [a, b]) database.unique.add('pages');
	return { a, b, now };
}

const pages = ({ database }: ExampleInstance) =>
	[...database.table('pages').values()].map(({ label, title }) => `${String(title)} at ${String(label)}`).toSorted();

describe('rows whose values are unique', () => {
	it('may swap them in any order', { timeout: 60_000 }, async () => {
		const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6, maxLength: 6 });
		await fc.assert(
			fc.asyncProperty(orders, fc.boolean(), async (order, isMoved) => {
				const { a, b, now } = pair();
				const keys = order.map((_, n) =>
					a.database.create('pages', { label: `address ${n}`, title: `page ${n}` }, now()),
				);
				await a.plan();
				await a.send(b);
				expect(pages(b)).toEqual(pages(a));
				// A detour around the unique index, as several quick edits that become one change.
				keys.forEach((key, n) => a.database.set('pages', key, { label: `moving ${n}` }));
				order.forEach((to, n) =>
					a.database.update('pages', keys[n] ?? '', { label: `address ${isMoved ? to + 1 : to}` }, now()),
				);
				for (let round = 0; round < 3; round += 1) {
					for (const instance of [a, b]) await instance.plan();
					await a.send(b);
					await b.send(a);
				}
				expect(pages(b)).toEqual(pages(a));
				expect(b.failed.concat(a.failed)).toEqual([]);
				expect(b.database.contents.conflicts.filter(({ status }) => status === 'open')).toEqual([]);
			}),
			{ numRuns: 10 },
		);
	});

	it('do not take a value from a row that keeps it', async () => {
		const { a, b, now } = pair();
		const key = a.database.create('pages', { label: 'one', title: 'first' }, now());
		await a.plan();
		await a.send(b);
		b.database.create('pages', { label: 'two', title: 'of b' }, now());
		a.database.update('pages', key, { label: 'two' }, now());
		await a.plan();
		await a.send(b);
		expect(pages(b)).toEqual(['first at one', 'of b at two']);
		expect(
			b.database.contents.conflicts.filter(({ status, kind }) => status === 'open' && kind === 'unique'),
		).toHaveLength(1);
	});
});
