import type { Element } from '../../src/contract/bundle.js';
import type { Page } from 'playwright-core';
import { at } from './at.js';

/** Hands a file to the page of the configuration, as somebody would who drops it there. */
export async function dropFile(page: Page, name: string, text: string): Promise<void> {
	const data = await page.evaluateHandle(
		({ fileName, content }) => {
			const transfer = new DataTransfer();
			transfer.items.add(new File([content], fileName, { type: 'application/json' }));
			return transfer;
		},
		{ fileName: name, content: text },
	);
	await at(page, 'file-source').dispatchEvent('drop', { dataTransfer: data });
}

/** Leaves whatever comparison is open, and what is asked before it is pushed. */
export async function closeComparison(page: Page): Promise<void> {
	const cancel = at(page, 'push-cancel');
	if ((await cancel.count()) > 0) await cancel.click();
	await cancel.waitFor({ state: 'detached' });
	await at(page, 'start').or(at(page, 'comparison')).first().waitFor();
	if ((await at(page, 'comparison').count()) === 0) return;
	await at(page, 'close-comparison').click();
	const asked = at(page, 'confirm-verb');
	await asked.or(at(page, 'start')).first().waitFor();
	if ((await asked.count()) > 0) await asked.click();
	await at(page, 'start').waitFor();
}

/** A thing of the plan that is looked at. */
export const entry = (page: Page, step: string) => page.locator(`[data-entry="${step}"]`);

/** Ticks, or unticks, one. */
export const tick = (page: Page, step: string) => entry(page, step).locator('input[type=checkbox]').first().click();

/** Opens one, for its values. */
export async function openEntry(page: Page, step: string): Promise<void> {
	await entry(page, step).locator('button[aria-expanded=false]').first().click();
	await entry(page, step).locator('[data-test=fields]').waitFor();
}

/** The two values of a field of it, as they are shown. */
export async function valuesOf(page: Page, step: string, field: string): Promise<string[]> {
	const shown = entry(page, step).locator(`[data-field="${field}"] dd bdi`);
	return (await shown.allTextContents()).map((text) => text.trim());
}

/** The SyncID of what is called `roles:4f…`. */
export const idOf = (step: string) => step.slice(step.indexOf(':') + 1);

/** A role as a bundle has it. */
export const role = (step: string, name: string, more: object = {}): Element => ({
	_syncId: idOf(step),
	name,
	parent: null,
	...more,
});
