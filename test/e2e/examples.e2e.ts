import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingFor, PAGES_TOKEN, SITES, startSite } from '../examples/sites.js';
import { addTarget, createArticles, visitSite, type Content } from '../examples/visit-site.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampled, sampledVersions } from '../kit/playground.js';

/** Those that need no build, and one framework; `npm run examples` runs them all. */
const DRAWN = [
	...SITES.filter(({ build }) => build === null),
	...sampled(
		import.meta.url,
		SITES.filter(({ build }) => build !== null),
	),
];
for (const site of DRAWN) {
	const missing = missingFor(site);
	if (missing.length > 0) console.warn(`examples/${site.name} is not tested: ${missing.join(' and ')} not installed`);
}

/** Sites to copy: an edit gives the visitor the new page, and no other page is made anew. */
describe.each(sampledVersions(import.meta.url))('examples with Directus %s', (version) => {
	let directus: Directus;
	let content: Content;
	let folder: string;

	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), 'downstream-examples-'));
		// Varnish reads its file as a user of its own.
		chmodSync(folder, 0o755);
		const env = { DOWNSTREAM_PAGES_TOKEN: PAGES_TOKEN };
		directus = await startDirectus({ version, database: 'sqlite', content: true, env });
		content = await createArticles(directus);
	});
	afterAll(async () => {
		await directus?.stop();
		if (folder) rmSync(folder, { recursive: true, force: true });
	});

	test.each(DRAWN.filter((site) => missingFor(site).length === 0))('$name', { timeout: 300_000 }, async (site) => {
		const started = await startSite(site, directus, folder);
		const remove = await addTarget(directus, started.target);
		try {
			for (const { edit, made, shows } of await visitSite(started.url, directus, content))
				expect(made.toSorted(), edit).toEqual(shows.toSorted());
		} finally {
			await remove();
			started.stop();
		}
	});
});
