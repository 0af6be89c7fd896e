import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledLinks } from '../kit/sampled-links.js';
import { ADMIN } from '../kit/settings.js';
import { newFolder, runBuilt } from './cli-process.js';

describe.each(await sampledLinks(import.meta.url))(
	'items that are copied once, in Directus $version from $from to $to',
	({ version, from, to }) => {
		const folder = newFolder();
		let a: Directus;
		let b: Directus;
		const cli = (...argv: string[]) =>
			runBuilt(argv, folder.path, {
				DIRECTUS_URL: a.url,
				DIRECTUS_TOKEN: ADMIN.token,
				DIRECTUS_TO_TOKEN: ADMIN.token,
				CI: '1',
			});
		const copied = () =>
			b.data<object[]>('GET', '/items/articles?sort=slug&fields=title,slug,author.name,tags.tags_id.name');

		beforeAll(async () => {
			[a, b] = await Promise.all([
				startDirectus({ version, database: from, content: true }),
				startDirectus({ version, database: to, content: true }),
			]);
			await a.request('POST', '/items/articles', [
				{ title: 'One', slug: 'copy-1', author: { name: 'Ada' }, tags: [{ tags_id: { name: 'blue' } }] },
				{ title: 'Two', slug: 'copy-2' },
				{ title: 'Other', slug: 'other' },
			]);
			await b.request('POST', '/items/articles', { title: 'Old', slug: 'copy-2' });
		}, 300_000);
		afterAll(async () => {
			await Promise.all([a?.stop(), b?.stop()]);
			folder.remove();
		});

		const what = ['--collection', 'articles', '--filter', '{"slug":{"_starts_with":"copy"}}', '--match', 'slug'];

		test('are shown first, then copied with what they need, and found again the next time', async () => {
			const seen = await cli('copy', '--to', b.url, ...what);
			expect(seen, seen.err).toMatchObject({
				code: 0,
				out: expect.stringMatching(/authors[^]*is needed[^]*Nothing was written/),
			});
			expect(await copied()).toMatchObject([{ title: 'Old' }]);
			const done = await cli('copy', '--to', b.url, ...what, '--yes');
			expect(done, done.err).toMatchObject({ code: 0, out: expect.stringContaining('Written') });
			expect(await copied()).toEqual([
				{ title: 'One', slug: 'copy-1', author: { name: 'Ada' }, tags: [{ tags_id: { name: 'blue' } }] },
				{ title: 'Two', slug: 'copy-2', author: null, tags: [] },
			]);
			const again = await cli('copy', '--to', b.url, ...what, '--yes', '--json');
			expect(again, again.err).toMatchObject({ code: 0 });
			expect(JSON.parse(again.out)).toMatchObject({ written: false, counts: { create: 0, update: 0, delete: 0 } });
		});

		test('have no link afterwards: what is edited stays here until it is copied again', async () => {
			await a.request('PATCH', '/items/articles/1', { title: 'One, edited' });
			expect(await a.data('GET', '/downstream/deliveries')).toEqual([]);
			expect(await copied()).toMatchObject([{ title: 'One' }, {}]);
			await cli('copy', '--to', b.url, ...what, '--yes');
			expect(await copied()).toMatchObject([{ title: 'One, edited' }, {}]);
		});

		test('are refused with a reason where the token is wrong, which is told to nobody', async () => {
			const wrong = await cli('copy', '--to', b.url, '--to-token', 'not-the-token-of-anybody', ...what);
			expect(wrong.code).toBe(1);
			expect(wrong.err).toContain('token');
			expect(wrong.err + wrong.out).not.toContain('not-the-token');
		});
	},
);
