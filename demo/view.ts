import { pause, until } from '../test/kit/wait.js';
import { editMeanwhile, type Answer, type Edit } from './editor.js';
import { wholeSite } from './pages.js';
import type { Flush, Storefront } from './storefront.js';
import type { Studio } from './studio.js';
import { count, duration, fact, heading, line, paint, some, waiting } from './terminal.js';

/** What the view needs to look at. */
export interface Stage {
	studio: Studio;
	storefront: Storefront;
}

/** What one edit came to, for the sum at the end. */
export interface Outcome {
	freshMs: number;
	dropped: number;
	droppedInVain: number;
	stale: string[];
}

/** How long a page may take to become fresh before the demo gives up, in ms. */
const PATIENCE = 30_000;

/** Makes one edit and shows what becomes of it. Ends when everything that it caused is delivered. */
export async function showEdit(stage: Stage, number: number, edit: Edit): Promise<Outcome> {
	const { studio, storefront } = stage;
	const before = storefront.cached();
	const earlier = storefront.flushes.length;
	const asked = performance.now();
	await edit.save();
	const saved = performance.now();
	await until(async () => edit.isFresh(await visit(stage, edit.page)), {
		timeout: PATIENCE,
		interval: 4,
		message: `${edit.page} to be fresh after "${edit.title}"`,
	});
	const freshMs = performance.now() - saved;
	await settled(studio);
	const flushes = storefront.flushes.slice(earlier);
	const dropped = [...new Set(flushes.flatMap((flush) => flush.dropped))];
	const site = await freshSite(studio);
	const inVain = dropped.filter((path) => before.get(path) === site.get(path));
	const stale = staleAmong(storefront.cached(), site);
	// Visitors come to all of them again, so that the next edit finds a full cache.
	for (const path of site.keys()) if (!storefront.cached().has(path)) await visit(stage, path);

	line(`${paint('bold', `${String(number).padStart(2)}  ${edit.title}`)}`);
	fact('saved', `${edit.request} answered in ${duration(saved - asked)}`);
	fact('flushed', about(flushes));
	fact('fresh', `${edit.page} after ${paint(['bold', 'green'], duration(freshMs))}`);
	const right = inVain.length === 0 ? 'all of them had changed' : `${dropped.length - inVain.length} had changed`;
	fact('precision', `${count(dropped.length, 'page')} of ${before.size} dropped, ${right}${staleNote(stale)}`);
	line();
	return { freshMs, dropped: dropped.length, droppedInVain: inVain.length, stale };
}

/** Stops the storefront, lets edits go on, starts it again, and looks at every page. Gives the stale ones. */
export async function showOutage(stage: Stage): Promise<string[]> {
	const { studio, storefront } = stage;
	heading('The storefront goes down, the editors go on');
	await storefront.down();
	fact('stopped', `${storefront.url} answers nobody; its cache of ${storefront.cached().size} pages stays`);
	const asked = performance.now();
	const saves = await editMeanwhile(studio);
	const took = performance.now() - asked;
	fact('edited', `${saves} saves, answered in ${duration(took / saves)} each`);
	let waited = -1;
	const noticed = until(
		() =>
			collecting(studio).then((now) => {
				// All of it is planned when the number stands still.
				const stands = now?.waits === waited;
				waited = now?.waits ?? -1;
				return stands ? now : null;
			}),
		{
			timeout: PATIENCE,
			interval: 300,
			message: 'Downstream to notice that the storefront is down; GET /downstream/status tells what it does instead',
		},
	);
	const collected = await waiting('Downstream notices', noticed);
	fact('collected', collected.line);
	if (collected.error) fact('', paint('dim', collected.error));
	const site = await freshSite(studio);
	const staleBefore = staleAmong(storefront.cached(), site);
	fact(
		'stale',
		`${paint('yellow', count(staleBefore.length, 'page'))} of its cache are out of date: nobody could tell it`,
	);
	await pause(1500);
	const earlier = storefront.flushes.length;
	await storefront.up();
	const back = performance.now();
	await waiting('the storefront is back, deliveries drain', settled(studio));
	const drained = performance.now() - back;
	const flushes = storefront.flushes.slice(earlier);
	fact('started', `all of it delivered ${paint(['bold', 'green'], duration(drained))} later: ${about(flushes)}`);
	return verifyAll(stage);
}

/** Compares every cached page with what Directus gives now, says what it found, and gives the stale paths. */
export async function verifyAll({ studio, storefront }: Stage): Promise<string[]> {
	const site = await freshSite(studio);
	const cached = storefront.cached();
	const stale = staleAmong(cached, site);
	if (stale.length === 0) {
		const compared = `${count(cached.size, 'cached page')} compared with a fresh rendering`;
		fact('verified', `${compared}: ${paint(['bold', 'green'], 'none is stale, nothing lost')}`);
	} else fact('verified', paint(['bold', 'red'], `${count(stale.length, 'stale page')}: ${some(stale, 8)}`));
	for (const path of site.keys()) if (!cached.has(path)) await visit({ storefront }, path);
	return stale;
}

async function visit({ storefront }: Pick<Stage, 'storefront'>, path: string): Promise<Answer> {
	const response = await fetch(storefront.url + path);
	return { status: response.status, html: await response.text() };
}

/** Waits until nothing is owed to anybody. */
export async function settled(studio: Studio): Promise<void> {
	await until(
		async () => {
			const { outbox, deliveries } = await studio.status();
			const { pending, sending, retrying } = deliveries;
			return outbox.pending + pending + sending + retrying === 0;
		},
		{ timeout: PATIENCE * 2, interval: 40, message: 'every delivery to be delivered' },
	);
}

/** What `/downstream/status` says of the storefront once it knows that it is down. */
async function collecting(studio: Studio): Promise<{ waits: number; line: string; error: string | undefined } | null> {
	const { targets, deliveries } = await studio.status();
	const target = targets.find(({ kind }) => kind === 'flush');
	if (!target || target.state === 'healthy') return null;
	const waits = deliveries.pending + deliveries.sending + deliveries.retrying;
	const states: Record<string, string> = {
		open: 'probed now and then (circuit open)',
		degraded: 'tried again and again',
	};
	return {
		waits,
		line: `${paint('yellow', count(waits, 'change'))} owed to it, none dropped; it is ${states[target.state] ?? target.state}`,
		error: target.last_error?.message,
	};
}

/** The site as it should be now, all of it, from one reading of the content. */
async function freshSite(studio: Studio): Promise<Map<string, string>> {
	const [articles, authors, tags] = await Promise.all([studio.articles(), studio.authors(), studio.tags()]);
	return wholeSite({ articles, authors, tags });
}

function staleAmong(cached: Map<string, string>, site: Map<string, string>): string[] {
	return [...cached].filter(([path, html]) => site.get(path) !== html).map(([path]) => path);
}

function about(flushes: Flush[]): string {
	const changes = flushes.reduce((sum, flush) => sum + flush.changes, 0);
	const tags = [...new Set(flushes.flatMap((flush) => flush.tags))];
	const parts = [`${count(changes, 'change')} in ${count(flushes.length, 'signed request')}`];
	if (tags.length > 0) parts.push(`${' '.repeat(13)}tags  ${some(tags, 4)}`);
	return parts.join('\n');
}

function staleNote(stale: string[]): string {
	return stale.length === 0 ? ', none is stale' : `, ${paint(['bold', 'red'], `STALE: ${some(stale)}`)}`;
}
