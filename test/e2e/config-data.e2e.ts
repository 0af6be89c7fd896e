import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tryChange } from '../chaos/config-data.js';
import { CHANGES_ON_DATA } from '../config/changes-on-data.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import type { DatabaseKind } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { sampledVersions } from '../kit/playground.js';
import { randomFrom } from '../kit/random.js';
import { buildFailing, removeFailing } from './config-world.js';

const available = await databasesAvailable();
const SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? Date.now() % 1_000_000);
const [VERSION = '12'] = sampledVersions(import.meta.url);
const SAMPLE = 3;

/** Some of them; `npm run chaos -- --config --only changes` tries them all, on empty tables too. */
function sampled(database: DatabaseKind) {
	const random = randomFrom(SEED + database.length);
	const order = CHANGES_ON_DATA.map((change) => ({ change, at: random() })).toSorted((a, b) => a.at - b.at);
	return order.slice(0, SAMPLE).map(({ change }) => change);
}

describe(`a change of the schema on data (seed ${SEED}, Directus ${VERSION})`, () => {
	let extension: string;
	beforeAll(async () => {
		extension = await buildFailing();
	});
	afterAll(removeFailing);

	for (const database of ['sqlite', 'postgres', 'mysql'] as const) {
		describe.runIf(available[database] === null)(`on ${database}`, () => {
			let directus: Directus;
			beforeAll(async () => {
				directus = await startDirectus({ version: VERSION, database, extraExtensions: [extension] });
			});
			afterAll(async () => {
				await directus?.stop();
			});

			test.each(sampled(database))(
				'$name: it is refused beforehand, asked for, or done with every value kept',
				{ timeout: 300_000 },
				async (change) => {
					const { problems, failures, outcome } = await tryChange(directus, change, true);
					expect(problems).toEqual([]);
					expect(outcome).toMatch(/^(done|asks for \w+|refused: [\w, ]+)$/);
					if (!outcome.startsWith('refused') && change.sameOn?.includes(database) !== true)
						expect(failures).toBeGreaterThan(0);
				},
			);
		});
	}
});
