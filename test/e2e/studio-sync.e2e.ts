import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATA_SYNC } from '../../src/contract/vocabulary.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { until } from '../kit/wait.js';
import { at, says } from '../studio/at.js';
import { axe } from '../studio/axe.js';
import { openStudio, type Studio, type Tab } from '../studio/browser.js';
import { CHROMIUM } from '../studio/chromium.js';
import { quiet } from './sync-link.js';

type Post = { id: number; title: string; slug: string };

/** From two plain instances to a link that works, is asked, compared and taken care of: by clicking. */
describe.runIf(CHROMIUM).each(sampledVersions(import.meta.url))('remotes in the studio of Directus %s', (version) => {
	let a: Directus;
	let b: Directus;
	const studios: Studio[] = [];
	let tab: Tab;
	let page: Page;
	let [there, back] = ['', ''];
	const TOKENS = {
		a: 'the-token-of-a-s-sync-user',
		b: 'the-token-of-b-s-sync-user',
		stranger: 'the-token-of-a-stranger',
	};

	beforeAll(async () => {
		[a, b] = (await Promise.all(
			[0, 1].map(() => startDirectus({ version, database: 'sqlite', content: true, env: { SERVE_APP: 'true' } })),
		)) as [Directus, Directus];
		const studio = await openStudio(a);
		studios.push(studio);
		tab = await studio.tab({ bars: 'closed' });
		({ page } = tab);
		page.setDefaultTimeout(20_000);
	});
	afterAll(async () => {
		for (const studio of studios) await studio.close();
		await Promise.all([a?.stop(), b?.stop()]);
	});

	/** Fills in a remote source on its page, from its list on. */
	async function add(own: Page, { url, token, direction }: { url: string; token: string; direction: string }) {
		await at(own, 'create-remote').click();
		await at(own, 'url').fill(url);
		await at(own, 'name').fill('The other one');
		await at(own, 'input-api-key').fill(token);
		await at(own, 'tab-rules').click();
		await at(own, 'add-rule').getByRole('button', { name: 'Add rule' }).click();
		await at(own, 'pick-posts').click();
		await at(own, 'direction').getByRole('button', { name: direction }).click();
		await at(own, 'closure-posts').waitFor();
		await at(own, 'primary').click();
		await at(own, 'told-published').waitFor();
		await own.waitForURL(/\/downstream\/sync\/[0-9a-f-]{36}/);
		return /sync\/([0-9a-f-]{36})/.exec(own.url())?.[1] ?? '';
	}
	async function newToken(token: string): Promise<void> {
		await at(page, 'tab-settings').click();
		await at(page, 'replace-api-key').click();
		await at(page, 'input-api-key').fill(token);
		await at(page, 'primary').click();
		await at(page, 'told-saved').waitFor();
		await at(page, 'tab-check').click();
		await at(page, 'verdict').waitFor();
	}
	const step = (name: string, state: string) => page.locator(`[data-test="step-${name}"][data-state="${state}"]`);
	async function permit(directus: Directus): Promise<void> {
		for (const action of ['create', 'read', 'update', 'delete'])
			await directus.request('POST', '/permissions', {
				policy: DATA_SYNC.policy,
				collection: 'posts',
				action,
				fields: ['*'],
				permissions: {},
				validation: {},
			});
	}
	const postsOf = (directus: Directus, slug: string) =>
		directus.data<Post[]>('GET', `/items/posts?filter[slug][_eq]=${slug}`);

	it('explain what they are, and name a wrong token and a user without the policy', async () => {
		await tab.open('/downstream/sync');
		await says(page, 'empty', 'Install Downstream in the other Directus');
		there = await add(page, { url: b.url, token: 'not-the-token', direction: 'Both directions' });
		await step('downstream', 'ok').waitFor();
		await step('token', 'missing').waitFor();
		await says(page, 'step-token', 'Data Sync Directus');
		await step('policy', 'unknown').waitFor();
		const stranger = await b.data<{ id: string }>('POST', '/users', {
			email: 'stranger@example.com',
			password: 'a stranger to sync',
			token: TOKENS.stranger,
		});
		expect(stranger.id).toBeTruthy();
		await newToken(TOKENS.stranger);
		await step('token', 'ok').waitFor();
		await step('policy', 'missing').waitFor();
		expect(await page.content()).not.toContain(TOKENS.stranger);
		expect(tab.errors).toEqual([]);
	}, 180_000);

	it('name missing permissions and the missing source back, until nothing is missing', async () => {
		await a.request('PATCH', `/users/${DATA_SYNC.user}`, { token: TOKENS.a });
		await b.request('PATCH', `/users/${DATA_SYNC.user}`, { token: TOKENS.b });
		await newToken(TOKENS.b);
		await step('policy', 'missing').waitFor();
		await says(page, 'step-policy', 'may not write posts at');
		await says(page, 'fit-posts', 'Nothing can be sent');
		await step('back', 'missing').waitFor();
		await says(page, 'step-back', 'Make a remote source');
		await says(page, 'verdict', '2 things are missing');
		await Promise.all([permit(a), permit(b)]);

		const studio = await openStudio(b);
		studios.push(studio);
		const other = await studio.tab({ bars: 'closed' });
		await other.open('/downstream/sync');
		back = await add(other.page, { url: a.url, token: TOKENS.a, direction: 'Both directions' });
		await at(other.page, 'verdict').waitFor();
		expect(other.errors).toEqual([]);
		await other.close();

		await at(page, 'check-again').click();
		await says(page, 'verdict', 'Ready to sync');
		await page.locator('[data-test="step-back"][data-state="ok"]').waitFor();
		expect(tab.errors).toEqual([]);
	}, 180_000);

	it('carry changes, and show them', async () => {
		await a.request('POST', '/items/posts', { title: 'Hello', slug: 'hello', views: 1 });
		await until(async () => (await postsOf(b, 'hello')).length === 1, { message: 'the post at b' });
		await at(page, 'tab-deliveries').click();
		await at(page, 'deliveries').locator('[data-state="delivered"]').first().waitFor();
		const compared = await a.data('GET', `/downstream/sync/peers/${there}/compare`);
		expect(compared, JSON.stringify(compared)).toMatchObject({ equal: true });
		await at(page, 'tab-compare').click();
		await at(page, 'compare-now').click();
		await at(page, 'compare-verdict').waitFor();
		await says(page, 'compare-verdict', 'The two instances are equal');
		await at(page, 'backfill').click();
		await at(page, 'confirm-verb').click();
		await page.locator('[data-test="progress"][data-state="done"]').waitFor();
		await tab.go('/downstream/sync');
		await says(page, `row-${there}`, 'Both directions');
		expect(tab.errors).toEqual([]);
	}, 120_000);

	it('say what they wrote here, and take it back', async () => {
		const [theirs] = await postsOf(b, 'hello');
		await b.request('PATCH', `/items/posts/${theirs?.id}`, { title: 'A slip of b' });
		await until(async () => (await postsOf(a, 'hello'))[0]?.title === 'A slip of b', { message: 'the slip at a' });
		await quiet(a, b);
		await tab.go(`/downstream/sync/${there}?tab=compare`);
		await at(page, 'received-link').click();
		const received = at(page, 'received').first();
		await received.getByText('posts: 1 updated').waitFor();
		await received.getByText('The other one').waitFor();
		expect(await axe(page)).toEqual([]);
		await received.locator('[data-test="undo"]').click();
		await says(page, 'undo-plan', '1 row becomes what it was before');
		expect(await axe(page)).toEqual([]);
		expect((await postsOf(a, 'hello'))[0]?.title).toBe('A slip of b');
		await at(page, 'confirm').locator('input').fill('b slipped');
		await at(page, 'confirm-verb').click();
		await says(page, 'undo-plan', '1 row is what it was before');
		await at(page, 'confirm-verb').click();
		await quiet(a, b);
		for (const directus of [a, b]) expect((await postsOf(directus, 'hello'))[0]?.title).toBe('Hello');
		// There is nothing left to take back, and why is said.
		await received.locator('[data-test="undo"]').click();
		await says(page, 'undo-plan', 'Nothing can be undone');
		await says(page, 'undo-plan', 'it is already what it was before');
		await page.keyboard.press('Escape');
		await at(page, 'choice-people').click();
		await says(page, 'operation', 'Undo · 1 row');
		await says(page, 'operation', 'b slipped');
		expect(tab.errors).toEqual([]);
	}, 120_000);

	it('ask who wins, and do as they are told', async () => {
		await tab.go(`/downstream/sync/${there}?tab=rules`);
		await at(page, 'fold-0').click();
		await at(page, 'conflict').getByRole('button', { name: 'Decide manually' }).click();
		await at(page, 'primary').click();
		await at(page, 'told-saved').waitFor();
		const stored = await a.data<{ schema: object[] }>('GET', `/items/data_sync_remote_sources/${there}`);
		expect(stored.schema).toMatchObject([{ collection: 'posts', direction: 'both', conflict: 'manual' }]);
		await b.request('PATCH', `/items/data_sync_remote_sources/${back}`, { schema: stored.schema });
		const [mine, theirs] = [(await postsOf(a, 'hello'))[0], (await postsOf(b, 'hello'))[0]];
		const both = (action: string) =>
			Promise.all([
				a.request('POST', `/downstream/targets/${there}/${action}`),
				b.request('POST', `/downstream/targets/${back}/${action}`),
			]);
		await both('pause');
		await a.request('PATCH', `/items/posts/${mine?.id}`, { title: 'Said at a' });
		await b.request('PATCH', `/items/posts/${theirs?.id}`, { title: 'Said at b' });
		for (const directus of [a, b])
			await until(async () => (await directus.sql('downstream_outbox').select('id')).length === 0);
		// First a hears of b, so that it is a that asks.
		await b.request('POST', `/downstream/targets/${back}/resume`);
		await quiet(b);
		await both('resume');
		await quiet(a, b);

		await tab.go('/downstream/sync');
		await at(page, `row-${there}`).locator('[data-condition="conflicts_local"] a').click();
		await page.waitForURL(/\/downstream\/conflicts\?target=/);
		const row = at(page, 'field-title');
		await row.getByText('Said at a').waitFor();
		await row.getByText('Said at b').waitFor();
		await row.getByText('Hello').waitFor();
		expect(await axe(page)).toEqual([]);
		await at(page, 'take-title-remote').click();
		await at(page, 'apply').click();
		await says(page, 'told', '1 resolved');
		await at(page, 'empty').waitFor();
		await quiet(a, b);
		expect((await postsOf(a, 'hello'))[0]?.title).toBe('Said at b');
		expect((await postsOf(b, 'hello'))[0]?.title).toBe('Said at b');
		await page.getByRole('button', { name: 'Resolved', exact: true }).click();
		await at(page, 'fold').first().click();
		await says(page, 'resolution', 'field by field');
		expect(tab.errors).toEqual([]);
	}, 120_000);

	it('pass axe on every page, in light and dark', async () => {
		const tabs = ['check', 'settings', 'rules', 'compare', 'deliveries'].map((name) => `/sync/${there}?tab=${name}`);
		for (const theme of ['light', 'dark'] as const) {
			const own = await studios[0]?.tab({ theme, bars: 'closed' });
			if (!own) throw new Error('there is no studio');
			for (const path of ['/sync', ...tabs, '/sync/+', '/conflicts', '/conflicts?status=resolved']) {
				await own.open(`/downstream${path}`);
				expect.soft(await axe(own.page), `${path} ${theme}`).toEqual([]);
				expect.soft(own.errors, path).toEqual([]);
			}
			await own.close();
		}
	}, 240_000);
});
