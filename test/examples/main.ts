import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startDirectus } from '../kit/directus.js';
import { ROOT } from '../kit/playground.js';
import { missingFor, PAGES_TOKEN, SITES, startSite } from './sites.js';
import { addTarget, createArticles, visitSite } from './visit-site.js';

/** `npm run examples -- [name …]`: each site of `examples/`, real, and what an edit in Directus did to its pages. */
const wanted = process.argv.slice(2);
const folder = join(ROOT, '.playground', 'examples');
mkdirSync(folder, { recursive: true });
const directus = await startDirectus({
	version: '12',
	database: 'sqlite',
	content: true,
	env: { DOWNSTREAM_PAGES_TOKEN: PAGES_TOKEN },
});
let wrong = 0;
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
try {
	const content = await createArticles(directus);
	console.log(
		'| example | install | build | edit | fresh after | made anew | show the edit |\n| --- | --- | --- | --- | --- | --- | --- |',
	);
	for (const site of SITES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
		const missing = missingFor(site);
		if (missing.length > 0) {
			console.log(`| ${site.name} | not run: ${missing.join(' and ')} not installed |`);
			continue;
		}
		let printed = () => '';
		try {
			const started = await startSite(site, directus, folder);
			printed = started.printed;
			const remove = await addTarget(directus, started.target);
			try {
				for (const { edit, freshMs, made, shows } of await visitSite(started.url, directus, content)) {
					const isRight = made.length === shows.length && made.every((path) => shows.includes(path));
					if (!isRight) wrong++;
					const { installMs, buildMs } = started.times;
					console.log(
						`| ${site.name} | ${seconds(installMs)} | ${seconds(buildMs)} | ${edit} | ${Math.round(freshMs)} ms | ${made.length} of 4 | ${shows.length}${isRight ? '' : ` WRONG: ${made.join(' ')}`} |`,
					);
				}
			} finally {
				await remove();
				started.stop();
			}
		} catch (error) {
			wrong++;
			console.log(
				`| ${site.name} | FAILED: ${String(error instanceof Error ? error.message : error)} |\n${printed().slice(-3_000)}`,
			);
		}
	}
} finally {
	await directus.stop();
}
process.exit(wrong > 0 ? 1 : 0);
