import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { publish, type Entry } from './flush-target.js';

/** A target that asks for content versions: what a site that shows drafts is told. */
describe.each(sampledVersions(import.meta.url))('a preview site with Directus %s', (version) => {
	let directus: Directus;
	let preview: Receiver;
	let live: Receiver;

	beforeAll(async () => {
		[preview, live] = [await startReceiver(), await startReceiver()];
		directus = await startDirectus({ version, database: 'sqlite', content: true });
		await directus.request('PATCH', '/collections/posts', { meta: { versioning: true } });
		for (const [receiver, versions] of [
			[preview, true],
			[live, false],
		] as const)
			await publish(directus, {
				url: `${receiver.url}/flush`,
				schema: [],
				options: { tags: 'automatic', collections: ['posts'], concurrency: 1, versions },
			});
	});
	afterAll(() => Promise.all([directus?.stop(), preview?.stop(), live?.stop()]));

	const tagsAt = (receiver: Receiver) =>
		receiver.requests.flatMap(({ json }) => json as Entry[]).flatMap(({ tags = [] }) => tags);

	test('is told of each save of a draft by the tag of its item, and the live site of nothing', async () => {
		const item = await directus.data<{ id: number }>('POST', '/items/posts', { title: 'One', slug: 'one' });
		const tag = `posts-${item.id}`;
		await Promise.all([preview, live].map((receiver) => receiver.waitFor(({ body }) => body.includes(tag))));
		preview.clear();
		live.clear();

		const draft = await directus.data<{ id: string }>('POST', '/versions', {
			collection: 'posts',
			item: String(item.id),
			key: 'draft',
			name: 'Draft',
		});
		await preview.waitFor(({ body }) => body.includes(tag));
		preview.clear();
		await directus.request('POST', `/versions/${draft.id}/save`, { title: 'Nobody but editors sees this' });
		const { body } = await preview.waitFor((request) => request.body.includes(tag));
		expect(body).not.toContain('Nobody but editors');
		expect(tagsAt(preview)).toEqual([tag]);

		// What comes after it is sent after it: nothing of the draft went to the live site.
		await directus.request('PATCH', `/items/posts/${item.id}`, { title: 'Two' });
		await live.waitFor(({ body }) => body.includes(tag));
		expect(new Set(tagsAt(live))).toEqual(new Set([tag, 'posts.title', 'posts..']));
	});
});
