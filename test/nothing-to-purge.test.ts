import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ALL_ITEMS } from '../src/contract/vocabulary.js';
import { sendingWorld } from './sending-world.js';

const took = { status: 200, headers: {}, body: '' };
const update = (item: string) => ({ item, event: 'update' as const });

it('tells a change of the whole collection that no path stands for as nothing to purge, and what to do', async () => {
	const world = await sendingWorld({}, () => took, ['/blog/{{title}}']);
	await world.add([update(ALL_ITEMS)]);
	await world.drain();
	expect(world.requests).toEqual([]);
	const [row] = await world.rows();
	expect(row).toMatchObject({ item: '*', status: 'cancelled', error_code: 'NOTHING_TO_PURGE', tries: 0 });
	expect(row?.['delivered_at']).toBeGreaterThan(0);
	expect(row?.['error_message']).toMatch(/^nothing to purge: the whole of posts changed, .*Varnish.*such as \/posts$/);
	await world.stop();
});

it('purges the paths that are the same for every item, where the whole collection changed', async () => {
	const world = await sendingWorld({}, () => took, ['/blog/{{title}}', '/blog']);
	await world.add([update(ALL_ITEMS)]);
	await world.drain();
	expect(world.requests.map(({ url }) => url)).toEqual(['http://site.test/blog']);
	expect(await world.rows()).toMatchObject([{ status: 'delivered', error_code: null }]);
	await world.stop();
});

it('delivers what there is a path for, and tells the rest of it as nothing to purge', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), async (titled) => {
			const world = await sendingWorld({}, () => took, ['/blog/{{title}}']);
			const names = titled.map((hasTitle, index) => `${hasTitle ? 'titled' : 'bare'}-${index}`);
			for (const id of names) world.items.set(id, { id, title: id.startsWith('titled') ? id : null });
			await world.add(names.map(update));
			await world.drain();
			for (const { item, status, error_code: code } of await world.rows())
				expect([status, code]).toEqual(
					String(item).startsWith('titled') ? ['delivered', null] : ['cancelled', 'NOTHING_TO_PURGE'],
				);
			expect(world.requests.map(({ url }) => url).toSorted()).toEqual(
				names
					.filter((name) => name.startsWith('titled'))
					.map((name) => `http://site.test/blog/${name}`)
					.toSorted(),
			);
			await world.stop();
		}),
		{ numRuns: 15 },
	);
});

it('does not take a failing target for healthy because there was nothing to ask of it', async () => {
	let isDown = true;
	const world = await sendingWorld({}, () => (isDown ? { status: 503, headers: {}, body: '' } : took), [
		'/blog/{{title}}',
	]);
	for (const id of ['a', 'b', 'c', 'd', 'e']) world.items.set(id, { id, title: id });
	await world.add(['a', 'b', 'c', 'd', 'e'].map(update));
	while ((await world.health()).openedAt === null)
		world.skip(Math.max(0, ((await world.turn()) ?? 0) - world.clock.now()));
	await world.database('downstream_deliveries').delete();
	await world.add([update('bare'), update('a')]);
	const asked = world.requests.length;
	world.skip(600_000);
	await world.turn();
	expect((await world.health()).openedAt).not.toBeNull();
	expect(world.requests.length).toBe(asked + 1);
	isDown = false;
	await world.drain();
	expect((await world.health()).openedAt).toBeNull();
	expect(await world.rows()).toMatchObject([
		{ item: 'bare', status: 'cancelled' },
		{ item: 'a', status: 'delivered' },
	]);
	await world.stop();
});
