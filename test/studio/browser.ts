import type { Browser, Cookie, Page, Request } from 'playwright-core';
import type { Directus } from '../kit/directus.js';
import { ADMIN } from '../kit/settings.js';
import { until } from '../kit/wait.js';
import { openChromium } from './chromium.js';
import { VISITOR } from './world.js';

/** How somebody looks at the studio. */
export interface View {
	width: number;
	height: number;
	theme: 'light' | 'dark';
	/** `ar-SA` is read from right to left. */
	language: 'en-US' | 'nl-NL' | 'fr-FR' | 'de-DE' | 'ar-SA';
	user: 'admin' | 'visitor';
	/** Whether the navigation and the side bar are open; on a phone people close them, since they cover the page. */
	bars: 'open' | 'closed';
}

/** A page of the studio that somebody looks at, and what is noted of it. */
export interface Tab {
	page: Page;
	/** What components threw, uncaught errors, and what was written to the console as an error, with where. */
	errors: string[];
	/** Every request for data so far: path and query, and when (ms since 1970). */
	requests: { at: number; method: string; path: string }[];
	/** How many requests, those for code and pictures too, have not been answered yet. */
	readonly pending: number;
	/**
	 * Opens a page of the studio, such as `/downstream/flush`, and waits until it stands; or, where it gets no answer to
	 * load (`loads: false`), until it shows that it waits.
	 */
	open(path: string, options?: { loads?: boolean }): Promise<void>;
	/** The same by a link inside the studio, which is open already. */
	go(path: string, options?: { loads?: boolean }): Promise<void>;
	close(): Promise<void>;
}

/** A browser on one Directus. */
export interface Studio {
	/** A new tab; its cookies and settings are its own. The look is the user's: each `open` sets it to the tab's. */
	tab(view?: Partial<View>): Promise<Tab>;
	close(): Promise<void>;
}

const USUAL: View = { width: 1440, height: 900, theme: 'light', language: 'en-US', user: 'admin', bars: 'open' };

/** Below it the studio puts its bars over the page. */
const PHONE = 600;

/** The licence's invitations lie over every page of a fresh Directus 12. */
const DISMISSED = ['license-onboarding-dismissed', 'license-banner-dismissed', 'license-login-modal-dismissed'];

/** How long the studio may take to show itself on a busy machine, in ms. */
const PATIENCE = 25_000;

/** How many times in a row, 50 ms apart, nothing may go on in a page for it to stand. */
const CALM_LOOKS = 4;

export async function openStudio(directus: Directus): Promise<Studio> {
	const browser = await openChromium();
	return {
		async tab(given = {}) {
			const narrow = (given.width ?? USUAL.width) <= PHONE;
			const view: View = { ...USUAL, ...(narrow ? { height: 844, bars: 'closed' as const } : {}), ...given };
			// A session of its own: the studio renews the one that it is given, and another tab's would end with that.
			return openTab(browser, directus, view, await logIn(directus, view.user));
		},
		close: () => browser.close(),
	};
}

const credentialsOf = (user: View['user']) => (user === 'admin' ? ADMIN : VISITOR);

async function logIn(directus: Directus, user: View['user']): Promise<Pick<Cookie, 'name' | 'value'>> {
	const { email, password } = credentialsOf(user);
	const answer = await fetch(`${directus.url}/auth/login`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ email, password, mode: 'session' }),
	});
	const [name, value] = (answer.headers.get('set-cookie') ?? '').split(';')[0]?.split('=') ?? [];
	if (!name || !value) throw new Error(`${email} could not log in: ${answer.status} ${await answer.text()}`);
	return { name, value };
}

async function setLook(directus: Directus, { user, theme, language }: View): Promise<void> {
	const filter = encodeURIComponent(JSON.stringify({ email: { _eq: credentialsOf(user).email } }));
	const [found] = await directus.data<{ id: string }[]>('GET', `/users?fields=id&filter=${filter}`);
	await directus.request('PATCH', `/users/${found?.id}`, { appearance: theme, language });
}

async function openTab(
	browser: Browser,
	directus: Directus,
	view: View,
	session: Pick<Cookie, 'name' | 'value'>,
): Promise<Tab> {
	const { width, height, bars } = view;
	const context = await browser.newContext({
		viewport: { width, height },
		colorScheme: view.theme,
		reducedMotion: 'reduce',
	});
	const cookies = [session, ...DISMISSED.map((name) => ({ name, value: 'true' }))];
	await context.addCookies(cookies.map((cookie) => ({ ...cookie, url: directus.url })));
	await context.addInitScript((closed) => {
		for (const bar of ['sidebar-collapsed', 'nav-bar-collapsed']) localStorage.setItem(bar, String(closed));
	}, bars === 'closed');
	const page = await context.newPage();
	page.setDefaultTimeout(PATIENCE);
	const unanswered = new Set<Request>();
	const tab: Tab = {
		page,
		errors: [],
		requests: [],
		get pending() {
			return unanswered.size;
		},
		async open(path, { loads = true } = {}) {
			await setLook(directus, view);
			await page.goto(`${directus.url}/admin${path}`);
			await (loads ? standing(tab) : loading(tab));
		},
		async go(path, { loads = true } = {}) {
			await page.evaluate(pushRoute, path);
			await (loads ? standing(tab) : loading(tab));
		},
		close: () => context.close(),
	};
	listen(tab, directus, unanswered);
	return tab;
}

/** Runs in the browser: goes where a link inside the studio would. */
async function pushRoute(path: string): Promise<void> {
	const app = document.querySelector('#app') as unknown as {
		__vue_app__: { config: { globalProperties: { $router: { push(path: string): Promise<unknown> } } } };
	};
	await app.__vue_app__.config.globalProperties.$router.push(path);
	await new Promise((resolve) => requestAnimationFrame(resolve));
}

function listen({ page, errors, requests }: Tab, directus: Directus, unanswered: Set<Request>): void {
	// The browser's own question, before a page with something unsaved is left.
	page.on('dialog', (dialog) => void dialog.accept());
	page.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`));
	page.on('console', (message) => {
		// What a component throws, Directus only warns of.
		const thrown = message.type() === 'warning' && /^\[app-.*-error\]/.test(message.text());
		if (message.type() !== 'error' && !thrown) return;
		const { url } = message.location();
		// Directus has none to give.
		if (url.endsWith('/favicon.ico')) return;
		errors.push(`console: ${message.text()} (${url.replace(directus.url, '')})`);
	});
	page.on('request', (request) => {
		unanswered.add(request);
		if (!['xhr', 'fetch'].includes(request.resourceType())) return;
		const { pathname, search } = new URL(request.url());
		requests.push({ at: Date.now(), method: request.method(), path: pathname + search });
	});
	page.on('requestfinished', (request) => unanswered.delete(request));
	page.on('requestfailed', (request) => unanswered.delete(request));
}

const BUSY = '[aria-busy="true"], .v-skeleton-loader, .v-progress-circular, .v-table .loading';

/** Waits until a page shows what it will show: it has words, nothing of it loads any more, and its fonts are there. */
async function standing(tab: Tab): Promise<void> {
	const { page } = tab;
	await page.locator('#main-content main').first().waitFor({ state: 'attached' });
	let calm = 0;
	await until(
		async () => {
			calm = tab.pending === 0 && (await page.evaluate(showsAll, BUSY)) ? calm + 1 : 0;
			return calm >= CALM_LOOKS;
		},
		{ timeout: PATIENCE, interval: 50, message: `${page.url()} to stand; ${tab.pending} requests are unanswered` },
	);
	await page.evaluate(() => document.fonts.ready);
}

/** Runs in the browser. */
function showsAll(busy: string): boolean {
	const content = document.querySelector('#main-content main');
	if (!content || (content.textContent ?? '').trim() === '') return false;
	return ![content, ...document.querySelectorAll('#dialog-outlet')].some((part) => part.querySelector(busy));
}

/** Waits until a page that gets no answer shows that it waits. */
async function loading({ page }: Tab): Promise<void> {
	await page.locator('#main-content main').first().waitFor({ state: 'attached' });
	await page
		.locator(
			BUSY.split(', ')
				.map((part) => `#main-content ${part}, #dialog-outlet ${part}`)
				.join(', '),
		)
		.first()
		.waitFor();
}
