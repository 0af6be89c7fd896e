import type { Page } from 'playwright-core';

/** No page is followed further down, in px. */
const LONGEST = 6_000;

/** Taller windows lay some parts out anew, so that something may still be scrolled away after the first try. */
const TRIES = 4;

/** Does something while the window is so high that nothing of a page is scrolled away; then it is as high as before. */
export async function withWholePage<T>(page: Page, work: () => Promise<T>): Promise<T> {
	const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
	let high = height;
	try {
		for (let tries = 0; tries < TRIES; tries++) {
			const hidden = await scrolledAway(page);
			if (hidden === 0 || high >= LONGEST) break;
			high = Math.min(high + hidden, LONGEST);
			await page.setViewportSize({ width, height: high });
			// Laid out, and painted.
			await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
		}
		return await work();
	} finally {
		if (high !== height) await page.setViewportSize({ width, height });
	}
}

/** How many px of a page's longest part cannot be seen without scrolling. */
function scrolledAway(page: Page): Promise<number> {
	return page.evaluate(() => {
		const parts = [...document.querySelectorAll('#main-content, #main-content *, #dialog-outlet *')];
		const scrolled = parts.filter((part) => ['auto', 'scroll'].includes(getComputedStyle(part).overflowY));
		return Math.max(0, ...scrolled.map((part) => part.scrollHeight - part.clientHeight));
	});
}
