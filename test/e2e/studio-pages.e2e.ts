import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampledVersions, ROOT } from '../kit/playground.js';
import { until } from '../kit/wait.js';
import { axe } from '../studio/axe.js';
import { openStudio, type Studio, type Tab } from '../studio/browser.js';
import { bundleSizes, SIZE_LIMITS, tooLarge } from '../studio/bundle-sizes.js';
import { CHROMIUM } from '../studio/chromium.js';
import { interfere } from '../studio/interference.js';
import { PAGES, pathOf, prepare } from '../studio/pages.js';
import { askedWithin, setHidden, takeOverTime } from '../studio/polling.js';
import { sideways } from '../studio/sideways.js';
import { FLOW_TOKEN } from '../studio/world-config.js';
import { API_KEY } from '../studio/world-targets.js';
import { startStudioWorld, type World } from '../studio/world.js';

/** Once a target has failed, all sorts of things are to be shown. */
const FULLEST = PAGES.filter(({ states }) => states.includes('failing'));
const REFRESHED = FULLEST.filter(({ states }) => states.includes('loading'));
const BROKEN = PAGES.flatMap((page) =>
	page.states.filter((state) => ['error', 'forbidden'].includes(state)).map((state) => ({ page, state })),
);

/** What the bars of studio.md ask of every page; what pages do is tested beside it. */
describe.runIf(CHROMIUM).each(sampledVersions(import.meta.url))(
	'every page of the studio of Directus %s',
	(version) => {
		let world: World;
		let studio: Studio;
		let light: Tab;
		let dark: Tab;
		let phone: Tab;

		beforeAll(async () => {
			world = await startStudioWorld(version);
			await world.become('troubled');
			studio = await openStudio(world.directus);
			// One after the other: the look is the user's, and a page keeps the one that it was opened with.
			light = await studio.tab({ theme: 'light' });
			await light.open('/downstream');
			phone = await studio.tab({ theme: 'light', width: 390 });
			await phone.open('/downstream');
			dark = await studio.tab({ theme: 'dark' });
			await dark.open('/downstream');
		});
		afterAll(async () => {
			await studio?.close();
			await world?.stop();
		});

		it('is judged by checks that see what is wrong', async () => {
			await light.page.evaluate(() =>
				document.querySelector('main')?.insertAdjacentHTML(
					'beforeend',
					`<div data-test="wrong">
					<button class="nameless"></button><p style="color: #bbb; background: #fff">pale</p>
					<div style="overflow: hidden"><p style="width: 3000px">cut</p></div>
					<div style="overflow: auto"><p style="width: 3000px">to be scrolled</p></div>
				</div>`,
				),
			);
			const rules = (await axe(light.page)).map(({ rule }) => rule);
			expect(rules.toSorted()).toEqual(['button-name', 'color-contrast']);
			expect(await sideways(light.page)).toEqual([
				expect.stringContaining('scrolls sideways'),
				expect.stringContaining('"cut" is cut by'),
				expect.stringContaining('"to be scrolled" is cut by'),
			]);
			await light.page.locator('[data-test=wrong]').evaluate((wrong) => wrong.remove());
		});

		it.each(FULLEST)(
			'$name opens without an error, tells no secret, and passes axe in light and dark',
			async (page) => {
				const path = await pathOf(page, world);
				for (const [theme, tab] of Object.entries({ light, dark })) {
					tab.errors.splice(0);
					await tab.go(path);
					await prepare(page, tab, world);
					expect.soft(tab.errors, theme).toEqual([]);
					for (const secret of [API_KEY, FLOW_TOKEN]) expect.soft(await tab.page.content()).not.toContain(secret);
					expect.soft(await axe(tab.page), theme).toEqual([]);
				}
			},
		);

		it.each(FULLEST)('$name fits, with both bars at 1440 and 1024, and on a phone', async (page) => {
			const path = await pathOf(page, world);
			for (const width of [1440, 1024]) {
				await light.page.setViewportSize({ width, height: 900 });
				await light.go(path);
				await prepare(page, light, world);
				expect.soft(await sideways(light.page), `${width} px`).toEqual([]);
			}
			await phone.go(path);
			await prepare(page, phone, world);
			expect.soft(await sideways(phone.page), '390 px').toEqual([]);
			await light.page.setViewportSize({ width: 1440, height: 900 });
		});

		it.each(BROKEN)('$page.name tells when the endpoint does not do as it should ($state)', async ({ page, state }) => {
			const end = await interfere(light.page, state);
			try {
				await light.open(await pathOf(page, world));
				await light.page.locator('[role=alert]').first().waitFor({ timeout: 5_000 });
				expect(light.errors.filter((error) => error.startsWith('uncaught'))).toEqual([]);
				expect(await axe(light.page)).toEqual([]);
			} finally {
				await end();
				light.errors.splice(0);
			}
		});

		it.each(REFRESHED)('$name asks once in five seconds at the most, and nothing while it is hidden', async (page) => {
			const tab = await studio.tab();
			await takeOverTime(tab.page);
			await tab.open(await pathOf(page, world));
			const seen = await askedWithin(tab, 60);
			expect.soft(seen.total, JSON.stringify(seen.paths)).toBeLessThanOrEqual(12);
			await setHidden(tab.page, true);
			expect.soft((await askedWithin(tab, 60)).paths).toEqual({});
			const before = tab.requests.length;
			await setHidden(tab.page, false);
			if (seen.total > 0)
				await until(() => tab.requests.length > before, { message: 'the page to ask when it is back' });
			await tab.close();
		});

		it('is not offered to who may not see it, and refuses them', async () => {
			const tab = await studio.tab({ user: 'visitor' });
			await tab.open('/downstream');
			expect(await tab.page.locator('#navigation a[href$="/downstream"]').count()).toBe(0);
			expect(tab.requests.filter(({ path }) => path.startsWith('/downstream'))).toEqual([]);
			expect(tab.errors).toEqual([]);
			await tab.close();
		});
	},
);

describe('the built studio', () => {
	it('loads little: for everybody, for each page, and later', () => {
		expect(tooLarge(bundleSizes(join(ROOT, 'dist')), SIZE_LIMITS)).toEqual([]);
	});
});
