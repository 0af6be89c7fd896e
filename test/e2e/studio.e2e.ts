import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { at, says } from '../studio/at.js';
import { openStudio, type Studio, type Tab } from '../studio/browser.js';
import { CHROMIUM } from '../studio/chromium.js';
import { overwrite } from '../studio/json-editor.js';
import { settled } from './flush-target.js';

/** One admin's day: each step begins where the one before has left things, as a person would go on. */
describe.runIf(CHROMIUM).each(sampledVersions(import.meta.url))('a day with the studio of Directus %s', (version) => {
	let directus: Directus;
	let receiver: Receiver;
	let studio: Studio;
	let tab: Tab;
	let page: Page;
	let target = '';
	let posts: number[];

	beforeAll(async () => {
		receiver = await startReceiver();
		directus = await startDirectus({ version, database: 'sqlite', content: true, env: { SERVE_APP: 'true' } });
		const drafts = Array.from({ length: 3 }, (_, index) => ({ title: `Post ${index}`, slug: `post-${index}` }));
		posts = (await directus.data<{ id: number }[]>('POST', '/items/posts', drafts)).map(({ id }) => id);
		studio = await openStudio(directus);
		tab = await studio.tab({ bars: 'closed' });
		({ page } = tab);
		page.setDefaultTimeout(60_000);
	});
	afterAll(async () => {
		await studio?.close();
		await receiver?.stop();
		await directus?.stop();
	});

	const edit = (title: string, keys = posts) => directus.request('PATCH', '/items/posts', { keys, data: { title } });

	it('ends with everything in step', async () => {
		// Begins with a target made in the visual editor.
		await tab.open('/downstream');
		await page.goto(`${directus.url}/admin/downstream/flush/+`);
		await at(page, 'url').fill(`${receiver.url}/flush`);
		await at(page, 'name').fill('Shop');
		await at(page, 'way-rules').click();
		await at(page, 'tick-posts').click();
		await at(page, 'tab-rules').click();
		await at(page, 'fold-0').click();
		await at(page, 'payload').getByRole('button', { name: 'Add field' }).click();
		await at(page, 'pick-title').click();
		await page.keyboard.press('Escape');

		// A rule that is broken in the JSON says where and what, and is fixed.
		await page.getByRole('button', { name: 'JSON', exact: true }).click();
		await says(page, 'json', 'collection');
		await at(page, 'rules-editor').getByText('No problems').waitFor();
		await overwrite(page, '"title"', '"titel"');
		await says(page, 'problems', /Line \d+[\s\S]*titel/);
		await at(page, 'problems').locator('[data-test="take-suggestion"]').click();
		await at(page, 'rules-editor').getByText('No problems').waitFor();

		// It is previewed, which sends nothing, and published.
		await at(page, 'tab-preview').click();
		await page.locator('[data-test="answer"][data-matched="true"]').waitFor();
		await says(page, 'wire', '"collection": "posts"');
		expect(receiver.requests).toEqual([]);
		await at(page, 'tab-settings').click();
		await at(page, 'option-retry-max_ms').locator('input').fill('2000');
		await at(page, 'people').getByRole('button').click();
		await page.locator('[data-test^="pick-"]').filter({ hasText: 'Admin' }).first().click();
		await page.keyboard.press('Escape');
		await at(page, 'tab-start').click();
		await at(page, 'start-publish').click();
		await at(page, 'primary').click();
		await at(page, 'told-published').waitFor();
		await page.waitForURL(/\/downstream\/flush\/[0-9a-f-]{36}/);
		target = /flush\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';

		// An edit of an article is seen to arrive.
		await edit('On sale', posts.slice(0, 1));
		await receiver.waitFor(({ body }) => body.includes('On sale'));
		await at(page, 'deliveries').locator('[data-state="delivered"]').first().waitFor();
		await page.goto(`${directus.url}/admin/downstream`);
		await says(page, 'sentence', 'Everything is up to date');

		// While the receiver is down the overview names it, why, and that it is tried again.
		await receiver.down();
		await edit('While it was down');
		await says(page, 'running-incident', 'Shop');
		await says(page, 'running-incident', /refused/i);
		await at(page, `target-${target}`)
			.filter({ hasText: /queued|retry/i })
			.first()
			.waitFor();
		const [notice] = await until(
			async () => {
				const found = await directus.data<{ subject: string; message: string }[]>(
					'GET',
					`/notifications?filter[item][_eq]=${target}`,
				);
				return found.length > 0 && found;
			},
			{ message: 'a notification that the shop is failing' },
		);
		expect(notice?.subject).toBe('Shop is failing');

		// The link of the notification leads to the target.
		const link = /\((\S+)\)/.exec(notice?.message ?? '')?.[1] ?? '';
		expect(new URL(link).pathname).toBe(`/admin/downstream/flush/${target}`);
		await page.goto(`${directus.url}${new URL(link).pathname}`);
		await at(page, 'target-bar')
			.getByText(/^\d+ deliver(y|ies) queued/)
			.waitFor();

		// When it is up again everything drains, and the incident is over.
		await receiver.up();
		await receiver.waitFor(({ body }) => body.includes('While it was down'), 60_000);
		await at(page, 'target-bar').locator('[data-state="healthy"]').waitFor({ timeout: 60_000 });
		await settled(directus, target, posts.length);
		await page.goto(`${directus.url}/admin/downstream`);
		await says(page, 'sentence', 'Everything is up to date');
		expect(await at(page, 'running-incident').count()).toBe(0);

		// What the receiver refused is sent again in bulk, once it has been fixed.
		receiver.respond = () => ({ status: 400, body: { error: 'no such page' } });
		await edit('Refused');
		await settled(directus, target, posts.length * 2, ['delivered', 'failed']);
		receiver.clear();
		receiver.respond = () => ({});
		await page.goto(`${directus.url}/admin/downstream/deliveries?view=causes`);
		await says(page, 'cause', /HTTP_400.*Shop/);
		await at(page, 'cause-retry').click();
		await at(page, 'confirm-verb').click();
		await says(page, 'operation', `${posts.length} of ${posts.length} delivered`);
		expect(receiver.requests.map(({ body }) => body).join('')).toContain('Refused');
		expect(tab.errors).toEqual([]);
	}, 300_000);
});
