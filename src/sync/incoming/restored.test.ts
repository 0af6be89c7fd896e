import { expect, it } from 'vitest';
import { UNDATED } from '../core/merge/stamp-first.js';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';

it.each(['bbbbbbbbbbbb', 'cccccccccccc'])(
	'who went back to a backup is told of a deletion again, as %s',
	async (name) => {
		let time = 0;
		let ids = 0;
		const clock = { now: () => (time += 1), id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}` };
		const instance = (id: string) => new ExampleInstance(id, clock, 'update', id === 'aaaaaaaaaaaa' ? 1 : 101);
		const [a, b, restored] = [instance('aaaaaaaaaaaa'), instance('bbbbbbbbbbbb'), instance(name)];
		a.links.push(b, ...(name === b.id ? [] : [restored]));
		b.links.push(a);
		restored.links.push(a);
		const tag = a.database.create('tags', { label: 'red' }, clock.now());
		await a.plan();
		await a.send(b);
		const backup = structuredClone(b.database.contents);
		a.database.remove('tags', tag, clock.now());
		await a.plan();
		await a.send(b);
		expect([...b.database.table('tags')]).toEqual([]);
		// What was owed under the new name is another matter.
		a.owed.clear();
		for (const [id, version] of a.database.contents.versions)
			a.database.contents.versions.set(id, { ...version, seenBy: ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'] });
		restored.database.contents = backup;
		const [version] = backup.versions.values();
		if (!version) throw new Error('the tag was not recorded');
		const { collection, syncId, state, seenBy } = version;
		// What a repair sends.
		await a.takeIn(name, [{ collection, sync_id: syncId, key: '101', state, seen_by: seenBy, forced: true }] as never);
		await a.plan();
		await a.send(restored);
		expect([...restored.database.table('tags')]).toEqual([]);
	},
);

it.each(['planned, and sent', 'never planned', 'never planned, and the others send first'])(
	'who went back to a backup knows rows by the ids that others have learnt since (in the backup they were %s)',
	async (then) => {
		let time = 1e12;
		let ids = 0;
		const clock = { now: () => (time += 1), id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}` };
		const instance = (id: string, first: number) => new ExampleInstance(id, clock, 'update', first);
		const [a, b, restored] = [instance('aaaaaaaaaaaa', 1), instance('bbbbbbbbbbbb', 101), instance('cccccccccccc', 2)];
		a.links.push(b);
		b.links.push(a, restored);
		restored.links.push(b);
		const exchange = async (one: ExampleInstance) => {
			for (let round = 0; round < 4; round += 1) {
				for (const each of [one, b]) await each.plan();
				await one.send(b);
				await b.send(one);
			}
		};
		const before = a.database.create('tags', { label: 'before' }, clock.now());
		if (then !== 'planned, and sent') a.database.contents.outbox = [];
		const backup = structuredClone(a.database.contents);
		a.database.touch('tags', before, clock.now());
		const lost = a.database.create('tags', { label: 'lost' }, clock.now());
		await exchange(a);
		a.database.update('tags', before, { label: 'edited since' }, clock.now());
		await exchange(a);
		a.owed.clear();
		b.owed.clear();
		for (const [id, version] of b.database.contents.versions)
			b.database.contents.versions.set(id, { ...version, seenBy: [a.id, b.id] });
		restored.database.contents = backup;
		restored.origins = [{ instance: a.id, upTo: { tags: Number(before) } }];
		// What was lost had this number, too.
		expect(restored.database.create('tags', { label: 'made since' }, clock.now())).toBe('2');
		expect(lost).toBe('2');
		// What a repair sends is as old as it says, or older than anything.
		restored.database.touch('tags', before, UNDATED);
		for (const key of b.database.table('tags').keys()) b.database.touch('tags', key, clock.now());
		if (then.endsWith('first')) {
			await b.plan();
			await b.send(restored);
		}
		await exchange(restored);
		const labels = [...b.database.table('tags').values()].map(({ label }) => label).toSorted();
		expect(labels).toEqual(['edited since', 'lost', 'made since']);
		expect([...restored.database.table('tags').values()].map(({ label }) => label).toSorted()).toEqual(labels);
	},
);
