import { beforeEach, describe, expect, it } from 'vitest';
import type { SyncChange } from '../../contract/sync-messages.js';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';

const HERE = 'bbbbbbbbbbbb';
const SENDER = 'aaaaaaaaaaaa';

describe('rows that are taken in together', () => {
	let time = 0;
	let there: ExampleInstance;

	beforeEach(() => {
		let ids = 0;
		time = 2e12;
		const clock = { now: () => (time += 1), id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}` };
		there = new ExampleInstance(HERE, clock, 'park', 1);
		// As another instance's: all of it is recorded here.
		there.links.push(new ExampleInstance(SENDER, clock, 'park', 1));
	});

	const change = (collection: string, id: string, values: Record<string, unknown>): SyncChange => ({
		collection,
		sync_id: id,
		key: id,
		state: {
			groups: [{ stamp: `0mwqz2un100-${SENDER}`, knows: { [SENDER]: `0mwqz2un100-${SENDER}` }, values }],
			deleted: null,
		},
		seen_by: [SENDER],
	});
	const size = (collection: string) => there.database.table(collection).size;

	it('are all there, and each is told with what became of it', async () => {
		const { rows, written } = await there.takeTogether(
			[
				change('articles', 'article', { label: 'one', author: { $ref: 'author' } }),
				change('authors', 'author', { label: 'Ada' }),
			],
			() => true,
		);
		expect(written).toBe(true);
		expect(rows.map(({ collection, action }) => `${collection} ${action}`)).toEqual([
			'articles create',
			'authors create',
		]);
		expect([size('articles'), size('authors')]).toEqual([1, 1]);
	});

	it('leave nothing where they are not kept: no rows, ids, records or questions', async () => {
		there.database.create('pages', { label: 'home', title: 'ours' }, 1);
		const before = structuredClone(there.database.contents);
		const { rows, written } = await there.takeTogether(
			[change('pages', 'page', { label: 'home', title: 'theirs' }), change('tags', 'tag', { label: 'new' })],
			() => false,
		);
		expect(written).toBe(false);
		expect(rows).toMatchObject([
			{
				action: 'update',
				item: '1',
				found: { by: 'match', fields: ['label'] },
				fields: [{ field: 'title', from: 'ours', to: 'theirs' }],
			},
			{ action: 'create' },
		]);
		expect(there.database.contents).toEqual(before);
	});

	it('are all kept out by one that is refused, and every reason is told', async () => {
		const create = there.database.create.bind(there.database);
		there.database.create = (collection, values, at) => {
			if (String(values['label']).startsWith('bad'))
				throw Object.assign(new Error(`no ${String(values['label'])}`), { status: 400, code: 'FAILED_VALIDATION' });
			return create(collection, values, at);
		};
		const labels = ['fine', 'bad one', 'also fine', 'bad two'];
		const { rows, written } = await there.takeTogether(
			labels.map((label) => change('tags', label, { label })),
			(all) => all.every(({ action }) => action !== 'refused'),
		);
		expect(written).toBe(false);
		expect(rows.map(({ action, message }) => message ?? action)).toEqual([
			'create',
			'no bad one',
			'create',
			'no bad two',
		]);
		expect(size('tags')).toBe(0);
	});

	it('name what they refer to and is not there, required or not', async () => {
		const { rows } = await there.takeTogether(
			[
				change('articles', 'article', { label: 'one', author: { $ref: 'who' }, page: { $ref: 'where' } }),
				change('parts', 'part', { label: 'p', author: { $ref: 'who' } }),
			],
			() => false,
		);
		expect(rows).toMatchObject([
			{
				action: 'create',
				awaits: [
					{ field: 'author', collection: 'authors', sync_id: 'who' },
					{ field: 'page', collection: 'pages', sync_id: 'where' },
				],
			},
			{ action: 'refused', awaits: [{ field: 'author', collection: 'authors', sync_id: 'who' }] },
		]);
	});

	it('tell what a deletion takes along', async () => {
		await there.takeTogether(
			[change('tags', 'tag', { label: 't' }), change('articles', 'article', { label: 'a' })],
			() => true,
		);
		await there.takeTogether(
			[change('links', 'link', { article: { $ref: 'article' }, tag: { $ref: 'tag' } })],
			() => true,
		);
		while (!(await there.plan()));
		const stamp = `0mwqz2un300-${SENDER}`;
		const gone = change('articles', 'article', { label: 'a' });
		gone.state.deleted = { stamp, knows: { [SENDER]: stamp, [HERE]: `0mwqz2un300-${HERE}` } };
		const { rows } = await there.takeTogether([gone], () => false);
		expect(rows).toMatchObject([{ action: 'delete', along: [{ collection: 'links', event: 'delete' }] }]);
		expect(size('articles')).toBe(1);
	});

	it('keep their numbers where the rule says so and they are free, and get others where not', async () => {
		there.database.create('tags', { label: 'ours' }, 1);
		const kept = (key: string) => ({
			...change('tags', `tag ${key}`, { label: `theirs ${key}` }),
			key,
			keep_key: true as const,
		});
		await there.takeTogether([kept('1'), kept('77')], () => true);
		const labels = [...there.database.table('tags')].map(([key, { label }]) => `${key} ${String(label)}`);
		expect(labels).toContain('1 ours');
		expect(labels).toContain('77 theirs 77');
		expect(labels).toHaveLength(3);
	});
});
