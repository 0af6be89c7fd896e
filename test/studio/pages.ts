import type { Page } from 'playwright-core';
import type { Tab } from './browser.js';
import { at } from './at.js';
import { closeComparison, dropFile, openEntry, tick } from './config-page.js';
import { otherEnvironment } from './world-config.js';
import { pull } from '../e2e/config-world.js';
import type { World, WorldState } from './world.js';

/** How a page is met: in a world as it is, or with an endpoint that does not do as it should. */
export type PageState = 'empty' | 'normal' | 'failing' | 'loading' | 'error' | 'unreachable' | 'forbidden' | 'visitor';

/** The world that a state is looked at in. */
export const WORLD_OF: Record<PageState, WorldState> = {
	empty: 'empty',
	normal: 'healthy',
	failing: 'troubled',
	loading: 'troubled',
	error: 'troubled',
	unreachable: 'troubled',
	forbidden: 'troubled',
	visitor: 'troubled',
};

/** A page of the studio. */
export interface StudioPage {
	name: string;
	/** Its address below `/admin`; of pages about one thing, in this world. */
	path: string | ((world: World) => string | Promise<string>);
	states: readonly PageState[];
	/** What somebody does on it before it is looked at. */
	act?: (page: Page, world: World) => Promise<void>;
}

const ALL = ['empty', 'normal', 'failing', 'loading', 'error', 'unreachable', 'forbidden', 'visitor'] as const;
const OF_ONE = ['normal', 'failing', 'loading', 'error', 'forbidden'] as const;
const target =
	(name: keyof World['targets'], rest: string = '') =>
	(world: World) =>
		`/downstream/flush/${world.targets[name]}${rest}`;
const remote =
	(name: keyof World['remotes'], rest: string = '') =>
	(world: World) =>
		`/downstream/sync/${world.remotes[name]}${rest}`;
const delivery = (status: string) => async (world: World) => `/downstream/deliveries/${await world.deliveryOf(status)}`;

const conflict = (index: number, rest = '') =>
	`/downstream/conflicts?open=01a00000-0000-7000-8000-00000000000${index}${rest}`;
const CONFIG = '/downstream/config';

/** Whoever comes back finds the comparison as they left it. */
async function leaveComparison(page: Page): Promise<void> {
	if ((await at(page, 'close-comparison').count()) > 0) await closeComparison(page);
}
async function dropBroken(page: Page): Promise<void> {
	await closeComparison(page);
	await dropFile(page, 'production.json', '{\n\t"version": 1,\n\t"elements": {\n\t\t"roles": [');
	await at(page, 'file-problem').waitFor();
}
async function compareWithItself(page: Page, { directus }: World): Promise<void> {
	await closeComparison(page);
	await dropFile(page, 'yesterday.json', JSON.stringify(await pull(directus)));
	await at(page, 'same').waitFor();
}
async function compare(page: Page, { directus }: World): Promise<void> {
	await closeComparison(page);
	await dropFile(page, 'production.json', JSON.stringify(await otherEnvironment(directus)));
	await at(page, 'plan').waitFor();
}
const numbered = (kind: string, number: number) =>
	`${kind}:00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

async function openSome(page: Page, world: World): Promise<void> {
	await compare(page, world);
	const operations = page.locator('[data-kind=operations] h3 button');
	if ((await operations.getAttribute('aria-expanded')) === 'false') await operations.click();
	for (const step of [numbered('roles', 1), numbered('operations', 31), numbered('operations', 32)])
		await openEntry(page, step);
	await openEntry(page, 'fields:articles.title');
	await page
		.getByRole('button', { name: /lines are the same/ })
		.first()
		.waitFor();
}
async function askToDelete(page: Page, world: World): Promise<void> {
	await compare(page, world);
	await page.locator('[data-test=part-gone] [data-kind=roles] h3 button[aria-expanded=true]').waitFor();
	// What the free tier of Directus 12 refuses.
	const refused = at(page, 'leave-out');
	if ((await refused.count()) > 0) await refused.first().click();
	await tick(page, numbered('roles', 3));
	await tick(page, 'fields:articles.body');
	await at(page, 'primary').click();
	await at(page, 'agree-gone').waitFor();
}
const unfold = async (page: Page): Promise<void> => {
	const fold = at(page, 'fold-0');
	if ((await fold.getAttribute('aria-expanded')) !== 'true') await fold.click();
	await at(page, 'drop-published_at').waitFor();
};
async function askToRevert(page: Page): Promise<void> {
	if ((await at(page, 'push-dialog').count()) === 0) await at(page, 'revert').click();
	await at(page, 'agree-gone').waitFor();
}

/** Every page, one a line: screenshots and checks are made of all of them. */
export const PAGES: readonly StudioPage[] = [
	{ name: 'overview', path: '/downstream', states: ALL },
	{ name: 'flush-targets', path: '/downstream/flush', states: ALL },
	{ name: 'flush-target', path: target('shop'), states: OF_ONE },
	{ name: 'flush-target-settings', path: target('shop', '?tab=settings'), states: ['failing'] },
	{ name: 'flush-target-rules', path: target('shop', '?tab=rules'), states: ['failing'] },
	{ name: 'flush-target-rule', path: target('shop', '?tab=rules'), states: ['failing'], act: unfold },
	{ name: 'flush-target-preview', path: target('shop', '?tab=preview'), states: ['failing'] },
	{ name: 'flush-target-deliveries', path: target('shop', '?tab=deliveries'), states: ['failing'] },
	{ name: 'flush-target-new', path: '/downstream/flush/+', states: ['empty', 'failing'] },
	{ name: 'flush-target-open', path: target('docs'), states: ['failing'] },
	{ name: 'flush-target-paused', path: target('newsletter'), states: ['failing'] },
	{ name: 'flush-target-invalid', path: target('search'), states: ['failing'] },
	{ name: 'flush-target-invalid-rules', path: target('search', '?tab=rules'), states: ['failing'] },
	{ name: 'flush-target-draft', path: target('preview'), states: ['failing'] },
	{ name: 'flush-target-none', path: '/downstream/flush/00000000-0000-4000-8000-000000000000', states: ['failing'] },
	{ name: 'remotes', path: '/downstream/sync', states: ALL },
	{ name: 'remote', path: remote('staging'), states: ['failing', 'loading', 'error', 'forbidden'] },
	{ name: 'remote-settings', path: remote('staging', '?tab=settings'), states: ['failing'] },
	{ name: 'remote-rules', path: remote('staging', '?tab=rules'), states: ['failing'] },
	{ name: 'remote-compare', path: remote('staging', '?tab=compare'), states: ['failing'] },
	{ name: 'remote-deliveries', path: remote('staging', '?tab=deliveries'), states: ['failing'] },
	{ name: 'remote-refused', path: remote('production'), states: ['failing'] },
	{ name: 'remote-draft', path: remote('partner'), states: ['failing'] },
	{ name: 'remote-new', path: '/downstream/sync/+', states: ['empty', 'failing'] },
	{ name: 'conflicts', path: '/downstream/conflicts', states: ALL },
	{ name: 'conflict-fields', path: conflict(0), states: ['failing'] },
	{ name: 'conflict-delete', path: conflict(4), states: ['failing'] },
	{ name: 'conflict-unique', path: conflict(5), states: ['failing'] },
	{ name: 'conflict-identity', path: conflict(6), states: ['failing'] },
	{ name: 'conflict-automatic', path: conflict(7, '&status=automatic'), states: ['failing'] },
	{ name: 'conflict-resolved', path: conflict(9, '&status=resolved'), states: ['failing'] },
	{ name: 'deliveries', path: '/downstream/deliveries', states: ALL },
	{ name: 'deliveries-failed', path: '/downstream/deliveries?status=failed', states: ['failing'] },
	{ name: 'deliveries-causes', path: '/downstream/deliveries?view=causes', states: ['failing'] },
	{ name: 'deliveries-nothing', path: '/downstream/deliveries?q=nothing-like-this', states: ['failing'] },
	{ name: 'delivery', path: delivery('delivered'), states: OF_ONE },
	{ name: 'delivery-failed', path: delivery('failed'), states: ['failing'] },
	{ name: 'delivery-retrying', path: delivery('retrying'), states: ['failing'] },
	{ name: 'delivery-pending', path: delivery('pending'), states: ['failing'] },
	{ name: 'incidents', path: '/downstream/incidents', states: ALL },
	{ name: 'operations', path: '/downstream/operations', states: ALL },
	{ name: 'received', path: '/downstream/operations?view=received', states: ['empty', 'failing', 'error'] },
	{ name: 'config', path: CONFIG, states: ALL, act: leaveComparison },
	{ name: 'config-broken-file', path: CONFIG, states: ['failing'], act: dropBroken },
	{ name: 'config-same', path: CONFIG, states: ['failing'], act: compareWithItself },
	{ name: 'config-plan', path: CONFIG, states: ['failing'], act: compare },
	{ name: 'config-values', path: CONFIG, states: ['failing'], act: openSome },
	{ name: 'config-consent', path: CONFIG, states: ['failing'], act: askToDelete },
	{ name: 'config-push', path: (world) => `${CONFIG}/history/${world.push}`, states: OF_ONE },
	{ name: 'config-revert', path: (world) => `${CONFIG}/history/${world.push}`, states: ['failing'], act: askToRevert },
	{ name: 'nowhere', path: '/downstream/no/such/page', states: ['failing'] },
];

/** Brings a page that was just opened to where it is to be looked at. */
export async function prepare({ act }: StudioPage, { page }: Tab, world: World): Promise<void> {
	await act?.(page, world);
}

/** The address of a page in this world. */
export async function pathOf({ path }: StudioPage, world: World): Promise<string> {
	return typeof path === 'string' ? path : path(world);
}
