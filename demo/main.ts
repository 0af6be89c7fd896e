/** The demo itself; `scripts/demo.mjs` says how it is run. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import { freePort } from '../test/kit/free-port.js';
import { installedVersion } from '../test/kit/playground.js';
import { fillDirectus, layOutModel } from './content.js';
import { morning } from './editor.js';
import { FLUSH_PATH, FLUSH_TARGET } from './flush-target.js';
import { demoProject, type Project } from './project.js';
import { startStorefront } from './storefront.js';
import { connect, type Studio } from './studio.js';
import { linkBoth, useOwnNumbers } from './second.js';
import { showSync } from './sync-view.js';
import { count, duration, fact, heading, isWatched, line, paint, waiting } from './terminal.js';
import { settled, showEdit, showOutage, type Outcome } from './view.js';

const began = Number(process.env['DOWNSTREAM_DEMO_BEGAN'] ?? Date.now());
const projects: Project[] = [];
let ending = false;

/** Ends what was started. Directus ends by itself with this process, but is asked first where it can be. */
async function end(code: number): Promise<never> {
	if (!ending) {
		ending = true;
		await Promise.all(projects.map(({ process: running }) => running.stop()));
		process.exit(code);
	}
	// Somebody else is at it already, and ends this process when Directus is gone.
	return new Promise(() => {});
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => {
		if (ending) return;
		line(`\n${paint('dim', 'Ending …')}`);
		void end(0);
	});
}

try {
	const failures = await demo();
	await end(failures.length === 0 ? 0 : 1);
} catch (error) {
	if (!ending) console.error(`\n${error instanceof Error ? error.message : String(error)}`);
	if (!ending && error instanceof Error && error.cause) console.error(error.cause);
	if (!ending)
		for (const { url, log } of projects) console.error(`\nThe end of the log of ${url}:\n${log().slice(-3000)}`);
	await end(1);
}

/** Shows everything; gives what is not as it should be: pages that were left stale, content that differs. */
async function demo(): Promise<string[]> {
	heading('Downstream: an editor saves; exactly the pages that show it become fresh, and a second Directus equal');
	const { stage, targetId, project, second, link, markLinked } = await setUp(process.argv.includes('fresh'));
	heading(`An editor's morning: each save, what it flushes, and when a visitor sees it`);
	const outcomes: Outcome[] = [];
	for await (const edit of morning(stage.studio)) outcomes.push(await showEdit(stage, outcomes.length + 1, edit));
	sumUp(outcomes);
	const stale = [...outcomes.flatMap((outcome) => outcome.stale), ...(await showOutage(stage))];
	const linked = await link();
	const isEqual = await showSync(stage, linked);
	markLinked();

	const failures = isEqual ? stale : [...stale, 'the two instances differ'];
	const { renders, hits, refused } = stage.storefront.counts;
	const total = `${renders} pages rendered, ${hits} answered from the cache, ${refused} flushes refused`;
	fact('storefront', total);
	fact('took', duration(Date.now() - began));
	heading('Look around');
	const { url, login } = project;
	const who = `${login.email} / ${login.password}`;
	fact('Studio', `${paint('cyan', `${url}/admin`)}   ${who}`);
	fact('the second', `${paint('cyan', `${second.url}/admin`)}   ${who}`);
	fact('module', paint('cyan', `${url}/admin/downstream`));
	fact('target', `${paint('cyan', `${url}/admin/downstream/flush/${targetId}`)}   automatic tags, no rules`);
	fact('sync', `${paint('cyan', `${url}/admin/downstream/sync/${linked.there}`)}   its rules`);
	fact('conflicts', `${paint('cyan', `${url}/admin/downstream/conflicts`)}   what was decided, and how`);
	fact('status', `${paint('cyan', `${url}/downstream/status`)}   for admins: log in first`);
	fact('storefront', paint('cyan', `${stage.storefront.url}/`));
	line();
	if (!isWatched || process.argv.includes('once')) {
		line(
			isWatched ? 'Ends here, as --once asks for.' : 'Ends here, as nobody watches: in a terminal it keeps running.',
		);
		return failures;
	}
	line(
		`Edit something in either Studio, and look at the other or reload the storefront. ${paint('bold', 'Ctrl-C ends the demo.')}`,
	);
	await once(process, 'exit');
	return failures;
}

async function setUp(fresh: boolean) {
	const [first, other] = [demoProject('demo'), demoProject('demo-second')];
	const isNew = fresh || !first.isFilled() || !other.isFilled();
	let since = performance.now();
	const laidOut = first.layOut({ fresh: isNew }).then(() => other.layOut({ fresh: isNew }));
	await waiting('databases for Directus (the first time, up to a minute)', laidOut);
	const [port, secondPort] = [await portNear(8055), await portNear(8057)];
	const starting = Promise.all([first.start(port), other.start(secondPort)]);
	const [project, second] = await waiting('two instances of Directus start', starting);
	projects.push(project, second);
	const version = installedVersion('12');
	fact(
		'Directus',
		`${version} on SQLite at ${project.url} and ${second.url}, up in ${duration(performance.now() - since)}`,
	);
	const studio = connect(project.url, project.token);
	const secondStudio = connect(second.url, second.token);
	since = performance.now();
	if (isNew) {
		const making = Promise.all([
			fillDirectus(studio),
			layOutModel(secondStudio, 'The Lowland Review, second desk').then(() => useOwnNumbers(secondStudio)),
		]);
		await waiting('content is made; the second is given the same model, and stays empty', making);
		first.markFilled();
	}
	const sides = [
		{ project, studio },
		{ project: second, studio: secondStudio },
	] as const;
	// What an earlier run linked goes on from the start; a new second desk is filled at its turn.
	if (!isNew) await linkBoth(...sides);
	fact('content', `${await contents(studio)}${isNew ? `, made in ${duration(performance.now() - since)}` : ''}`);
	const storefront = await startStorefront(project, await portNear(8056));
	const targetId = await publishTarget(studio, storefront.url + FLUSH_PATH);
	await waiting('what an earlier run left is delivered', settled(studio));
	since = performance.now();
	const pages = await waiting('the storefront renders its pages', storefront.build());
	fact('storefront', `${storefront.url}, ${count(pages, 'page')} rendered and cached`);
	const stage = { studio, second: secondStudio, storefront };
	return { stage, targetId, project, second, link: () => linkBoth(...sides), markLinked: other.markFilled };
}

/** Makes the flush target, or points the one of an earlier run at the storefront of this one. */
async function publishTarget(studio: Studio, url: string): Promise<string> {
	const filter = { name: { _eq: FLUSH_TARGET.name } };
	const [known] = await studio.read<Array<{ id: string }>>('/items/cache_flush_targets', { filter, fields: ['id'] });
	const target = { ...FLUSH_TARGET, url };
	const made = known
		? await studio.write<{ id: string }>('PATCH', `/items/cache_flush_targets/${known.id}`, target)
		: await studio.write<{ id: string }>('POST', '/items/cache_flush_targets', target);
	// An earlier run may have ended while the storefront was down: nobody is to wait for the next probe.
	await studio.write('POST', `/downstream/targets/${made.id}/resume`);
	return made.id;
}

async function contents(studio: Studio): Promise<string> {
	const number = async (path: string) => {
		const [row] = await studio.read<Array<{ count: number | string }>>(path, { aggregate: { count: '*' } });
		return Number(row?.count ?? 0);
	};
	const [articles, authors, tags, images] = await Promise.all(
		['/items/articles', '/items/authors', '/items/tags', '/files'].map(number),
	);
	return `${articles} articles in English and Dutch, ${authors} authors, ${tags} tags, ${images} images`;
}

function sumUp(outcomes: Outcome[]): void {
	const times = outcomes.map(({ freshMs }) => freshMs).sort((a, b) => a - b);
	const [dropped, inVain] = outcomes.reduce(
		([all, vain], outcome) => [all + outcome.dropped, vain + outcome.droppedInVain],
		[0, 0],
	);
	const median = duration(times[Math.floor(times.length / 2)] ?? 0);
	line(
		`${count(outcomes.length, 'edit')}: fresh after ${paint(['bold', 'green'], median)} (median), ` +
			`${duration(times.at(-1) ?? 0)} at most; of ${dropped} pages dropped, ${dropped - inVain} really changed ` +
			`(${(dropped / (dropped - inVain)).toFixed(2)} dropped for each that changed). Nobody wrote a rule.`,
	);
}

/** The port that people expect, or where it is taken another one. */
async function portNear(wanted: number): Promise<number> {
	const server = createServer();
	const isFree = await new Promise<boolean>((resolve) => {
		server.once('error', () => resolve(false));
		server.listen(wanted, '127.0.0.1', () => server.close(() => resolve(true)));
	});
	return isFree ? wanted : freePort();
}
