import { beforeEach, describe, expect, it } from 'vitest';
import { EXAMPLE_MODELS } from '../../../test/fixtures/example-database.js';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';

const articles = EXAMPLE_MODELS.get('articles');
const body = articles?.fields.get('body');
if (!articles || !body) throw new Error('the example has lost its articles');

const mention = (key: unknown, collection = 'tags') => ({ type: 'relation', attrs: { key, collection } });
/** As SQLite gives it. */
const text = (...keys: unknown[]) => JSON.stringify(keys.map((key) => mention(key)));

/** From now on the rules name `body`, and ids of these collections in it; or none does. */
const nameBody = (rewrites?: ReadonlySet<string>, type = 'json') =>
	EXAMPLE_MODELS.set('articles', {
		...articles,
		fields: new Map(articles.fields).set('body', { ...body, type, ...(rewrites ? { rewrites } : {}) }),
	});

describe('ids inside JSON', () => {
	let time = 1e12;
	let ids = 0;
	let a: ExampleInstance;
	let b: ExampleInstance;
	const now = () => (time += 1);

	beforeEach(() => {
		nameBody(new Set(['tags']));
		const shared = { now, id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}` };
		[a, b] = [
			new ExampleInstance('aaaaaaaaaaaa', shared, 'update', 1),
			new ExampleInstance('bbbbbbbbbbbb', shared, 'update', 1_001),
		];
		a.links.push(b);
		b.links.push(a);
	});

	const exchange = async () => {
		for (let round = 0; round < 4; round += 1) {
			await a.plan();
			await a.send(b);
			await b.plan();
			await b.send(a);
		}
	};
	const rowOf = ({ database }: ExampleInstance, label: string) =>
		[...database.table('articles').values()].find((row) => row['label'] === label);
	const bodyOf = (instance: ExampleInstance, label: string): unknown => {
		const value = rowOf(instance, label)?.['body'];
		return typeof value === 'string' ? JSON.parse(value) : value;
	};
	const keyOf = ({ database }: ExampleInstance, label: string) =>
		[...database.table('tags')].find(([, row]) => row['label'] === label)?.[0];

	it('are those of each instance, and stay when something else of the row is changed there', async () => {
		const tag = a.database.create('tags', { label: 'red' }, now());
		const article = a.database.create('articles', { label: 'one', body: text(Number(tag)) }, now());
		await exchange();
		const theirs = Number(keyOf(b, 'red'));
		expect(theirs).toBeGreaterThan(1_000);
		expect(bodyOf(b, 'one')).toEqual([mention(theirs)]);
		b.database.update('articles', String(rowOf(b, 'one')?.['id']), { title: 'by b' }, now());
		await exchange();
		expect(a.database.table('articles').get(article)).toMatchObject({ title: 'by b', body: text(Number(tag)) });
		const sent = [a.sent, b.sent];
		await exchange();
		expect([a.sent, b.sent]).toEqual(sent);
	});

	it('are those of each instance in a text that is JSON, too', async () => {
		nameBody(new Set(['tags']), 'text');
		const tag = a.database.create('tags', { label: 'red' }, now());
		const written = (key: unknown) => `[ {"key": ${String(key)},  "collection":"tags"}, 12 ]`;
		const article = a.database.create('articles', { label: 'text', body: written(tag) }, now());
		await exchange();
		expect(rowOf(b, 'text')?.['body']).toBe(written(keyOf(b, 'red')));
		b.database.update('articles', String(rowOf(b, 'text')?.['id']), { title: 'by b' }, now());
		await exchange();
		expect(a.database.table('articles').get(article)).toMatchObject({ title: 'by b', body: written(tag) });
		const sent = [a.sent, b.sent];
		await exchange();
		expect([a.sent, b.sent]).toEqual(sent);
	});

	it('wait for what they lead to, and the row is there meanwhile', async () => {
		const tag = a.database.create('tags', { label: 'late' }, now());
		a.database.create('articles', { label: 'two', body: text(Number(tag)) }, now());
		await a.plan();
		a.owed.get(b.id)?.reverse();
		await a.send(b, { most: 1 });
		expect(rowOf(b, 'two')).toBeDefined();
		expect(JSON.stringify(bodyOf(b, 'two'))).toContain('downstream:tags/');
		expect(a.waits.join()).toMatch(/articles .* body refers to tags .*, which has not arrived/);
		await exchange();
		expect(bodyOf(b, 'two')).toEqual([mention(Number(keyOf(b, 'late')))]);
		expect(a.waits).toEqual([]);
	});

	it('of what is not synced, or not there, stay as they are', async () => {
		const content = JSON.stringify([mention(99), mention(5, 'blocks')]);
		a.database.create('blocks', { id: 5, label: 'block' }, now());
		a.database.create('articles', { label: 'three', body: content }, now());
		await exchange();
		expect(bodyOf(b, 'three')).toEqual(JSON.parse(content));
	});

	it('are translated where only the sender names the field, and are no edit there', async () => {
		const tag = a.database.create('tags', { label: 'blue' }, now());
		a.database.create('articles', { label: 'four', body: text(Number(tag)) }, now());
		await a.plan();
		nameBody();
		await a.send(b);
		await a.send(b);
		expect(bodyOf(b, 'four')).toEqual([mention(Number(keyOf(b, 'blue')))]);
		b.database.update('articles', String(rowOf(b, 'four')?.['id']), { title: 'by b' }, now());
		await b.plan();
		await b.send(a);
		expect(rowOf(a, 'four')?.['title']).toBe('by b');
		expect(rowOf(a, 'four')?.['body']).toBe(text(Number(tag)));
	});
});
