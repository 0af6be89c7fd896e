import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bundle } from '../../src/contract/bundle.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { until } from '../kit/wait.js';
import { at, says } from '../studio/at.js';
import { axe } from '../studio/axe.js';
import { openStudio, type Studio, type Tab } from '../studio/browser.js';
import { CHROMIUM } from '../studio/chromium.js';
import { closeComparison, dropFile, entry, idOf, openEntry, role, tick, valuesOf } from '../studio/config-page.js';
import { diff, elementOf, pull, push, stepsOf } from './config-world.js';

const EDITOR = 'roles:00000000-0000-4000-8000-000000000001';
const INTERN = 'roles:00000000-0000-4000-8000-000000000002';
const REVIEWER = 'roles:00000000-0000-4000-8000-000000000003';
const TWIN = 'roles:00000000-0000-4000-8000-000000000005';
const REVIEWING = 'policies:00000000-0000-4000-8000-000000000004';

/** From a file of one instance to a push, back, and to another instance, by clicking alone. */
describe.runIf(CHROMIUM).each(sampledVersions(import.meta.url))(
	'the page of the configuration on Directus %s',
	(version) => {
		let directus: Directus;
		let staging: Directus;
		let studio: Studio;
		let tab: Tab;
		let page: Page;
		let file = '';

		beforeAll(async () => {
			directus = await startDirectus({ version, database: 'sqlite', content: true, env: { SERVE_APP: 'true' } });
			const bundle = await pull(directus);
			bundle.elements.roles?.push(role(EDITOR, 'Editor', { description: 'Edits.' }), role(INTERN, 'Intern'));
			expect(await push(directus, bundle)).toMatchObject({ status: 200 });
			studio = await openStudio(directus);
			tab = await studio.tab({ bars: 'closed' });
			({ page } = tab);
			page.setDefaultTimeout(20_000);
		});
		afterAll(async () => {
			await studio?.close();
			await staging?.stop();
			await directus?.stop();
		});

		const nameOf = async (step: string, of = directus) =>
			(await pull(of)).elements.roles?.find(({ _syncId }) => _syncId === idOf(step))?.['name'];
		/** The downloaded file with something changed in it. */
		function changed(change: (bundle: Bundle) => void): string {
			const bundle = JSON.parse(file) as Bundle;
			change(bundle);
			return JSON.stringify(bundle);
		}
		const renamed = (name: string) => changed((bundle) => (elementOf(bundle, 'roles', isEditor)['name'] = name));
		const isEditor = ({ _syncId }: { _syncId: string }) => _syncId === idOf(EDITOR);

		it('gives one file, which is the same as this instance', async () => {
			await tab.open('/downstream/config');
			const [download] = await Promise.all([page.waitForEvent('download'), at(page, 'pull-verb').click()]);
			expect(download.suggestedFilename()).toMatch(/^[a-z0-9-]+-config-\d{4}-\d\d-\d\d\.json$/);
			file = readFileSync(await download.path(), 'utf8');
			expect(JSON.parse(file)).toEqual(await pull(directus));
			await at(page, 'file').setInputFiles({
				name: 'same.json',
				mimeType: 'application/json',
				buffer: Buffer.from(file),
			});
			await says(page, 'same', 'No differences');
			await closeComparison(page);
			expect(tab.errors).toEqual([]);
		}, 60_000);

		it('gives chosen kinds only', async () => {
			await at(page, 'pull-what').click();
			for (const part of ['schema', 'permissions', 'settings'])
				await at(page, `pull-${part}`).locator('input').uncheck();
			const [download] = await Promise.all([page.waitForEvent('download'), at(page, 'pull-verb').click()]);
			const partly = JSON.parse(readFileSync(await download.path(), 'utf8')) as Bundle;
			expect(partly.schema).toBe(null);
			expect(Object.keys(partly.elements)).toContain('roles');
			expect(Object.keys(partly.elements)).not.toContain('permissions');
			expect(tab.errors).toEqual([]);
		}, 60_000);

		it('says what is wrong with a file, and where', async () => {
			await dropFile(page, 'cut.json', file.slice(0, file.length / 2));
			await says(page, 'file-problem', 'The file ends in the middle');
			await dropFile(page, 'notes.json', '{ "buy": "milk" }');
			await says(page, 'file-problem', 'it has no “elements”');
			await dropFile(
				page,
				'newer.json',
				changed((bundle) => ((bundle as { version: number }).version = 99)),
			);
			await says(page, 'file-problem', 'the bundle is of version 99');
			await dropFile(
				page,
				'odd.json',
				changed((bundle) => bundle.elements.roles?.push({ name: 'X' } as never)),
			);
			await says(page, 'file-problem', /\/elements\/roles\/\d+\/_syncId/);
			expect(tab.errors.splice(0).filter((error) => !error.includes('400'))).toEqual([]);
		}, 60_000);

		it('shows exactly what differs, pushes it, and takes it back', async () => {
			await dropFile(page, 'production.json', renamed('Chief editor'));
			await at(page, 'plan').waitFor();
			expect(await page.locator('[data-entry]').count()).toBe(1);
			await openEntry(page, EDITOR);
			expect(await valuesOf(page, EDITOR, 'name')).toEqual(['Editor', 'Chief editor']);
			await at(page, 'primary').click();
			await says(page, 'counts', '1 is changed');
			await at(page, 'try').click();
			await at(page, 'tried').waitFor();
			expect(await nameOf(EDITOR)).toBe('Editor');
			await at(page, 'push-verb').click();
			await says(page, 'pushed', '1 changed');
			expect(await nameOf(EDITOR)).toBe('Chief editor');

			// The history has it first, with who made it; its page has what it did.
			await at(page, 'history').locator('[data-push]').first().getByText('Admin User').waitFor();
			await at(page, 'see-push').click();
			await page.waitForURL(/\/config\/history\/[0-9a-f-]{36}/);
			await openEntry(page, EDITOR);
			expect(await valuesOf(page, EDITOR, 'name')).toEqual(['Editor', 'Chief editor']);
			await at(page, 'revert').click();
			await says(page, 'counts', '1 is changed');
			await at(page, 'push-verb').click();
			await at(page, 'push').locator('[data-test=pushed]').waitFor();
			expect(await nameOf(EDITOR)).toBe('Editor');
			await says(page, 'why-not', 'It was already reverted');
			await page.keyboard.press('Escape');
			await at(page, 'history').locator('[data-status=taken_back]').first().waitFor();
			expect(stepsOf(await diff(directus, JSON.parse(file)))).toEqual([]);
			expect(tab.errors).toEqual([]);
		}, 120_000);

		it('deletes only what somebody chose and agreed to, by name', async () => {
			await at(page, 'dismiss').click();
			const without = changed(
				(bundle) =>
					(bundle.elements.roles = bundle.elements.roles?.filter(({ _syncId }) => _syncId !== idOf(INTERN)) ?? []),
			);
			await dropFile(page, 'fewer.json', without);
			await at(page, 'part-gone').waitFor();
			expect(await entry(page, INTERN).locator('input').first().isChecked()).toBe(false);
			expect(await at(page, 'primary').locator('button').isDisabled()).toBe(true);
			await tick(page, INTERN);
			await at(page, 'primary').click();
			await says(page, 'deletes', 'Roles › Intern');
			expect(await at(page, 'push-verb').locator('button').isDisabled()).toBe(true);
			await at(page, 'agree-gone').locator('input').check();
			await at(page, 'push-cancel').click();
			expect(await nameOf(INTERN)).toBe('Intern');
			await at(page, 'primary').click();
			await at(page, 'agree-gone').locator('input').check();
			await at(page, 'push-verb').click();
			await says(page, 'pushed', '1 deleted');
			expect(await nameOf(INTERN)).toBe(undefined);
			expect(tab.errors).toEqual([]);
		}, 60_000);

		it('refuses to push where somebody changed the instance since, and keeps what was chosen', async () => {
			await at(page, 'dismiss').click();
			file = JSON.stringify(await pull(directus));
			await dropFile(page, 'production.json', renamed('Head of desk'));
			await at(page, 'primary').click();
			await says(page, 'counts', '1 is changed');
			const { id } = (await directus.data<{ id: string; name: string }[]>('GET', '/roles')).find(
				({ name }) => name === 'Editor',
			) ?? { id: '' };
			await directus.request('PATCH', `/roles/${id}`, { description: 'Edits everything.' });
			await at(page, 'push-verb').click();
			await says(page, 'push-failed', 'this instance has changed since you compared');
			expect(await nameOf(EDITOR)).toBe('Editor');
			await at(page, 'push-failed').locator('[data-test=again]').click();
			await at(page, 'push-failed').waitFor({ state: 'detached' });
			await openEntry(page, EDITOR);
			expect(await valuesOf(page, EDITOR, 'description')).toEqual(['Edits everything.', 'Edits.']);
			await tab.go('/downstream');
			await tab.go('/downstream/config');
			// Whoever comes back goes on where they were.
			await entry(page, EDITOR).waitFor();
			await closeComparison(page);
			expect(tab.errors.splice(0).filter((error) => !error.includes('409'))).toEqual([]);
		}, 60_000);

		it('asks which one is meant where that is not certain', async () => {
			const twins = ['First', 'Second'].map((description) => ({ name: 'Twin', description }));
			const made = await directus.data<{ id: string; description: string }[]>('POST', '/roles', twins);
			await dropFile(
				page,
				'twin.json',
				changed((bundle) => bundle.elements.roles?.push(role(TWIN, 'Twin', { description: 'The one' }))),
			);
			await says(page, 'obstacles', 'could be any of 2 here');
			await at(page, `which-${TWIN}`).selectOption(made.find(({ description }) => description === 'Second')?.id ?? '');
			await page.getByRole('button', { name: 'Compare with this' }).click();
			await at(page, 'obstacles').waitFor({ state: 'detached' });
			await openEntry(page, TWIN);
			expect(await valuesOf(page, TWIN, 'description')).toEqual(['Second', 'The one']);
			await closeComparison(page);
			for (const { id } of made) await directus.request('DELETE', `/roles/${id}`);
			expect(tab.errors).toEqual([]);
		}, 60_000);

		it('compares with another instance, and promotes one thing with what it depends on', async () => {
			staging = await startDirectus({ version, database: 'sqlite', content: true });
			const bundle = await pull(directus);
			bundle.elements.roles?.push(role(REVIEWER, 'Reviewer'));
			const policy = { _syncId: idOf(REVIEWING), name: 'Reviewing', admin_access: false, app_access: false };
			bundle.elements.policies?.push({ ...policy, roles: [{ role: idOf(REVIEWER), sort: 1 }] });
			elementOf(bundle, 'roles', isEditor)['description'] = 'Not to be promoted.';
			expect(await push(staging, bundle)).toMatchObject({ status: 200, message: '' });

			await at(page, 'remote-url').fill(staging.url);
			await at(page, 'remote-token').fill('not-the-token');
			await at(page, 'remote-compare').click();
			await says(page, 'remote-problem', 'The token was rejected');
			await at(page, 'remote-token').fill(staging.token);
			await at(page, 'remote-compare').click();
			await at(page, 'plan').waitFor();
			expect(await page.content()).not.toContain(staging.token);
			await entry(page, EDITOR).waitFor();
			for (const kind of ['roles', 'policies']) {
				const all = page.locator(`[data-test=part-changes] [data-kind=${kind}] .head input`);
				if (await all.isChecked()) await all.click();
			}
			await tick(page, REVIEWING);
			await says(page, 'note', 'Roles › Reviewer');
			expect(await entry(page, REVIEWER).locator('input').first().isChecked()).toBe(true);
			expect(await entry(page, EDITOR).locator('input').first().isChecked()).toBe(false);
			await at(page, 'primary').click();
			await says(page, 'counts', '2 are created');
			await at(page, 'push-verb').click();
			await at(page, 'pushed').waitFor();
			const now = await pull(directus);
			expect(elementOf(now, 'policies', ({ _syncId }) => _syncId === idOf(REVIEWING))).toMatchObject({
				roles: [{ role: idOf(REVIEWER) }],
			});
			expect(elementOf(now, 'roles', isEditor)['description']).not.toBe('Not to be promoted.');
			expect(directus.log()).not.toContain(staging.token === directus.token ? 'not-the-token' : staging.token);
			expect(tab.errors.splice(0).filter((error) => !error.includes('422'))).toEqual([]);
		}, 180_000);

		it('stays quick and in one piece with a thousand entries, and names that would break it', async () => {
			await at(page, 'dismiss').click();
			const many = changed((bundle) => {
				bundle.elements.translations = Array.from({ length: 1_200 }, (_, index) => ({
					_syncId: `10000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
					language: 'en-US',
					key: `key_${index}`,
					value: `Value ${index}`,
				}));
				bundle.elements.roles?.push(role(INTERN, '<b>bold</b>\u0007\n\u202Eturned'));
			});
			await dropFile(page, 'many.json', many);
			await at(page, 'plan').waitFor();
			expect(await page.locator('[data-entry]').count()).toBeLessThan(60);
			await entry(page, INTERN).getByText('<b>bold</b>\uFFFD \uFFFDturned').first().waitFor();
			await page.locator('[data-kind=translations] h3 button').click();
			expect(await page.locator('[data-kind=translations] [data-entry]').count()).toBe(50);
			await at(page, 'plan').locator('[data-test=search]').fill('key_1199');
			await until(async () => (await page.locator('[data-kind=translations] [data-entry]').count()) === 1, {
				message: 'the one that was looked for',
			});
			await closeComparison(page);
			expect(tab.errors).toEqual([]);
		}, 60_000);

		it('passes axe where it is used, in light and dark', async () => {
			const look = { light: tab, dark: await studio.tab({ theme: 'dark', bars: 'closed' }) };
			for (const [theme, { page, open }] of Object.entries(look)) {
				await open('/downstream/config');
				await dropFile(page, 'broken.json', '{');
				await at(page, 'file-problem').waitFor();
				expect.soft(await axe(page), `${theme}, a broken file`).toEqual([]);
				await dropFile(page, 'other.json', renamed('Somebody else'));
				await at(page, 'plan').waitFor();
				await openEntry(page, EDITOR);
				expect.soft(await axe(page), `${theme}, a plan`).toEqual([]);
				await at(page, 'primary').click();
				await at(page, 'push-verb').waitFor();
				expect.soft(await axe(page), `${theme}, before a push`).toEqual([]);
				await at(page, 'push-cancel').click();
				await closeComparison(page);
			}
			expect(tab.errors).toEqual([]);
		}, 120_000);
	},
);
