import { expect, it } from 'vitest';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';

it('an edit that comes while an older one is planned has its own time, and wins over what came between', async () => {
	let ids = 0;
	let time = 0;
	const now = () => (time += 1);
	const clock = { now, id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}` };
	const [a, b] = [
		new ExampleInstance('aaaaaaaaaaaa', clock, 'update', 1),
		new ExampleInstance('bbbbbbbbbbbb', clock, 'update', 101),
	];
	a.links.push(b);
	b.links.push(a);
	const here = a.database.create('articles', { label: 'x', title: 'first', body: 'first' }, now());
	await a.plan();
	await a.send(b);
	const [there = ''] = b.database.table('articles').keys();

	a.database.update('articles', here, { title: 'of a' }, now());
	a.database.meanwhile = async () => {
		a.database.meanwhile = async () => {};
		b.database.update('articles', there, { body: 'earlier, of b' }, now());
		a.database.update('articles', here, { body: 'later, of a' }, now());
	};
	await a.plan();
	for (let round = 0; round < 3; round += 1) {
		for (const instance of [a, b]) await instance.plan();
		await a.send(b);
		await b.send(a);
	}

	for (const { database } of [a, b])
		expect([...database.table('articles').values()]).toMatchObject([{ title: 'of a', body: 'later, of a' }]);
});
