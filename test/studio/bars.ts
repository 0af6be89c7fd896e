/** Measures what studio.md sets as bars; see `scripts/studio-bars.mjs`. */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { directusVersions, ROOT, type DirectusVersion } from '../kit/playground.js';
import { openStudio } from './browser.js';
import { SIZE_LIMITS, bundleSizes, tooLarge } from './bundle-sizes.js';
import { median, openingCosts, type OpeningCost } from './main-thread.js';
import { PAGES, pathOf } from './pages.js';
import { startStudioWorld } from './world.js';

/** Directus' own page that ours are compared with. */
const NATIVE = { name: "Directus' Activity", path: '/activity' };
const TIMES_NATIVE = 1.2;
const LIST_OF_50 = { name: 'deliveries, 50 rows', path: '/downstream/deliveries?limit=50', limit: 250 };
const MEASURED = ['overview', 'flush-targets', 'flush-target', 'deliveries', 'delivery', 'incidents'];

const { values } = parseArgs({ options: { directus: { type: 'string' }, rounds: { type: 'string', default: '4' } } });
const rounds = Number(values.rounds);
const missed: string[] = [];

showSizes();
for (const version of directusVersions().filter(
	(directusVersion) => values.directus?.split(',').includes(directusVersion) ?? true,
))
	await measure(version);
if (missed.length > 0) {
	console.log(`\nNot reached:\n${missed.map((bar) => `  ${bar}`).join('\n')}`);
	process.exitCode = 1;
}

function showSizes(): void {
	const sizes = bundleSizes(join(ROOT, 'dist'));
	console.log('Sizes, gzipped, in bytes');
	const rows = { 'app.js': sizes.entry, ...sizes.pages, ...sizes.later, 'all files': sizes.all };
	for (const [name, size] of Object.entries(rows)) console.log(`  ${name.padEnd(40)}${String(size).padStart(8)}`);
	missed.push(...tooLarge(sizes, SIZE_LIMITS));
}

async function measure(version: DirectusVersion): Promise<void> {
	const world = await startStudioWorld(version);
	try {
		await world.become('troubled');
		const studio = await openStudio(world.directus);
		try {
			const ours = PAGES.filter(({ name }) => MEASURED.includes(name));
			const pages = [
				NATIVE,
				LIST_OF_50,
				...(await Promise.all(ours.map(async (page) => ({ name: page.name, path: await pathOf(page, world) })))),
			];
			const costs = new Map<string, OpeningCost[]>(pages.map(({ name }) => [name, []]));
			// Round after round, so that what else the machine does is spread over all.
			for (let round = 0; round < rounds; round++) {
				const opened = await openingCosts(
					studio,
					pages.map(({ path }) => path),
				);
				for (const [index, { name }] of pages.entries()) costs.get(name)?.push(...opened.slice(index, index + 1));
			}
			report(version, costs);
		} finally {
			await studio.close();
		}
	} finally {
		await world.stop();
	}
}

function report(version: DirectusVersion, costs: Map<string, OpeningCost[]>): void {
	const of = (name: string, way: keyof OpeningCost) => median((costs.get(name) ?? []).map((cost) => cost[way]));
	const load = loadavg()[0]?.toFixed(1);
	console.log(`\nDirectus ${version}: main-thread CPU of opening, ms, median of ${rounds} (load ${load})`);
	console.log(
		`  ${'page'.padEnd(30)}${'new tab'.padStart(9)}${'× native'.padStart(10)}${'within'.padStart(9)}${'× native'.padStart(10)}`,
	);
	for (const name of costs.keys()) {
		const cells = (['cold', 'within'] as const).map((way) => {
			const times = of(name, way) / of(NATIVE.name, way);
			if (times > TIMES_NATIVE)
				missed.push(`Directus ${version}, ${name}, ${way}: ${times.toFixed(2)} × native, not ${TIMES_NATIVE}`);
			return `${of(name, way).toFixed(0).padStart(9)}${times.toFixed(2).padStart(10)}`;
		});
		console.log(`  ${name.padEnd(30)}${cells.join('')}`);
	}
	const list = of(LIST_OF_50.name, 'within');
	if (list > LIST_OF_50.limit)
		missed.push(`Directus ${version}, ${LIST_OF_50.name}: ${list.toFixed(0)} ms of CPU, not ${LIST_OF_50.limit}`);
}
