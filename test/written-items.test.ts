import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ALL_ITEMS, itemOfWritten, writtenItem } from '../src/contract/vocabulary.js';
import type { NewChange } from '../src/capture/new-change.js';
import { placeOf } from '../src/delivery/items-under-way.js';
import { listDeliveries, openItems } from '../src/delivery/tables/delivery-lists.js';
import { latestDeliveries } from '../src/delivery/tables/delivery-latest.js';
import { insertChanges, readOutbox, readUnplanned } from '../src/capture/tables/outbox-table.js';
import { sendingWorld } from './sending-world.js';

/** Keys that come close to what stands for every item. */
const key = fc.oneof(
	fc.stringMatching(/^\\{0,3}\*{0,2}$/),
	fc.constantFrom('new', 'all', '"*"', ' *', '?', "'", 'null'),
	fc.string({ unit: 'grapheme', maxLength: 20 }),
);
const keys = fc
	.uniqueArray(key, { minLength: 1, maxLength: 8 })
	.map((some) => [...new Set(['*', '\\*', ...some])].filter((one) => one !== ''));
const took = { status: 200, headers: {}, body: '' };

it('no key is written as every item, and every key is read as it was', () => {
	fc.assert(
		fc.property(key, (one) => {
			expect(writtenItem(one)).not.toBe('*');
			expect(itemOfWritten(writtenItem(one))).toBe(one);
		}),
	);
	expect(itemOfWritten(writtenItem(ALL_ITEMS))).toBe(ALL_ITEMS);
	expect(writtenItem(ALL_ITEMS)).toBe('*');
});

it('an item is told of by its key, whatever that is, and every item as every item', async () => {
	await fc.assert(
		fc.asyncProperty(keys, async (some) => {
			const world = await sendingWorld({}, () => took);
			for (const id of some) world.items.set(id, { id, title: `of ${id}` });
			await world.add([...some, ALL_ITEMS].map((item) => ({ item, event: 'update' })));
			const places = new Set([...some, ALL_ITEMS].map((item) => `posts/${item}`));
			expect(await openItems(world.database, 'target')).toEqual(places);
			const asked = [...some, ALL_ITEMS].map((item) => ({ collection: 'posts', item }));
			const latest = await latestDeliveries(world.database, 'target', asked);
			expect(new Set(latest.keys())).toEqual(new Set(asked.map(placeOf)));
			await world.drain();
			const entries = world.requests.flatMap(
				({ body }) => JSON.parse(body ?? '') as { keys?: string; fields: { id?: string; title?: string } }[],
			);
			expect(entries.filter(({ keys: named }) => named === '*').map(({ fields }) => fields)).toEqual([{}]);
			expect(entries.filter((entry) => !('keys' in entry)).map(({ fields }) => fields.title)).toEqual(
				some.map((id) => `of ${id}`),
			);
			const page = { limit: 100, page: 1, sort: { field: 'created_at', descending: false } };
			for (const id of [...some, ALL_ITEMS]) {
				const found = await listDeliveries(world.database, { collection: 'posts', item: writtenItem(id) }, page);
				expect(found.rows.map(({ item }) => item)).toEqual([id]);
			}
			await world.stop();
		}),
		{ numRuns: 20 },
	);
});

it('a change is planned for the item that it was recorded of', async () => {
	await fc.assert(
		fc.asyncProperty(keys, async (some) => {
			const { database, stop } = await sendingWorld({}, () => took);
			const items = [...some, ALL_ITEMS];
			const changes = items.map((item): NewChange => ({
				collection: 'posts',
				item,
				event: 'update',
				at: 1,
				user: null,
				before: null,
				fields: null,
				source: 'activity',
			}));
			await insertChanges(database, changes);
			expect((await readOutbox(database, 100)).map(({ item }) => item)).toEqual(items);
			const unplanned = await readUnplanned(
				database,
				items.map((item) => ({ collection: 'posts', key: item })),
			);
			expect(new Set(unplanned.keys())).toEqual(new Set(items.map((item) => `posts/${item}`)));
			await stop();
		}),
		{ numRuns: 20 },
	);
});
