import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { pause, until } from '../kit/wait.js';
import { at, says } from '../studio/at.js';
import { openStudio, type Studio, type Tab } from '../studio/browser.js';
import { CHROMIUM } from '../studio/chromium.js';
import { deliveriesOf, publish, settled } from './flush-target.js';

/** More than one page of the list. */
const COUNT = 30;
const LIST = '/downstream/deliveries';

const rows = (page: Page) => page.locator('[data-test="deliveries"] tbody tr');
const queryOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

/** A shop that refuses everything until it is fixed: what was refused is found, understood, and sent again in bulk. */
describe.runIf(CHROMIUM).each(sampledVersions(import.meta.url))(
	'the deliveries of the studio on Directus %s',
	(version) => {
		let directus: Directus;
		let receiver: Receiver;
		let studio: Studio;
		let tab: Tab;
		let page: Page;
		let shop: string;

		beforeAll(async () => {
			receiver = await startReceiver({ respond: () => ({ status: 400, body: { error: 'the slug is missing' } }) });
			directus = await startDirectus({ version, database: 'sqlite', content: true, env: { SERVE_APP: 'true' } });
			studio = await openStudio(directus);
			tab = await studio.tab({ bars: 'closed' });
			({ page } = tab);
			page.setDefaultTimeout(20_000);
		});
		afterAll(async () => {
			await studio?.close();
			await directus?.stop();
			await receiver?.stop();
		});

		async function open(path: string): Promise<void> {
			await page.goto(`${directus.url}/admin${path}`);
			await page.locator('.module-page').waitFor();
		}

		it('say what to do where nothing has been sent', async () => {
			await open(LIST);
			await says(page, 'empty', 'Nothing has been sent yet');
			// Axe cannot tell it: Directus lays a spinner over the words.
			const way = at(page, 'empty').locator('.v-button > .button');
			const color = (element: Element) => getComputedStyle(element).color;
			expect(await way.locator('.content').evaluate(color)).toBe(await way.evaluate(color));
			const rule = { collection: 'posts', events: ['create'], payload: ['id', 'title'] };
			shop = await publish(directus, {
				name: 'Shop',
				url: `${receiver.url}/flush`,
				api_key: 'the-key-of-the-shop',
				schema: [rule],
				options: { batch_size: 1 },
			});
			const posts = Array.from({ length: COUNT }, (_, index) => ({ title: `Post ${index}` }));
			await directus.request('POST', '/items/posts', posts);
			await settled(directus, shop, COUNT, ['failed']);
			expect(tab.errors).toEqual([]);
		});

		it('are filtered by their address, and Back leads to what was chosen before', async () => {
			await open(`${LIST}?status=failed&target=${shop}`);
			await page.getByText(`1–25 of ${COUNT}`).waitFor();
			expect(await rows(page).count()).toBe(25);
			await says(page, 'chip-target', 'Shop');
			await at(page, 'status-delivered').click();
			await page.waitForURL((url) => url.searchParams.get('status') === 'delivered,failed');
			await at(page, 'chip-status').getByRole('button').click();
			await page.waitForURL((url) => !url.searchParams.has('status'));
			await page.goBack();
			await page.waitForURL((url) => url.searchParams.get('status') === 'delivered,failed');
			expect(await at(page, 'status-delivered').getAttribute('aria-pressed')).toBe('true');
			await at(page, 'search').fill('no such text');
			await says(page, 'no-results', 'No matching deliveries');
			await at(page, 'clear-filters').click();
			await page.getByText(`1–25 of ${COUNT}`).waitFor();
			expect(queryOf(page)).toEqual({});
			expect(tab.errors).toEqual([]);
		});

		it('open beside their list with every attempt, and Esc leads back to the row', async () => {
			await open(`${LIST}?status=failed&sort=created_at`);
			const row = rows(page).nth(2);
			await row.focus();
			const id = await row.locator('[data-row]').getAttribute('data-row');
			await page.keyboard.press('Enter');
			await says(page, 'sentence', 'Failed on the first try');
			expect(new URL(page.url()).pathname).toMatch(new RegExp(`${LIST}/${id}$`));
			expect(queryOf(page)).toEqual({ status: 'failed', sort: 'created_at' });
			const attempt = at(page, 'attempt');
			await attempt.getByText('HTTP 400').first().waitFor();
			await attempt.locator('pre', { hasText: '"the slug is missing"' }).waitFor();
			await at(page, 'user').getByText('Admin').waitFor();
			expect(await page.content()).not.toContain('the-key-of-the-shop');
			await page.keyboard.press('Escape');
			await at(page, 'delivery').waitFor({ state: 'detached' });
			expect(queryOf(page)).toEqual({ status: 'failed', sort: 'created_at' });
			const focused = () =>
				page.evaluate(() => document.activeElement?.querySelector('[data-row]')?.getAttribute('data-row'));
			await until(async () => (await focused()) === id, { message: 'the row to have the focus again' });
			expect(tab.errors).toEqual([]);
		});

		it('are reported as removed when a link is older than the history', async () => {
			await open(`${LIST}/00000000-0000-4000-8000-000000000000`);
			await says(page, 'gone', 'no longer exists');
			// The browser itself notes the endpoint's 404.
			expect(tab.errors.splice(0)).toEqual([expect.stringContaining('404')]);
		});

		it('are grouped by cause, and all of a cause are sent again, with progress that survives leaving the page', async () => {
			receiver.respond = () => ({});
			receiver.clear();
			await open(`${LIST}?view=causes`);
			await says(page, 'cause', `${COUNT} deliveries`);
			await says(page, 'cause', /HTTP_400.*Shop/);
			await at(page, 'cause-show').click();
			await page.getByText(`1–25 of ${COUNT}`).waitFor();
			expect(queryOf(page)).toEqual({ status: 'failed', target: shop, error: 'HTTP_400' });
			await page.goBack();
			await at(page, 'cause-retry').click();
			await says(page, 'bulk-failed', `${COUNT} failed`);
			await at(page, 'confirm-verb').getByText(`Retry ${COUNT}`).click();
			await says(page, 'operation', `Done. ${COUNT} of ${COUNT} delivered`);
			expect(receiver.requests).toHaveLength(COUNT);
			await open('/downstream');
			await open(LIST);
			await says(page, 'operation', `${COUNT} of ${COUNT} delivered`);
			await at(page, 'operation-dismiss').click();
			await at(page, 'operation').waitFor({ state: 'detached' });
			expect(tab.errors).toEqual([]);
		});

		it('are all sent again that match, not only those of the page, and say that they have arrived before', async () => {
			await directus.request('POST', `/downstream/targets/${shop}/pause`);
			await open(`${LIST}?status=delivered`);
			await page.locator('[data-test="deliveries"] thead .v-checkbox').click();
			await at(page, 'select-all').click();
			await says(page, 'selected', `All ${COUNT} that match are selected`);
			await at(page, 'retry-selected').locator('button').click();
			await says(page, 'bulk-again', `${COUNT} of them have arrived already`);
			expect(await deliveriesOf(directus, shop, '&status=delivered')).toHaveLength(COUNT);
			await at(page, 'confirm-verb').locator('button').click();
			await says(page, 'operation', `0 of ${COUNT} delivered, ${COUNT} remaining`);
			expect(await deliveriesOf(directus, shop, '&status=pending')).toHaveLength(COUNT);
			await at(page, 'operation-cancel').locator('button').click();
			await says(page, 'operation', `${COUNT} cancelled`);
			await settled(directus, shop, COUNT, ['cancelled']);
			expect(tab.errors).toEqual([]);
		});

		it('do not move under the pointer: newer rows wait for a click', async () => {
			// What is still shown of the last action comes late, and neither moves the list nor renews it.
			await page.route(/operation-progress|operation=/, async (route) => {
				await pause(1_500);
				await route.continue();
			});
			await open(LIST);
			const first = rows(page).first().locator('[data-row]');
			const before = await first.getAttribute('data-row');
			await rows(page).nth(1).hover();
			const { y } = (await rows(page).nth(1).boundingBox()) ?? {};
			await says(page, 'operation', `${COUNT} cancelled`);
			expect((await rows(page).nth(1).boundingBox())?.y).toBe(y);
			await directus.request('POST', '/items/posts', { title: 'Newest' });
			await says(page, 'newer', 'Show 1 newer');
			expect(await first.getAttribute('data-row')).toBe(before);
			await at(page, 'newer').click();
			await until(async () => (await first.getAttribute('data-row')) !== before, { message: 'the newest row' });
			expect(tab.errors).toEqual([]);
		});
	},
);
