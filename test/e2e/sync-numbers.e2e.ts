import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { until } from '../kit/wait.js';
import { link, quiet } from './sync-link.js';

interface Post {
	id: number;
	slug: string;
	title: string;
}

describe('numbers of rows on PostgreSQL', () => {
	let a: Directus;
	let b: Directus;
	let source: string;

	const bySlug = async (directus: Directus, slug: string) =>
		(await directus.data<Post[]>('GET', `/items/posts?filter[slug][_eq]=${slug}`))[0] as Post;

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startDirectus({ version: '12', database: 'postgres', content: true }),
		]);
		const rules = [{ collection: 'posts', fields: ['title', 'slug'], direction: 'both', on_delete_conflict: 'update' }];
		await link(a, b, rules);
		source = await link(b, a, rules);
	}, 120_000);
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it('are not given a second time because a row is back under its own', async () => {
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
});
