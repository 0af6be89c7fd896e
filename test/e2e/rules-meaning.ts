import { describe, expect, it } from 'vitest';
import { compareFilters, prepareFilters } from '../chaos/filters.js';
import type { Directus } from '../kit/directus.js';
import type { Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import type { Entry } from './flush-target.js';

/** One Directus with a target, and what the tests of its rules do with it. */
export interface RulesWorld {
	database: string;
	directus(): Directus;
	receiver(): Receiver;
	/** Publishes a target with these rules. */
	rules(...schema: Record<string, unknown>[]): Promise<void>;
	make(collection: string, body: unknown): Promise<{ id: number }>;
	change(collection: string, id: unknown, body: unknown): Promise<unknown>;
	remove(collection: string, id: unknown): Promise<unknown>;
	/** All that was sent up to now. */
	sent(): Promise<Entry[]>;
}

const ALL = ['create', 'update', 'delete'];

/** What rules mean: filters as Directus reads them, the clock, values as they are written. */
export function meaningOfRules({ database, directus, receiver, rules, make, change, remove, sent }: RulesWorld): void {
	describe('what `when` means', () => {
		const HOUR = 3_600_000;
		const at = (offset: number) => new Date(Date.now() + offset).toISOString();

		it('resolves $NOW, with and without offset, and keeps every condition of one object', async () => {
			await rules(
				{ collection: 'articles', events: ALL, payload: ['title'], when: { published_at: { _lte: '$NOW' } } },
				{
					collection: 'articles',
					events: ALL,
					payload: ['slug'],
					when: { published_at: { _gt: '$NOW(-2 hours)', _lt: '$NOW(+2 hours)' } },
				},
			);
			await make('articles', { title: 'embargoed', slug: 'soon', published_at: at(HOUR) });
			await make('articles', { title: 'out', slug: 'old', published_at: at(-24 * HOUR) });
			await make('articles', { title: 'far', slug: 'later', published_at: at(24 * HOUR) });
			const entries = await sent();
			expect(entries.map(({ fields }) => fields['title'] ?? fields['slug']).toSorted()).toEqual(['out', 'soon']);
		});

		it('sends what the clock alone has taken out of "when", once it is edited or deleted, and not what it became', async () => {
			await rules({
				collection: 'articles',
				events: ALL,
				payload: ['title'],
				paths: ['/blog/{{slug}}'],
				when: { published_at: { _gt: '$NOW(-1 hour)' } },
			});
			const { id } = await make('articles', { title: 'T', slug: 'expired', published_at: at(-2 * HOUR) });
			expect(await sent()).toEqual([]);
			await change('articles', id, { title: 'secret' });
			const [edited] = await sent();
			expect(edited).toMatchObject({ event: 'update', fields: { id }, paths: ['/blog/expired'], gone: true });
			expect(edited?.fields).toEqual({ id });
			await remove('articles', id);
			const [removed] = await sent();
			expect(removed).toMatchObject({ event: 'delete', fields: { id }, paths: ['/blog/expired'], gone: true });
		});

		it('purges the pages of what stopped matching over a relation, and leaks nothing that never matched', async () => {
			const rule = {
				collection: 'articles',
				events: ALL,
				payload: ['title'],
				paths: ['/blog/{{slug}}'],
				via: ['author'],
			};
			await rules({ ...rule, when: { author: { name: { _eq: 'shown' } } } });
			const author = await make('authors', { name: 'shown' });
			const { id } = await make('articles', { title: 'seen', slug: 'seen', author: author.id });
			await sent();
			await change('authors', author.id, { name: 'hidden' });
			expect(await sent()).toMatchObject([{ fields: { id, title: 'seen' }, paths: ['/blog/seen'], gone: true }]);
			await change('authors', author.id, { name: 'hidden still' });
			await change('articles', id, { title: 'secret' });
			expect(JSON.stringify(await sent())).not.toContain('secret');
			await change('authors', author.id, { name: 'shown' });
			expect(await sent()).toMatchObject([{ fields: { id, title: 'secret' }, paths: ['/blog/seen'] }]);
		});

		it('judges what an item was as Directus judges what it is', { timeout: 180_000 }, async () => {
			const seed = Number(process.env['SEED'] ?? 1);
			await prepareFilters(directus(), { seed, rows: 25 });
			const compared = await compareFilters(directus(), { seed, filters: 60 });
			expect(compared.wrong, `SEED=${seed}`).toEqual([]);
			expect(compared.filters).toBeGreaterThan(30);
			// What nobody could tell of: relations, and how a collation compares.
			expect(compared.unknown / compared.pairs).toBeLessThan(0.4);
		});

		it('says what is wrong with values that no request or column could make sense of', async () => {
			const refused = async (when: unknown) => {
				const schema = [{ collection: 'articles', events: ALL, payload: ['title'], when }];
				const { valid, issues } = await directus().data<{ valid: boolean; issues: { path: string; code: string }[] }>(
					'POST',
					'/downstream/validate',
					{ kind: 'flush', schema },
				);
				return valid ? null : issues[0];
			};
			expect(await refused({ status: { _eq: '$CURRENT_USER' } })).toMatchObject({
				path: '/0/when/status/_eq',
				code: 'user_variable',
			});
			expect(await refused({ id: { _in: [1, 'abc'] } })).toMatchObject({
				path: '/0/when/id/_in/1',
				code: 'invalid_value',
			});
			expect(await refused({ id: { _eq: 3_000_000_000 } })).toMatchObject({ code: 'invalid_value' });
			expect(await refused({ published_at: { _gt: 'yesterday' } })).toMatchObject({ code: 'invalid_value' });
			expect(await refused({ published_at: { _gt: '$NOW(soon)' } })).toMatchObject({ code: 'invalid_value' });
			expect(await refused({ author: { id: { _eq: 'x' } } })).toMatchObject({ code: 'invalid_value' });
			expect(await refused({ published_at: { _gt: '$NOW(-1 day)' }, id: { _eq: 5 } })).toBeNull();
		});

		it('counts the moment of a date that passes as a change, once, though nobody saves', async () => {
			await rules(
				{
					collection: 'articles',
					events: ['update'],
					payload: ['title'],
					paths: ['/blog/{{slug}}'],
					when: { published_at: { _lte: '$NOW' } },
				},
				{ collection: 'articles', events: ['update'], payload: ['slug'], at: ['published_at'], changed: ['title'] },
				{
					collection: 'articles',
					events: ['update'],
					payload: ['rating'],
					tags: ['until'],
					when: { published_at: { _gt: '$NOW' } },
				},
			);
			// Whole seconds: MySQL's timestamps have no others.
			const moment = Math.ceil(Date.now() / 1_000) * 1_000 + 5_000;
			const { id } = await make('articles', { title: 'on time', slug: 'on-time', published_at: new Date(moment) });
			const moved = await make('articles', { title: 'later', slug: 'moved', published_at: new Date(moment) });
			await change('articles', moved.id, { published_at: at(HOUR) });
			const isIt = (entry: Entry) => entry.fields['title'] === 'on time';
			const arrived = await receiver().waitFor(({ json }) => (json as Entry[]).some(isIt), 30_000);
			expect(arrived.at).toBeGreaterThanOrEqual(moment);
			if (process.env['SHOW']) console.log(`${arrived.at - moment} ms after the moment`);
			const entries = (await sent()).filter(({ timestamp }) => timestamp >= moment);
			expect(entries.filter(({ fields }) => fields['id'] === moved.id)).toEqual([]);
			expect(entries.filter((entry) => entry.paths)).toMatchObject([
				{ event: 'update', fields: { id, title: 'on time' }, paths: ['/blog/on-time'] },
			]);
			expect(entries.filter(({ fields }) => 'slug' in fields)).toMatchObject([{ fields: { id, slug: 'on-time' } }]);
			expect(entries.filter(({ tags }) => tags?.includes('until'))).toMatchObject([{ fields: { id }, gone: true }]);
			expect(entries).toHaveLength(3);
		});
	});

	it('sends JSON of "*", and old values with every character', async () => {
		await rules({ collection: 'articles', events: ALL, payload: ['*'] });
		const nasty = ['a\\?b\\\\?', "'); drop table x; -- \\' $1 ?", 'E\\u003f"\\"? \\\\\\? ?\\?', 'ü😀\\?\n\t%_{}'];
		const made = await directus().data<{ id: number }[]>(
			'POST',
			'/items/articles',
			nasty.map((title) => ({ title, seo: { a: [title, 1] } })),
		);
		expect((await sent()).map(({ fields }) => fields['seo'])).toEqual(nasty.map((title) => ({ a: [title, 1] })));
		for (const { id } of made) await change('articles', id, { title: 'plain', seo: null });
		expect((await sent()).map(({ previous }) => previous)).toMatchObject(
			nasty.map((title) => ({ title, seo: { a: [title, 1] } })),
		);
	});

	it('takes an item whose key is "*" for that item', async () => {
		await rules({ collection: 'countries', events: ALL, payload: ['name'] });
		await make('countries', { code: '*', name: 'Anywhere' });
		const told = await sent();
		await change('countries', '*', { name: 'Everywhere' });
		told.push(...(await sent()));
		await remove('countries', '*');
		told.push(...(await sent()));
		expect(told.map((entry) => [entry.event, entry.fields, 'keys' in entry])).toEqual([
			['create', { code: '*', id: '*', name: 'Anywhere' }, false],
			['update', { code: '*', id: '*', name: 'Everywhere' }, false],
			['delete', { code: '*', id: '*', name: 'Everywhere' }, false],
		]);
	});

	it('writes values into paths as a front end does', async () => {
		await rules({ collection: 'posts', events: ALL, payload: ['id'], paths: ['/blog/{{slug}}', '/b/{{slug | raw}}'] });
		await make('posts', { title: 'T', slug: 'c#sharp & more?' });
		expect((await sent()).map(({ paths }) => paths)).toEqual([
			['/blog/c%23sharp%20%26%20more%3F', '/b/c#sharp & more?'],
		]);
	});

	it('does not take for a change of a user what Directus itself keeps of one', async () => {
		await rules({ collection: 'directus_users', events: ['update'], payload: ['first_name'] });
		const me = await directus().data<{ id: string }>('GET', '/users/me?fields=id');
		await directus().request('PATCH', '/users/me/track/page', { last_page: `/content/${database}` });
		expect(await sent()).toEqual([]);
		await directus().request('PATCH', `/users/${me.id}`, { first_name: `Ann of ${database}` });
		expect(await sent()).toMatchObject([{ fields: { id: me.id, first_name: `Ann of ${database}` } }]);
	});

	it.each(['all', null])(
		'hears of an item of a collection that was made a moment before (tracked: %s)',
		async (tracked) => {
			const column = (field: string, type: string, schema: object = {}) => ({ field, type, schema, meta: {} });
			const makeIt = () =>
				directus().request('POST', '/collections', {
					collection: 'young',
					schema: {},
					meta: { accountability: tracked },
					fields: [column('code', 'string', { is_primary_key: true, length: 20 }), column('title', 'string')],
				});
			const invalid = async () =>
				(await directus().data<{ targets: { state: string }[] }>('GET', '/downstream/status')).targets.some(
					({ state }) => state === 'invalid',
				);
			await makeIt();
			try {
				await rules({ collection: 'young', events: ALL, payload: ['title'] });
				await directus().request('DELETE', '/collections/young');
				await until(invalid, { message: 'the rule to be turned off' });
				await makeIt();
				await make('young', { code: 'c', title: 'at once' });
				await until(async () => !(await invalid()), { message: 'the rule to be in force again' });
				expect((await sent()).map(({ fields }) => fields)).toContainEqual(
					expect.objectContaining({ code: 'c', title: 'at once' }),
				);
			} finally {
				await directus().request('DELETE', '/collections/young');
			}
		},
	);
}
