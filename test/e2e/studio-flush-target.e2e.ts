import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { at, says } from '../studio/at.js';
import { openStudio, type Studio, type Tab } from '../studio/browser.js';
import { CHROMIUM } from '../studio/chromium.js';
import { overwrite, written, type Editor } from '../studio/json-editor.js';
import { settled, type Entry } from './flush-target.js';

const KEY = 'the-key-of-the-site';

/** From nothing to a target that is tried, published, broken, fixed, paused and left. */
describe.runIf(CHROMIUM).each(sampledVersions(import.meta.url))(
	'the page of a flush target on Directus %s',
	(version) => {
		let directus: Directus;
		let receiver: Receiver;
		let studio: Studio;
		let tab: Tab;
		let page: Page;
		let target: string;
		let post: number;

		beforeAll(async () => {
			receiver = await startReceiver();
			directus = await startDirectus({ version, database: 'sqlite', content: true, env: { SERVE_APP: 'true' } });
			const [made] = await directus.data<{ id: number }[]>('POST', '/items/posts', [
				{ title: 'First', slug: 'first', views: 1 },
				{ title: 'Second', slug: 'second', views: 2 },
			]);
			post = made?.id ?? 0;
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

		/** @param until `commit` where something that the page loads is held back */
		async function open(query: string, until: 'load' | 'commit' = 'load'): Promise<void> {
			await page.goto(`${directus.url}/admin/downstream/flush/${target}${query}`, { waitUntil: until });
			await at(page, 'target-bar').waitFor({ state: 'attached' });
		}
		const entries = () => receiver.requests.flatMap(({ json }) => json as Entry[]);

		it('is made by clicking only, and delivers', async () => {
			await page.goto(`${directus.url}/admin/downstream/flush/+`);
			await at(page, 'start-publish').click();
			await says(page, 'issues', 'Enter a URL');
			await at(page, 'url').fill(`${receiver.url}/flush`);
			await at(page, 'name').fill('Site');
			await at(page, 'input-api-key').fill(KEY);
			await at(page, 'way-rules').click();
			await at(page, 'tick-posts').click();
			await at(page, 'tab-rules').click();
			await at(page, 'fold-0').click();
			await at(page, 'payload').getByRole('button', { name: 'Add field' }).click();
			await at(page, 'pick-title').click();
			await page.keyboard.press('Escape');
			await at(page, 'event-delete').click();
			await at(page, 'primary').click();
			await at(page, 'told-published').waitFor();
			await page.waitForURL(/\/downstream\/flush\/[0-9a-f-]{36}/);
			target = /flush\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';
			const stored = await directus.data<{ status: string; schema: unknown }>(
				'GET',
				`/items/cache_flush_targets/${target}`,
			);
			expect(stored).toMatchObject({
				status: 'published',
				schema: [{ collection: 'posts', events: ['create', 'update'], payload: ['id', 'slug', 'title'] }],
			});
			await directus.request('PATCH', `/items/posts/${post}`, { title: 'First, edited' });
			const request = await receiver.waitFor(({ body }) => body.includes('First, edited'));
			expect(request.headers['authorization']).toBe(`Bearer ${KEY}`);
			await at(page, 'deliveries').locator('[data-state="delivered"]').first().waitFor();
			expect(await page.content()).not.toContain(KEY);
			expect(tab.errors).toEqual([]);
		}, 120_000);

		it('is offered automatic tags first, and is switched with a word of what changes', async () => {
			await page.goto(`${directus.url}/admin/downstream/flush/+`);
			await page.locator('[data-test="way-automatic"][aria-pressed="true"]').waitFor();
			await at(page, 'adapter-nginx').click();
			await page.locator('[data-test="way-rules"][aria-pressed="true"]').waitFor();
			await at(page, 'adapter-webhook').click();
			await at(page, 'url').fill(`${receiver.url}/automatic`);
			await at(page, 'tab-rules').click();
			await at(page, 'automatic-collections').locator('[data-test="choice-only"]').click();
			await at(page, 'automatic-collections').getByRole('button', { name: 'Add collection' }).click();
			await at(page, 'pick-posts').click();
			await page.keyboard.press('Escape');
			await at(page, 'check-settings').locator('[data-test="choice-on"]').click();
			await at(page, 'tab-preview').click();
			await page.locator('[data-test="answer"][data-matched="true"]').waitFor();
			await says(page, 'preview-pages', 'has not reported a page');
			await at(page, 'primary').click();
			await at(page, 'told-published').waitFor();
			await page.waitForURL(/\/downstream\/flush\/[0-9a-f-]{36}/);
			const [, made = ''] = /flush\/([0-9a-f-]{36})/.exec(page.url()) ?? [];
			const stored = () => directus.data<{ options: unknown }>('GET', `/items/cache_flush_targets/${made}`);
			expect((await stored()).options).toEqual({ tags: 'automatic', collections: ['posts'], check: {} });
			await at(page, 'tab-rules').click();
			await at(page, 'way-rules').click();
			await says(page, 'way-switched', 'nothing is sent until there is a rule');
			await at(page, 'rules-editor').waitFor();
			await directus.request('DELETE', `/items/cache_flush_targets/${made}`);
			expect(tab.errors).toEqual([]);
		}, 120_000);

		it('says at which line a rule is wrong, and fixes it', async () => {
			await open('?tab=rules&view=json');
			await says(page, 'json', 'collection');
			await at(page, 'rules-editor').getByText('No problems').waitFor();
			await overwrite(page, '"title"', '"titel"');
			await says(page, 'problems', 'Line 5');
			await page.locator('.CodeMirror-lint-marker, .CodeMirror-lint-mark').first().waitFor();
			await at(page, 'primary').click();
			await at(page, 'told-wrong').waitFor();
			await at(page, 'problems').locator('[data-test="take-suggestion"]').click();
			await at(page, 'rules-editor').getByText('No problems').waitFor();
			expect(JSON.parse(await written(page))).toMatchObject([{ payload: ['id', 'slug', 'title'] }]);
			expect(await at(page, 'primary').locator('button').isDisabled()).toBe(true);

			await overwrite(page, '"events"', '"evnts": [], "mine": 1, "events"');
			await page.getByRole('button', { name: 'Visual' }).click();
			await at(page, 'fold-0').click();
			await at(page, 'rule-0').locator('[data-test="take-suggestion"]').waitFor();
			await at(page, 'rule-0').getByText('mine', { exact: true }).waitFor();
			await page.getByRole('button', { name: 'JSON', exact: true }).click();
			expect(await written(page)).toContain('"evnts": [], "mine": 1, "events"');
			await overwrite(page, '"evnts": [], "mine": 1, ', '');
			await overwrite(page, '"collection"', 'collection');
			await says(page, 'problems', 'Line 3');
			await page.getByRole('button', { name: 'Visual' }).click();
			await says(page, 'broken', 'Line 3');
			await at(page, 'broken').getByRole('button').click();
			await overwrite(page, 'collection', '"collection"');
			await at(page, 'rules-editor').getByText('No problems').waitFor();
			expect(tab.errors).toEqual([]);
		}, 120_000);

		it('keeps what is typed before the editor has loaded its language', async () => {
			let load: () => void = () => {};
			const isAwaited = new Promise<void>((resolve) => (load = resolve));
			const language = /\/assets\/jsonlint-[^/]*\.js/;
			await page.route(language, async (route) => {
				await isAwaited;
				await route.continue();
			});
			await open('?tab=rules&view=json', 'commit');
			await says(page, 'json', 'collection');
			await overwrite(page, '"title"', '"titel"');
			await says(page, 'problems', 'Line 5');
			load();
			await overwrite(page, '"titel"', '"title"');
			await at(page, 'rules-editor').getByText('No problems').waitFor();
			await page.unrouteAll({ behavior: 'wait' });
		}, 120_000);

		it('completes names of the data model while one types', async () => {
			await open('?tab=rules&view=json');
			await says(page, 'json', 'collection');
			await overwrite(page, '"title"', '"title", ""');
			await page.evaluate(() => {
				const editor = (document.querySelector('.CodeMirror') as unknown as { CodeMirror: Editor }).CodeMirror;
				editor.focus();
				editor.setCursor(editor.posFromIndex(editor.getValue().indexOf('""') + 1));
			});
			await page.keyboard.type('vi');
			await says(page, 'completion', 'views');
			await page.keyboard.press('Enter');
			expect(await written(page)).toContain('"title", "views"');
			await page.keyboard.press('Control+s');
			await at(page, 'told-saved').waitFor();
			expect(tab.errors).toEqual([]);
		}, 60_000);

		it('previews what an edit would send, also by rules that are not saved', async () => {
			receiver.clear();
			await open('?tab=rules');
			await at(page, 'fold-0').click();
			await at(page, 'changed').getByRole('button', { name: 'Add field' }).click();
			await at(page, 'pick-slug').click();
			await page.keyboard.press('Escape');
			await at(page, 'tab-preview').click();
			await page.locator('[data-test="answer"][data-matched="true"]').waitFor();
			await says(page, 'wire', '"collection": "posts"');
			await at(page, 'changed-values').getByRole('button', { name: 'Add field' }).click();
			await at(page, 'pick-views').click();
			await at(page, 'value-views').fill('7');
			await page.locator('[data-test="answer"][data-matched="false"]').waitFor();
			await at(page, 'why-0').waitFor();
			expect(receiver.requests).toEqual([]);
			expect(await page.content()).not.toContain(KEY);
			expect(tab.errors).toEqual([]);
		}, 60_000);

		it('warns before unsaved edits are lost', async () => {
			const away = at(page, 'deliveries').getByRole('link', { name: 'All deliveries' });
			await at(page, 'tab-deliveries').click();
			await away.click();
			await at(page, 'leave-dialog').waitFor();
			await at(page, 'leave-stay').click();
			await at(page, 'leave-dialog').waitFor({ state: 'detached' });
			await away.click();
			await at(page, 'leave-discard').click();
			await page.waitForURL('**/downstream/deliveries?target=*');
			expect(tab.errors).toEqual([]);
		}, 60_000);

		it('tests, flushes, pauses and resumes', async () => {
			receiver.clear();
			await open('');
			await at(page, 'test').click();
			await page.locator('[data-test="test-result"][data-delivered="true"]').waitFor();
			await at(page, 'test-close').click();
			await receiver.waitForCount(1);

			await at(page, 'flush').click();
			await says(page, 'flush-plan', '2 deliveries will be queued');
			expect(receiver.requests).toHaveLength(1);
			await at(page, 'flush-verb').click();
			await says(page, 'flushed', '2 deliveries are queued');
			expect(await page.locator('a[href*="operation="]').count()).toBe(1);
			await at(page, 'flush-close').click();
			await receiver.waitFor(() => entries().filter(({ event }) => event === 'update').length >= 2);

			await at(page, 'pause').click();
			await at(page, 'confirm').locator('input').fill('The shop moves');
			await at(page, 'confirm-verb').click();
			await at(page, 'target-bar').locator('[data-state="paused"]').waitFor();
			await says(page, 'paused-by', 'The shop moves');
			await says(page, 'paused-by', 'Paused by Admin User');
			await directus.request('PATCH', `/items/posts/${post}`, { title: 'While paused' });
			await settled(directus, target, 1, ['delivered', 'pending']);
			await at(page, 'target-bar').getByText('1 delivery queued').waitFor();
			expect(receiver.requests.some(({ body }) => body.includes('While paused'))).toBe(false);
			await at(page, 'pause').click();
			await says(page, 'confirm', '1 queued change is sent at once');
			await at(page, 'confirm-verb').click();
			await receiver.waitFor(({ body }) => body.includes('While paused'));
			await at(page, 'target-bar').locator('[data-state="healthy"]').waitFor();
			expect(tab.errors).toEqual([]);
		}, 120_000);

		it('tells who did what to it, and why', async () => {
			await open('?tab=deliveries');
			await at(page, 'all-operations').click();
			await says(page, 'operation', 'Test');
			const shown = async () => (await at(page, 'operation').locator('h2').allInnerTexts()).map((text) => text.trim());
			const name = /[^·]+$/.exec((await shown())[0] ?? '')?.[0].trim();
			expect(await shown()).toEqual(
				['Resume', 'Pause', 'Flush · 2 deliveries', 'Test'].map((what) => expect.stringMatching(`^${what}`)),
			);
			await at(page, 'filter-action').locator('select').selectOption('pause');
			await at(page, 'operation').nth(1).waitFor({ state: 'detached' });
			await says(page, 'operation', `Pause · ${name}`);
			await says(page, 'operation', 'The shop moves');
			await says(page, 'operation', 'Admin User');
			await at(page, 'filter-action').locator('select').selectOption('undo');
			await at(page, 'no-results').getByRole('button').click();
			await at(page, 'operation').nth(3).waitFor();
			expect(new URL(page.url()).search).toBe('');
			await at(page, 'operation').filter({ hasText: 'Flush' }).getByText('View deliveries').click();
			await page.waitForURL('**/downstream/deliveries?operation=*');
			expect(tab.errors).toEqual([]);
		}, 60_000);

		it("notices another person's save, and names what is deleted", async () => {
			await open('');
			await at(page, 'name').fill('Mine');
			await directus.request('PATCH', `/items/cache_flush_targets/${target}`, { options: { batch_size: 7 } });
			await at(page, 'primary').click();
			await at(page, 'moved-dialog').waitFor();
			await at(page, 'moved-overwrite').click();
			await at(page, 'told-saved').waitFor();
			expect(await directus.data('GET', `/items/cache_flush_targets/${target}`)).toMatchObject({
				name: 'Mine',
				options: { batch_size: 7 },
				api_key: '**********',
			});
			await at(page, 'more').click();
			await at(page, 'more-remove').click();
			await says(page, 'confirm', 'Delete Mine?');
			await says(page, 'waiting', 'No delivery is queued');
			await at(page, 'confirm-verb').click();
			await page.waitForURL('**/downstream/flush');
			expect(await directus.data('GET', '/items/cache_flush_targets')).toEqual([]);
			expect(tab.errors).toEqual([]);
		}, 120_000);
	},
);
