import type { DatabaseKind } from './database-servers.js';
import { databasesAvailable } from './databases-available.js';
import { directusVersions, sampled, type DirectusVersion } from './playground.js';

/** Two instances of one version of Directus, each on a database of its own. */
export interface LinkedWorld {
	version: DirectusVersion;
	from: DatabaseKind;
	to: DatabaseKind;
}

/** Each database on either side. */
const PAIRS: [DatabaseKind, DatabaseKind][] = [
	['sqlite', 'postgres'],
	['postgres', 'mysql'],
	['mysql', 'sqlite'],
];

/**
 * One version and two databases, for what hardly depends on them; `npm test -- --whole` runs all. Where no server can be
 * had, both are on SQLite.
 *
 * @param file the test file's own `import.meta.url`
 */
export async function sampledLinks(file: string): Promise<LinkedWorld[]> {
	const available = await databasesAvailable();
	const usable = PAIRS.filter((pair) => pair.every((database) => available[database] === null));
	const pairs: typeof PAIRS = usable.length > 0 ? usable : [['sqlite', 'sqlite']];
	return sampled(
		file,
		directusVersions().flatMap((version) => pairs.map(([from, to]) => ({ version, from, to }))),
	);
}
