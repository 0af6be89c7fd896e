import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { at, says } from '../studio/at.js';
import { openStudio, type Studio } from '../studio/browser.js';
import { CHROMIUM } from '../studio/chromium.js';
import { dropFile, idOf, role } from '../studio/config-page.js';
import { elementOf, pull, push } from './config-world.js';

const EDITOR = 'roles:00000000-0000-4000-8000-000000000001';
const isEditor = ({ _syncId }: { _syncId: string }) => _syncId === idOf(EDITOR);

describe.runIf(CHROMIUM).each(sampledVersions(import.meta.url))('a push in the Studio on Directus %s', (version) => {
	let directus: Directus;
	let studio: Studio;
	beforeAll(async () => {
		directus = await startDirectus({ version, database: 'sqlite', content: true, env: { SERVE_APP: 'true' } });
		const bundle = await pull(directus);
		bundle.elements.roles?.push(role(EDITOR, 'Editor'));
		expect(await push(directus, bundle)).toMatchObject({ status: 200 });
		studio = await openStudio(directus);
	});
	afterAll(async () => {
		await studio?.close();
		await directus?.stop();
	});

	it('goes on when the page is loaded again, and says how it ended', { timeout: 120_000 }, async () => {
		const tab = await studio.tab({ bars: 'closed' });
		const { page } = tab;
		page.setDefaultTimeout(30_000);
		await tab.open('/downstream/config');
		const bundle = await pull(directus);
		elementOf(bundle, 'roles', isEditor)['name'] = 'Chief editor';
		// As if another push were running: this one waits for it.
		const lease = { key: 'lease:config-push' };
		await directus.sql('downstream_meta').insert(lease).onConflict('key').ignore();
		await directus
			.sql('downstream_meta')
			.where(lease)
			.update({ holder: 'other', until: Date.now() + 60_000 });
		await dropFile(page, 'production.json', JSON.stringify(bundle));
		await at(page, 'primary').click();
		await at(page, 'push-verb').click();
		await at(page, 'running').waitFor();
		// Directus has answered which push it is.
		await page.waitForFunction(() => sessionStorage.getItem('downstream:push') !== null);
		for (const _time of ['first', 'second']) {
			await page.reload();
			await at(page, 'running').waitFor();
		}
		const nameNow = async () => elementOf(await pull(directus), 'roles', isEditor)['name'];
		expect(await nameNow()).toBe('Editor');
		await directus.sql('downstream_meta').where(lease).update({ holder: null, until: null });
		await says(page, 'pushed', '1 changed');
		expect(await nameNow()).toBe('Chief editor');
		await page.reload();
		await at(page, 'start').waitFor();
		expect(await at(page, 'running').count()).toBe(0);
		expect(tab.errors).toEqual([]);
	});
});
