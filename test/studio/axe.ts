import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { withWholePage } from './whole-page.js';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const RULES: RunOptions = {
	runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] },
	resultTypes: ['violations'],
	// The scrolling part of Directus' own drawers; nothing of ours scrolls by itself but code, which can be focused.
	rules: { 'scrollable-region-focusable': { enabled: false } },
};

/** What is ours: the page, its part of the navigation, side bar and header, and whatever lies over it. */
const OURS = ['main', '#module-navigation', '.sidebar-outlet .content', '.header-bar .actions', '#dialog-outlet'];

/** Directus' own, which no module can fix. */
const DIRECTUS_OWN = ['.v-checkbox', '.v-table thead', '.system-filter'];

/** What of Directus' own breaks one rule only: by it, those elements are not judged; by all others they are. */
const DIRECTUS_OWN_BY_RULE: Record<string, string> = {
	// The drawer's way out is an icon; 12 calls it `close-button`, 11 `cancel`, or `cancel-button` on a phone.
	'button-name': '.v-drawer :is(.close-button, .cancel, .cancel-button) > .button',
	// The main button's colours are the theme's.
	'color-contrast': '.v-button:not(.secondary) > .button.normal, .v-button:not(.secondary) > .button.normal *',
};

/** A violation of WCAG 2.2 A or AA: the rule, and each element that breaks it with what is wrong. */
export interface Violation {
	rule: string;
	element: string;
	wrong: string;
}

/** Checks what is ours of a page, with its drawers and dialogs, by axe-core, which is blind to what is scrolled away. */
export async function axe(page: Page): Promise<Violation[]> {
	await page.evaluate(SOURCE);
	const found = await withWholePage(page, () => run(page));
	return found.flatMap(({ id, nodes }) =>
		nodes.map(({ target, html, failureSummary = '' }) => ({
			rule: id,
			element: `${target.join(' ')} ${html.slice(0, 160)}`,
			wrong: failureSummary.split('\n').slice(1).join('; ').trim(),
		})),
	);
}

function run(page: Page) {
	return page.evaluate(
		async ({ ours, not, notBy, rules }) => {
			const { axe: engine } = window as unknown as {
				axe: { run(context: object, options: object): Promise<AxeResults> };
			};
			const include = ours.filter((part) => document.querySelector(part) !== null);
			const { violations } = await engine.run({ include, exclude: not }, { ...rules, elementRef: true });
			const isTheirs = (rule: string, element: Element | undefined) =>
				notBy[rule] !== undefined &&
				element?.matches(notBy[rule]) === true &&
				// A colour that we gave to what is within their button is ours.
				getComputedStyle(element).color === getComputedStyle(element.closest('.button') ?? element).color;
			// An element cannot leave the browser.
			return violations.map(({ id, nodes }) => ({
				id,
				nodes: nodes
					.filter(({ element }) => !isTheirs(id, element))
					.map(({ target, html, failureSummary }) => ({ target, html, failureSummary })),
			}));
		},
		{ ours: OURS, not: DIRECTUS_OWN, notBy: DIRECTUS_OWN_BY_RULE, rules: RULES },
	);
}
