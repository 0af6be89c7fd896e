import { describe, expect, it } from 'vitest';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';
import { EXAMPLE_MODELS } from '../../../test/fixtures/example-database.js';
import { digestCollection } from '../compare/compare.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import { versionId } from '../core/merge/row-version.js';

/** One instance with a place whose block is gone, and another one that has never heard of either. */
async function withLostBlock() {
	let time = 0;
	let ids = 0;
	const clock = { now: () => (time += 1), id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}` };
	const a = new ExampleInstance('aaaaaaaaaaaa', clock, 'update', 1);
	const b = new ExampleInstance('bbbbbbbbbbbb', clock, 'update', 101);
	a.links.push(b);
	b.links.push(a);
	const block = a.database.create('blocks', { label: 'block' }, clock.now());
	const place = a.database.create('places', { article: null, kind: 'blocks', item: block, sort: 'one' }, clock.now());
	await a.plan();
	a.database.remove('blocks', block, clock.now());
	await a.plan();
	a.owed.clear();
	a.database.update('places', place, { sort: 'two' }, clock.now());
	await a.plan();
	return { a, b };
}

const placesOf = ({ database }: ExampleInstance) => [...database.table('places').values()];

describe('a row that leads to one that was deleted before the other side heard of it', () => {
	it('arrives, and waits for nothing', async () => {
		const { a, b } = await withLostBlock();
		await a.send(b);
		expect(placesOf(b)).toMatchObject([{ sort: 'two', item: null }]);
		await a.send(b);
		expect(a.waits).toEqual([]);
		expect(a.failed).toEqual([]);
	});

	it('is equal on both sides', async () => {
		const { a, b } = await withLostBlock();
		await a.send(b);
		await a.send(b);
		const model = EXAMPLE_MODELS.get('places') as SyncModel;
		const sums = async ({ database }: ExampleInstance) => {
			const records = [...database.contents.versions.values()];
			const known = (collection: string) => database.contents.ids.filter((entry) => entry.collection === collection);
			const digests = await digestCollection(
				model,
				{
					identityOf: (collection) => EXAMPLE_MODELS.get(collection) ?? null,
					chunk: async (collection, primary, after) =>
						after === null
							? [...database.table(collection)].map(([key, row]) => ({ ...row, [primary]: Number(key) }))
							: [],
					allSyncIds: async (collection) =>
						new Map(known(collection).map(({ localKey, syncId }) => [localKey, syncId])),
					allUsers: async () => [],
					overridden: async (collection) =>
						records.filter((record) => record.collection === collection && Object.keys(record.overrides).length > 0),
					deleted: async () => new Set(records.filter(({ state }) => state.deleted).map(versionId)),
					wholeSeconds: false,
				},
				null,
			);
			return [digests.rows, digests.buckets];
		};
		expect(await sums(b)).toEqual(await sums(a));
	});
});
