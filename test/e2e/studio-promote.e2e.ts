import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { at } from '../studio/at.js';
import { axe } from '../studio/axe.js';
import { openStudio, type Studio } from '../studio/browser.js';
import { CHROMIUM } from '../studio/chromium.js';
import { link } from './sync-link.js';

/** A folder for pictures of the page, to be looked at. */
const PICTURES = process.env['PROMOTE_PICTURES'];

/** Chosen items and collected changes are looked at, and then brought to the other side: by clicking. */
describe.runIf(CHROMIUM).each(sampledVersions(import.meta.url))('promoting in the studio of Directus %s', (version) => {
	let a: Directus;
	let b: Directus;
	let source: string;
	let studio: Studio;
	let first: number;

	const titlesThere = async () =>
		(await b.data<{ title: string }[]>('GET', '/items/articles?sort=title')).map(({ title }) => title);

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version, database: 'sqlite', content: true, env: { SERVE_APP: 'true' } }),
			startDirectus({ version, database: 'sqlite', content: true }),
		]);
		const rules = [
			{ collection: 'authors', fields: ['name'], direction: 'push' },
			{
				collection: 'articles',
				fields: ['title', 'slug', 'author', 'translations'],
				direction: 'push',
				match: ['slug'],
			},
		];
		source = await link(a, b, rules, { options: { on_release: true } });
		for (const slug of ['first', 'second']) {
			const { id } = await a.data<{ id: number }>('POST', '/items/articles', {
				title: slug,
				slug,
				author: { name: `by ${slug}` },
				translations: [{ languages_code: 'nl-NL', title: `${slug} nl` }],
			});
			first ??= id;
		}
		studio = await openStudio(a);
	}, 300_000);
	afterAll(async () => {
		await studio?.close();
		await Promise.all([a?.stop(), b?.stop()]);
	});

	it(
		'shows what would become of an item, brings it there, and then releases the rest',
		{ timeout: 180_000 },
		async () => {
			const tab = await studio.tab();
			const { page } = tab;
			await tab.open(`/downstream/sync/${source}?tab=promote&collection=articles&keys=${first}`);
			await at(page, 'preview-promote').click();
			const preview = at(page, 'promotion');
			await preview.getByText('first nl').waitFor();
			expect(await preview.innerText()).toContain('by first');
			expect(await axe(page)).toEqual([]);
			await at(page, 'write').click();
			await at(page, 'promoted').waitFor();
			expect(await titlesThere()).toEqual(['first']);
			await at(page, 'preview-release').click();
			await preview.getByText('second nl').waitFor();
			await at(page, 'release-at').fill('2099-01-01T08:00');
			await at(page, 'plan').click();
			await at(page, 'releases').locator('[data-state=planned]').waitFor();
			await at(page, 'preview-release').click();
			await preview.waitFor();
			for (const theme of PICTURES ? (['light', 'dark'] as const) : [])
				for (const width of [1440, 390]) {
					const look = await studio.tab({ theme, width });
					await look.open(`/downstream/sync/${source}?tab=promote&collection=articles&keys=${first}`);
					await at(look.page, 'preview-release').click();
					await at(look.page, 'promotion').waitFor();
					await look.page.screenshot({ path: `${PICTURES}/promote-${theme}-${width}.png`, fullPage: true });
					await look.close();
				}
			await at(page, 'write').click();
			await at(page, 'promoted').waitFor();
			expect(await titlesThere()).toEqual(['first', 'second']);
			expect(tab.errors).toEqual([]);
			await tab.close();
		},
	);
});
