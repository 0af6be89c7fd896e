import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { openStudio, type Studio } from '../studio/browser.js';
import { CHROMIUM } from '../studio/chromium.js';
import { axe } from '../studio/axe.js';
import { addVisitor, VISITOR } from '../studio/world.js';
import { publish, settled, type Entry } from './flush-target.js';

/** The panel on an item's page: put there from the list of targets, for admins and for those who edit. */
describe.runIf(CHROMIUM).each(sampledVersions(import.meta.url))('an item page of Directus %s', (version) => {
	let directus: Directus;
	let receiver: Receiver;
	let studio: Studio;
	let target: string;
	let post: number;

	beforeAll(async () => {
		receiver = await startReceiver();
		directus = await startDirectus({ version, database: 'sqlite', content: true, env: { SERVE_APP: 'true' } });
		await addVisitor(directus);
		const rule = { collection: 'posts', events: ['create', 'update'], payload: ['id', 'title'] };
		target = await publish(directus, { name: 'Website', url: receiver.url, schema: [rule] });
		post = (await directus.data<{ id: number }>('POST', '/items/posts', { title: 'shown everywhere' })).id;
		await settled(directus, target, 1);
		studio = await openStudio(directus);
	});
	afterAll(async () => {
		await studio?.close();
		await directus?.stop();
		await receiver?.stop();
	});

	it('gets the panel by two clicks, says where the item was delivered, and flushes it', async () => {
		const tab = await studio.tab();
		const { page } = tab;
		await tab.open('/downstream/flush');
		await page.getByRole('button', { name: 'On item pages' }).click();
		await page.locator('[data-test=panel-posts]').click();
		await page.locator('[data-test=confirm-verb]').click();
		await page.locator('[data-test=panel-posts]').getByText('Remove').waitFor();

		await tab.open(`/content/posts/${post}`);
		const panel = page.locator('[data-test=item-panel]');
		await panel.getByText('Delivered').waitFor();
		expect(await panel.getByRole('link', { name: 'Website' }).getAttribute('href')).toContain(`/flush/${target}`);
		await panel.getByText('Pages that show this item: none reported').click();
		await panel.getByText('reportPages()').waitFor();
		const before = receiver.requests.length;
		await panel.locator('[data-test=flush-now]').click();
		await page.getByText('1 target is told').waitFor();
		await page.locator('[data-test=confirm-verb]').click();
		await panel.getByText('1 delivery queued.').waitFor();
		await receiver.waitForCount(before + 1);
		const told = receiver.requests.at(-1)?.json as Entry[] | undefined;
		expect(told?.map(({ fields }) => fields['id'])).toEqual([post]);

		await tab.open('/content/posts/+');
		await page.getByText('Save the item first').waitFor();
		expect(tab.errors).toEqual([]);
		await tab.close();
	});

	it('says to editors whether it is live, by their own permissions, and no more', async () => {
		const tab = await studio.tab({ user: 'visitor' });
		const asked = () =>
			tab.page.evaluate(
				(path) => fetch(path).then(({ status }) => status),
				'/downstream/item?collection=posts&item=' + post,
			);
		await tab.open('/content');
		expect(await asked()).toBe(403);
		const [policy] = await directus.data<{ id: string }[]>('GET', '/policies?fields=id&filter[name][_eq]=Visitor');
		const permission = { policy: policy?.id, collection: 'posts', action: 'read', fields: ['*'] };
		await directus.request('POST', '/permissions', permission);
		await tab.open(`/content/posts/${post}`);
		const panel = tab.page.locator('[data-test=item-panel]');
		await panel.locator('[data-item-state=live]').getByText('Website').waitFor();
		expect(await panel.getByRole('link').count()).toBe(0);
		expect(await panel.getByRole('button').count()).toBe(0);
		const paths = tab.requests.map(({ path }) => path).filter((path) => path.startsWith('/downstream'));
		expect(paths.every((path) => path.startsWith('/downstream/item?'))).toBe(true);
		await tab.close();
	});

	it('leads whoever is notified to how the target is, by the link that admins have, and nobody else', async () => {
		const [visitor] = await directus.data<{ id: string }[]>('GET', `/users?filter[email][_eq]=${VISITOR.email}`);
		const tab = await studio.tab({ user: 'visitor' });
		await tab.open(`/downstream/flush/${target}`);
		await tab.page.locator('[data-test=failure]').waitFor();
		await directus.request('PATCH', `/items/cache_flush_targets/${target}`, {
			users_notification: [{ directus_users_id: visitor?.id }],
		});
		await tab.open(`/downstream/flush/${target}`);
		const notice = tab.page.locator('[data-test=notice]');
		await notice.locator('[data-condition=healthy]').waitFor();
		await tab.page.getByText('Website').first().waitFor();
		expect(await notice.getByRole('link').count()).toBe(0);
		expect(await axe(tab.page)).toEqual([]);
		await tab.close();
		// Admins have the whole page there.
		const admin = await studio.tab();
		await admin.open(`/downstream/flush/${target}`);
		await admin.page.locator('[data-test=target-bar]').waitFor();
		expect(admin.errors).toEqual([]);
		await admin.close();
	});
});
