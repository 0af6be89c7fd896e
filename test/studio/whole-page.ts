import type { Page } from 'playwright-core';

/** No page is followed further down, in px. */
const LONGEST = 6_000;

/** Does something while the window is so high that nothing of a page is scrolled away; then it is as high as before. */
export async function withWholePage<T>(page: Page, work: () => Promise<T>): Promise<T> {
	const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
	const hidden = await page.evaluate(() => {
		const parts = [...document.querySelectorAll('#main-content, #main-content *, #dialog-outlet *')];
		const scrolled = parts.filter((part) => ['auto', 'scroll'].includes(getComputedStyle(part).overflowY));
		return Math.max(0, ...scrolled.map((part) => part.scrollHeight - part.clientHeight));
	});
	if (hidden === 0) return work();
	await page.setViewportSize({ width, height: Math.min(height + hidden, LONGEST) });
	// Laid out, and painted.
	await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
	try {
		return await work();
	} finally {
		await page.setViewportSize({ width, height });
	}
}
