import { databasesAvailable } from '../kit/databases-available.js';
import type { DatabaseKind } from '../kit/database-servers.js';
import { startDirectus } from '../kit/directus.js';
import type { DirectusVersion } from '../kit/playground.js';
import { startReceiver } from '../kit/receiver.js';
import { preparePages, runPages } from './pages.js';

/** `npm run chaos -- --pages`: random edits, and answers that are kept until a tag of theirs is sent, on each database. */
const asked = JSON.parse(process.argv[2] ?? '{}') as {
	edits: number;
	seed: number;
	version: DirectusVersion;
	databases: DatabaseKind[];
};
const available = await databasesAvailable();
let wrong = 0;
for (const database of asked.databases) {
	if (available[database] !== null) {
		console.log(`${database}: not there (${available[database]})`);
		continue;
	}
	const receiver = await startReceiver();
	const directus = await startDirectus({
		version: asked.version,
		database,
		content: true,
		env: { DOWNSTREAM_RESPONSE_TAGS: 'Cache-Tag' },
	});
	const began = Date.now();
	try {
		await preparePages(directus, receiver);
		const { edits, changed, dropped, stale } = await runPages(directus, receiver, asked);
		const ratio = (dropped / Math.max(1, changed)).toFixed(2);
		console.log(
			`${database}, Directus ${asked.version}, seed ${asked.seed}: ${edits} edits in ${Math.round((Date.now() - began) / 1_000)} s, ${changed} answers changed, ${dropped} dropped (${ratio} for each), ${stale.length} stale`,
		);
		for (const one of stale.slice(0, 5)) console.log(one);
		wrong += stale.length;
	} finally {
		await directus.stop();
		await receiver.stop();
	}
}
process.exitCode = wrong > 0 ? 1 : 0;
