import { expect, it } from 'vitest';
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
