import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { ADMIN } from '../kit/settings.js';
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

	it('shows what is the same item as in the original, by what, and links the two', { timeout: 180_000 }, async () => {
		// By another name, since the remote of the other test has this one.
		const url = b.url.replace('127.0.0.1', 'localhost');
		const fill = async ({ page }: { page: Page }) => {
			await at(page, 'copy-url').fill(url);
			await at(page, 'copy-token').fill(ADMIN.token);
			await at(page, 'preview-copy').click();
			await at(page, 'link').waitFor({ timeout: 60_000 });
		};
		const tab = await studio.tab();
		const { page } = tab;
		await tab.open('/downstream/sync');
		await at(page, 'link-copy').click();
		await at(page, 'copy-url').fill(url);
		expect(await at(page, 'preview-copy').locator('button').isDisabled()).toBe(true);
		await at(page, 'copy-token').fill('nobody');
		await at(page, 'preview-copy').click();
		await at(page, 'failure')
			.getByText(/token|credential|refused/i)
			.waitFor();
		await fill(tab);
		// Key, two that are one, of which none differs and none is on one side only.
		const row = at(page, 'copied-articles');
		expect((await row.innerText()).split(/\s+/).slice(0, 3)).toEqual(['articles', 'id', '2']);
		expect(await at(page, 'copied-site').innerText()).toContain('the only item');
		expect(await axe(page)).toEqual([]);
		for (const theme of PICTURES ? (['light', 'dark'] as const) : [])
			for (const width of [1440, 390]) {
				const look = await studio.tab({ theme, width });
				await look.open('/downstream/link-copy');
				await fill(look);
				await look.page.screenshot({ path: `${PICTURES}/link-copy-${theme}-${width}.png`, fullPage: true });
				await look.close();
			}
		await at(page, 'link').click();
		await at(page, 'linked').waitFor({ timeout: 60_000 });
		const remotes = await a.data<{ url: string; options: object }[]>('GET', '/items/data_sync_remote_sources');
		expect(remotes.find((remote) => remote.url === url)).toMatchObject({ options: { on_release: true } });
		expect(tab.errors.filter((error) => !error.includes('/downstream/sync/copy-of'))).toEqual([]);
		await tab.close();
	});
});
