import { databasesAvailable } from '../kit/databases-available.js';
import type { DatabaseKind } from '../kit/database-servers.js';
import { startDirectus } from '../kit/directus.js';
import type { DirectusVersion } from '../kit/playground.js';
import { compareFilters, prepareFilters } from './filters.js';

/** `npm run chaos -- --filters`: random filters, judged by us and by Directus, on each database that is there. */
const [filters = '10000', version = '12', seed = '1'] = process.argv.slice(2);
const available = await databasesAvailable();
const databases = (['sqlite', 'postgres', 'mysql'] as DatabaseKind[]).filter(
	(database) => available[database] === null,
);
let wrong = 0;
for (const database of databases) {
	const directus = await startDirectus({ version: version as DirectusVersion, database, extension: false });
	try {
		await prepareFilters(directus, { seed: Number(seed), rows: 60 });
		const compared = await compareFilters(directus, { seed: Number(seed), filters: Number(filters) });
		const { pairs, unknown } = compared;
		console.log(
			`${database}, seed ${seed}: ${compared.filters} filters (${compared.refused} refused by Directus), ${pairs} pairs, ${unknown} unknown (${((100 * unknown) / Math.max(1, pairs)).toFixed(1)} %), ${compared.wrong.length} wrong`,
		);
		for (const one of compared.wrong) console.log(JSON.stringify(one));
		wrong += compared.wrong.length;
	} finally {
		await directus.stop();
	}
}
process.exitCode = wrong > 0 ? 1 : 0;
