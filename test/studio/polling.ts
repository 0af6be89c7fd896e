import type { Page } from 'playwright-core';
import { until } from '../kit/wait.js';
import type { Tab } from './browser.js';

/** What a page asked of the endpoint in a while. */
export interface Asked {
	seconds: number;
	/** How often, by path without query. */
	paths: Record<string, number>;
	total: number;
}

/**
 * Lets time pass for a page, a second at a time, and notes what it asks of the endpoint meanwhile. Time is the
 * browser's, by `stopTime`, so that a minute takes a moment.
 */
export async function askedWithin(tab: Tab, seconds: number): Promise<Asked> {
	const from = tab.requests.length;
	for (let second = 0; second < seconds; second++) {
		await tab.page.clock.runFor(1_000);
		await until(() => tab.pending === 0, { interval: 5, message: 'the page to have all its answers' });
	}
	const paths: Record<string, number> = {};
	const asked = tab.requests.slice(from).filter(({ path }) => path.startsWith('/downstream'));
	for (const { path } of asked) {
		const [plain = path] = path.split('?');
		paths[plain] = (paths[plain] ?? 0) + 1;
	}
	return { seconds, paths, total: asked.length };
}

/** From here on, time passes for the page only in `askedWithin`. To be called before the page is opened. */
export async function takeOverTime(page: Page): Promise<void> {
	await page.clock.install();
}

/** Tells the page that its tab went to the background, or came back. */
export async function setHidden(page: Page, hidden: boolean): Promise<void> {
	await page.evaluate((isHidden) => {
		Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
		Object.defineProperty(document, 'visibilityState', {
			configurable: true,
			get: () => (isHidden ? 'hidden' : 'visible'),
		});
		document.dispatchEvent(new Event('visibilitychange'));
	}, hidden);
}
