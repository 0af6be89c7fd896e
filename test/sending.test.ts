import fc from 'fast-check';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { WireRequest, WireResponse } from '../src/kernel/core/wire.js';
import { dueAgain } from '../src/delivery/tables/delivery-table.js';
import { sendingWorld } from './sending-world.js';

interface Entry {
	event: string;
	fields: { id: string; title?: string };
}
const entriesOf = ({ body }: WireRequest) => JSON.parse(body ?? '[]') as Entry[];
const say = (status: number, body = ''): WireResponse => ({ status, headers: {}, body });
const cut = () => {
	throw Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET', permanent: false });
};
const names = (count: number) => Array.from({ length: count }, (_, index) => `item-${index}`);

describe('a batch that is refused', () => {
	it.each([400, 422])('arrives without the one change that a receiver answers %i to', async (status) => {
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.nat(), async (count, pick) => {
				const bad = `item-${pick % count}`;
				const taken = new Set<string>();
				const world = await sendingWorld({}, (request) => {
					const ids = entriesOf(request).map(({ fields }) => fields.id);
					if (ids.includes(bad)) return say(status, `"${bad}" has no title`);
					for (const id of ids) taken.add(id);
					return say(200);
				});
				await world.add(names(count).map((item) => ({ item, event: 'update' })));
				await world.drain();
				expect([...taken].toSorted()).toEqual(
					names(count)
						.filter((name) => name !== bad)
						.toSorted(),
				);
				const rows = await world.rows();
				expect(rows.filter((row) => row['status'] === 'failed')).toMatchObject([
					{
						item: bad,
						tries: 1,
						error_code: `HTTP_${status}`,
						error_message: expect.stringContaining(`"${bad}" has no title`),
					},
				]);
				expect(rows.filter((row) => row['status'] === 'delivered')).toHaveLength(count - 1);
				expect(world.requests.length).toBeLessThanOrEqual(1 + 2 * Math.ceil(Math.log2(count)));
				const ids = world.requests.map(({ headers }) => headers['webhook-id']);
				expect(new Set(ids).size).toBe(ids.length);
				// The history of the bad one has every request that it was in.
				const batches = String(rows.find((row) => row['item'] === bad)?.['batches']).split(',');
				const asked = world.requests.filter((request) => entriesOf(request).some(({ fields }) => fields.id === bad));
				expect((await world.attempts()).filter(({ batch }) => batches.includes(String(batch)))).toHaveLength(
					asked.length,
				);
				await world.stop();
			}),
			{ numRuns: 8 },
		);
	});

	it('arrives in parts where it is too large, and later ones are made no larger', async () => {
		const limit = 100_000;
		let refused = 0;
		const taken: string[] = [];
		const world = await sendingWorld({}, (request) => {
			if (Buffer.byteLength(request.body ?? '') > limit) {
				refused += 1;
				return say(413, 'request entity too large');
			}
			taken.push(...entriesOf(request).map(({ fields }) => fields.id));
			return say(200);
		});
		const all = names(100);
		for (const id of all) world.items.set(id, { id, title: 'x'.repeat(3_000) });
		await world.add(all.map((item) => ({ item, event: 'update' })));
		await world.drain();
		expect(taken.toSorted()).toEqual(all.toSorted());
		expect(refused).toBe(2);
		expect(world.requests.length).toBeLessThanOrEqual(10);
		expect(await world.known()).toBeLessThanOrEqual(limit);
		refused = 0;
		await world.add(all.map((item) => ({ item, event: 'update' })));
		await world.drain();
		expect(refused).toBe(0);
		expect(taken).toHaveLength(200);
		await world.stop();
	});

	it('leaves a change that is too large by itself to fail alone, and fills requests up to `batch_bytes`', async () => {
		const world = await sendingWorld({ batch_bytes: 10_000 }, (request) =>
			Buffer.byteLength(request.body ?? '') > 10_000 ? say(413) : say(200),
		);
		for (const id of names(20)) world.items.set(id, { id, title: 'x'.repeat(id === 'item-7' ? 12_000 : 1_000) });
		await world.add(names(20).map((item) => ({ item, event: 'update' })));
		await world.drain();
		const rows = await world.rows();
		expect(rows.filter((row) => row['status'] !== 'delivered')).toMatchObject([
			{ item: 'item-7', error_code: 'HTTP_413' },
		]);
		expect(world.requests.length).toBeLessThanOrEqual(5);
		await world.stop();
	});

	it('is given up soon where the receiver refuses everything, sooner the second time', async () => {
		const world = await sendingWorld({ concurrency: 1 }, () => say(400, 'no'));
		await world.add(names(200).map((item) => ({ item, event: 'update' })));
		await world.drain();
		const rows = await world.rows();
		expect(rows.every((row) => row['status'] === 'failed' && String(row['error_message']).includes('400: no'))).toBe(
			true,
		);
		expect(world.requests.length).toBeLessThanOrEqual(20 + 3);
		await world.stop();
	});

	it('goes on later where the receiver stops answering in the middle', async () => {
		let asked = 0;
		const taken: string[] = [];
		const world = await sendingWorld({}, (request) => {
			asked += 1;
			const ids = entriesOf(request).map(({ fields }) => fields.id);
			if (asked === 3) return say(503);
			if (ids.includes('item-3')) return say(422);
			taken.push(...ids);
			return say(200);
		});
		await world.add(names(16).map((item) => ({ item, event: 'update' })));
		await world.drain();
		expect(taken.toSorted()).toEqual(
			names(16)
				.filter((name) => name !== 'item-3')
				.toSorted(),
		);
		await world.stop();
	});
});

describe('the order of one item', () => {
	it('does not let a create that is tried again undo the delete that was delivered before', async () => {
		let isDown = true;
		const said: string[] = [];
		const world = await sendingWorld({}, (request) => {
			if (isDown) return say(500);
			said.push(...entriesOf(request).map(({ event }) => event));
			return say(200);
		});
		world.items.set('a', { id: 'a', title: 'one' });
		await world.add([{ item: 'a', event: 'create' }]);
		await world.turn();
		isDown = false;
		world.items.delete('a');
		await world.add([{ item: 'a', event: 'delete' }]);
		await world.drain();
		expect(said.at(-1)).toBe('delete');
		const [first] = await world.rows();
		expect(first).toMatchObject({ status: 'cancelled', error_code: 'SUPERSEDED' });
		await world.database('downstream_deliveries').where({ id: first?.['id'] }).update(dueAgain(0));
		await world.drain();
		expect(said.at(-1)).toBe('delete');
		await world.stop();
	});

	it('ends with its last state at a receiver that fails, is slow and restarts, whatever is sent again by hand', async () => {
		await fc.assert(
			fc.asyncProperty(fc.infiniteStream(fc.nat(99)), fc.integer({ min: 1, max: 4 }), async (dice, size) => {
				const roll = () => Number(dice.next().value);
				const mirror = new Map<string, string>();
				let isQuiet = false;
				const apply = (entries: Entry[]) => {
					for (const { event, fields } of entries)
						if (event === 'delete') mirror.delete(fields.id);
						else mirror.set(fields.id, fields.title ?? '');
				};
				const world = await sendingWorld({ batch_size: size, concurrency: 3 }, async (request) => {
					const entries = entriesOf(request);
					const luck = isQuiet ? 99 : roll();
					if (luck < 15) return say(503);
					if (luck < 25) return say(422, 'not now');
					if (luck < 32) return cut();
					if (luck > 80) await pause(luck % 7);
					apply(entries);
					if (luck < 60) await pause(luck % 4);
					if (luck < 70) return cut();
					return luck < 75 ? say(500) : say(200);
				});
				const settle = world.queue.settle;
				world.queue.settle = async (...results) => {
					if (!isQuiet && roll() < 8) throw new Error('the database is away');
					return settle(...results);
				};
				let isEdited = false;
				const sending = world.drain(() => isEdited);
				for (let step = 0; step < 40; step++) {
					const id = `item-${roll() % 4}`;
					const isThere = world.items.has(id);
					const event = !isThere ? 'create' : roll() < 40 ? 'delete' : 'update';
					if (event === 'delete') world.items.delete(id);
					else world.items.set(id, { id, title: `${step}` });
					await world.add([{ item: id, event }]);
					if (roll() < 50) await pause(roll() % 3);
					if (roll() < 25) {
						const rows = (await world.rows()).filter((row) => !['pending', 'sending'].includes(String(row['status'])));
						const again = rows[roll() % Math.max(1, rows.length)];
						if (again) {
							const mine = world.database('downstream_deliveries').where({ id: again['id'] });
							await mine.whereNotIn('status', ['pending', 'sending']).update(dueAgain(world.clock.now()));
						}
					}
				}
				isEdited = true;
				await sending;
				// Where the latest delivery of an item has arrived, nothing older has come after it.
				const latest = new Map((await world.rows()).map((row) => [String(row['item']), row['status']]));
				for (const [item, status] of latest)
					if (status === 'delivered')
						expect([item, mirror.get(item)]).toEqual([item, world.items.get(item)?.['title']]);
				isQuiet = true;
				// What was refused for good is sent again by hand, oldest last, as is what was delivered.
				const over = (await world.rows()).filter((row) => row['status'] === 'failed' || roll() < 30).toReversed();
				for (const { id } of over) {
					await world.database('downstream_deliveries').where({ id }).update(dueAgain(0));
					if (roll() < 30) await world.drain();
				}
				await world.drain();
				expect(Object.fromEntries(mirror)).toEqual(
					Object.fromEntries([...world.items].map(([id, { title }]) => [id, title])),
				);
				await world.stop();
			}),
			{ numRuns: Number(process.env['SENDING_RUNS'] ?? 6), endOnFailure: true },
		);
	}, 300_000);
});
