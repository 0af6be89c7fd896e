import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { pause, until } from '../kit/wait.js';
import { link, quiet, syncDeliveries } from './sync-link.js';

interface Post {
	id: number;
	slug: string;
	title: string;
}

describe('rows of SQLite on PostgreSQL', () => {
	let a: Directus;
	let b: Directus;
	let source: string;
	let there: string;

	const bySlug = async (directus: Directus, slug: string) =>
		(await directus.data<Post[]>('GET', `/items/posts?filter[slug][_eq]=${slug}`))[0] as Post;

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startDirectus({ version: '12', database: 'postgres', content: true }),
		]);
		const rules = [
			{ collection: 'posts', fields: ['title', 'slug', 'views'], direction: 'both', on_delete_conflict: 'update' },
		];
		there = await link(a, b, [...rules, { collection: 'articles', fields: ['title', 'seo'] }]);
		source = await link(b, a, rules);
	}, 300_000);
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it('have numbers that may be given again at once, to other rows', async () => {
		const old = await b.data<Post>('POST', '/items/posts', { slug: 'old', title: 'old' });
		await quiet(a, b);
		const known = await bySlug(a, 'old');
		await a.request('POST', `/downstream/targets/${there}/pause`, {});
		await a.request('PATCH', `/items/posts/${known.id}`, { title: 'edited there' });
		// What is waited for is planned by itself; what comes meanwhile, together.
		const lock = await b.sql.transaction();
		await lock.raw('lock table downstream_sync_versions in access exclusive mode');
		await b.request('POST', '/items/posts', { slug: 'held', title: 'held' });
		await pause(500);
		await b.request('DELETE', `/items/posts/${old.id}`);
		await b.request('POST', '/items/posts', { id: old.id, slug: 'new', title: 'new' });
		await lock.commit();
		await a.request('POST', `/downstream/targets/${there}/resume`, {});
		await quiet(a, b);
		for (const directus of [a, b]) {
			expect(await bySlug(directus, 'new')).toMatchObject({ title: 'new' });
			expect(await bySlug(directus, 'old')).toMatchObject({ title: 'edited there' });
		}
		expect((await bySlug(b, 'new')).id).toBe(old.id);
		expect((await bySlug(a, 'new')).id).not.toBe(known.id);
	});

	it('have numbers that are not given a second time because a row is back under its own', async () => {
		await a.request('POST', '/items/posts', [
			{ slug: 'first', title: 'first' },
			{ slug: 'second', title: 'second' },
		]);
		await quiet(a, b);
		const [first, second] = [await bySlug(b, 'first'), await bySlug(b, 'second')];
		// Deleted there and edited here, the first comes back, under the number that it had.
		await b.request('POST', `/downstream/targets/${source}/pause`, {});
		await b.request('DELETE', '/items/posts', [first.id, second.id]);
		await a.request('PATCH', `/items/posts/${(await bySlug(a, 'first')).id}`, { title: 'edited' });
		await until(async () => (await bySlug(b, 'first'))?.title === 'edited', { message: 'the first to be back' });
		expect((await bySlug(b, 'first')).id).toBe(first.id);
		const made = await b.data<Post>('POST', '/items/posts', { slug: 'third', title: 'third' });
		expect(made.id).toBeGreaterThan(second.id);
	});

	it('all arrive but those that cannot be there, and of these it is said why', async () => {
		await b.request('PATCH', '/fields/posts/title', {
			meta: { validation: { _and: [{ title: { _neq: 'forbidden' } }] } },
		});
		await b.sql.raw('alter table posts add constraint few_views check (views < 100)');
		const flow = await b.data<{ id: string }>('POST', '/flows', {
			name: 'Stops some',
			status: 'active',
			trigger: 'event',
			options: { type: 'filter', scope: ['items.create'], collections: ['posts'] },
		});
		const only = await b.data<{ id: string }>('POST', '/operations', {
			flow: flow.id,
			key: 'only',
			type: 'condition',
			position_x: 19,
			position_y: 1,
			options: { filter: { $trigger: { payload: { title: { _neq: 'stopped' } } } } },
		});
		await b.request('PATCH', `/flows/${flow.id}`, { operation: only.id });
		const bad = [
			{ slug: 'bad-field', title: 'forbidden' },
			{ slug: 'bad-check', title: 'many', views: 500 },
			{ slug: 'bad-nul', title: 'nul \u0000 in it' },
			{ slug: 'bad-flow', title: 'stopped' },
		];
		const good = Array.from({ length: 36 }, (_, index) => ({ slug: `good-${index}`, title: 'good', views: index }));
		await a.request('POST', '/items/posts', [...good.slice(0, 20), ...bad, ...good.slice(20)]);
		await a.request('POST', '/items/articles', { title: 'text in JSON', seo: 'no JSON' });
		await quiet(a);
		const slugs = (await b.data<Post[]>('GET', '/items/posts?limit=-1&filter[slug][_contains]=-')).map(
			({ slug }) => slug,
		);
		expect(slugs.toSorted()).toEqual(good.map(({ slug }) => slug).toSorted());
		const [sent] = await b.data<{ seo: unknown }[]>('GET', '/items/articles?filter[title][_eq]=text in JSON');
		expect(sent?.seo).toBe('no JSON');
		const failed = (await syncDeliveries(a, there)).filter(({ status }) => status === 'failed');
		const reasons = await Promise.all(
			bad.map(async ({ slug }) => {
				const { id } = await bySlug(a, slug);
				return failed.find(({ item }) => item === String(id))?.error?.message ?? '';
			}),
		);
		expect(reasons).toEqual([
			expect.stringMatching(/field "title"/),
			expect.stringMatching(/few_views/),
			expect.stringMatching(/0x00.*title.*NUL/),
			expect.stringMatching(/stopped/),
		]);
		expect(failed).toHaveLength(bad.length);
		await b.request('DELETE', `/flows/${flow.id}`);
	});
});
