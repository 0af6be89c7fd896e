import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledLinks } from '../kit/sampled-links.js';
import { ADMIN } from '../kit/settings.js';
import { newFolder, runBuilt } from './cli-process.js';

describe.each(await sampledLinks(import.meta.url))(
	'a copy of an instance on $from that is linked to its original, in Directus $version',
	({ version, from: database }) => {
		const folder = newFolder();
		let original: Directus;
		let copy: Directus;
		const cli = (...argv: string[]) =>
			runBuilt(argv, folder.path, {
				DIRECTUS_URL: copy.url,
				DIRECTUS_TOKEN: ADMIN.token,
				DIRECTUS_TO_TOKEN: ADMIN.token,
				CI: '1',
			});
		const titles = async (directus: Directus) =>
			(await directus.data<{ title: string }[]>('GET', '/items/articles?sort=title')).map(({ title }) => title);

		beforeAll(async () => {
			original = await startDirectus({ version, database, content: true });
			await original.request('POST', '/items/articles', [
				{ title: 'a', slug: 'a', author: { name: 'Ada' }, tags: [{ tags_id: { name: 'blue' } }] },
				{ title: 'b', slug: 'b', translations: [{ languages_code: 'nl-NL', title: 'b nl' }] },
			]);
			await original.request('POST', '/items/docs', { title: 'doc' });
			await original.stop({ keep: true });
			copy = await startDirectus({ version, database, copyOf: original });
			await original.restart();
		}, 300_000);
		afterAll(async () => {
			for (const directus of [copy, original]) await directus?.stop();
			folder.remove();
		});

		test('finds every item by its key, proves it by a comparison, and duplicates nothing', async () => {
			// Made on both sides since the copy, by chance under one number.
			await original.request('POST', '/items/articles', { title: 'of the original', slug: 'o' });
			await copy.request('POST', '/items/articles', { title: 'of the copy', slug: 'c' });
			const linked = await cli('link', 'production', '--copy-of', original.url, '--json');
			expect(linked, linked.err).toMatchObject({ code: 0 });
			const { collections } = JSON.parse(linked.out) as { collections: { collection: string; equal: number }[] };
			expect(collections.find(({ collection }) => collection === 'articles')).toMatchObject({
				problem: null,
				by: ['id'],
				same: 2,
				apart: 1,
				equal: 2,
				different: { count: 1 },
				missing_here: { count: 0 },
				missing_there: { count: 0 },
			});
			expect(collections.find(({ collection }) => collection === 'articles_tags')).toMatchObject({ equal: 1 });
		});

		test('sends nothing by itself, and an edit to the same item when it is promoted', async () => {
			await copy.request('PATCH', '/items/articles/1', { title: 'a, edited' });
			const seen = await cli('promote', 'production', '--collection', 'articles', '--keys', '1', '--json');
			expect(seen, seen.err).toMatchObject({ code: 0 });
			expect(JSON.parse(seen.out)).toMatchObject({ counts: { create: 0, update: 1, refused: 0 } });
			expect(await titles(original)).toEqual(['a', 'b', 'of the original']);
			const done = await cli('promote', 'production', '--collection', 'articles', '--keys', '1', '--yes');
			expect(done, done.err).toMatchObject({ code: 0 });
			expect(await titles(original)).toEqual(['a, edited', 'b', 'of the original']);
		});

		test('keeps items apart that were made on both sides since, under one number', async () => {
			const done = await cli(
				'promote',
				'production',
				'--collection',
				'articles',
				'--filter',
				'{"slug":{"_eq":"c"}}',
				'--yes',
			);
			expect(done, done.err).toMatchObject({ code: 0 });
			expect(await titles(original)).toEqual(['a, edited', 'b', 'of the copy', 'of the original']);
		});
	},
);
