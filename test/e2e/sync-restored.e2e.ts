import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backUp, restore } from '../chaos/sync-mishaps.js';
import type { SyncWorld } from '../chaos/sync-world.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { link, quiet } from './sync-link.js';

const rulesFor = (...collections: string[]) =>
	collections.map((collection) => ({ collection, fields: ['title', 'slug'], direction: 'both' }));

describe('an instance that goes back to a backup', () => {
	let a: Directus;
	let b: Directus;
	let there: string;
	let back: string;

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startDirectus({ version: '12', database: 'sqlite', content: true }),
		]);
		there = await link(a, b, rulesFor('articles'));
		back = await link(b, a, rulesFor('articles', 'posts'));
	}, 120_000);
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it('knows rows as the others do that were sent for the first time after it, and duplicates none', async () => {
		const { id } = await a.data<{ id: number }>('POST', '/items/posts', { slug: 'before', title: 'before' });
		await a.request('POST', '/items/articles', { slug: 'any', title: 'any' });
		await quiet(a, b);
		const backup = await backUp(a);
		const sendPosts = () =>
			a.request('PATCH', `/items/data_sync_remote_sources/${there}`, { schema: rulesFor('articles', 'posts') });
		await sendPosts();
		await a.request('PATCH', `/items/posts/${id}`, { title: 'edited' });
		await a.request('POST', '/items/posts', { slug: 'lost', title: 'lost' });
		await quiet(a, b);
		const world = {
			instances: [a, b],
			links: [
				{ from: 0, to: 1, source: there },
				{ from: 1, to: 0, source: back },
			],
		} as unknown as SyncWorld;
		await restore(world, 0, backup);
		await sendPosts();
		// It has the number of the one that was lost.
		await a.request('POST', '/items/posts', { slug: 'since', title: 'since' });
		await a.request('PATCH', `/items/posts/${id}`, { title: 'edited again' });
		await quiet(a, b);
		for (const [directus, source] of [[b, back] as const, [a, there] as const]) {
			await directus.request('POST', `/downstream/sync/peers/${source}/repair`, { dry_run: false });
			await quiet(a, b);
		}
		for (const directus of [a, b])
			expect(await directus.data('GET', '/items/posts?fields=slug,title&sort=slug')).toEqual([
				{ slug: 'before', title: 'edited again' },
				{ slug: 'lost', title: 'lost' },
				{ slug: 'since', title: 'since' },
			]);
	}, 120_000);
});
