import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions } from '../kit/playground.js';
import { ADMIN } from '../kit/settings.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { publish, settled } from './flush-target.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** The placeholder of the module: it loads, shows the status, and notifications' links lead somewhere. */
describe.runIf(CHROMIUM).each(directusVersions())('the studio of Directus %s', (version) => {
	let directus: Directus;
	let receiver: Receiver;
	let browser: Browser;

	beforeAll(async () => {
		receiver = await startReceiver();
		directus = await startDirectus({ version, database: 'sqlite', content: true, env: { SERVE_APP: 'true' } });
		browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: FLAGS });
	});
	afterAll(async () => {
		await browser?.close();
		await directus?.stop();
		await receiver?.stop();
	});

	it('shows what the status says, and opens a target from the link of a notification', async () => {
		const rule = { collection: 'posts', events: ['create'], payload: ['id'] };
		const target = await publish(directus, { name: 'Shop', url: receiver.url, schema: [rule] });
		await directus.data('POST', '/items/posts', { title: 'one' });
		await settled(directus, target, 1);
		const login = await fetch(`${directus.url}/auth/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ email: ADMIN.email, password: ADMIN.password, mode: 'session' }),
		});
		const [name = '', value = ''] = (login.headers.get('set-cookie') ?? '').split(';')[0]?.split('=') ?? [];
		const context = await browser.newContext({ viewport: { width: 1440, height: 800 } });
		const onboarding = ['license-onboarding-dismissed', 'license-banner-dismissed', 'license-login-modal-dismissed'];
		await context.addCookies(
			[{ name, value }, ...onboarding.map((cookie) => ({ name: cookie, value: 'true' }))].map((cookie) => ({
				...cookie,
				url: directus.url,
			})),
		);
		const page = await context.newPage();
		const errors: string[] = [];
		page.on('pageerror', (error) => errors.push(String(error)));
		await page.goto(`${directus.url}/admin/downstream`);
		await page.getByText('Everything downstream is in step.').waitFor({ timeout: 60_000 });
		await page.getByRole('link', { name: 'Shop' }).waitFor();
		await page.goto(`${directus.url}/admin/downstream/flush/${target}`);
		await page.waitForURL(`**/content/cache_flush_targets/${target}`, { timeout: 60_000 });
		expect(errors).toEqual([]);
	}, 180_000);
});
