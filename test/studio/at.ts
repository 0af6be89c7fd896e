import type { Page } from 'playwright-core';

/** What a page marks with this `data-test`. */
export const at = (page: Page, test: string) => page.locator(`[data-test="${test}"]`);

/** Waits until one of these says so. */
export const says = (page: Page, test: string, text: string | RegExp) =>
	at(page, test).filter({ hasText: text }).first().waitFor();
