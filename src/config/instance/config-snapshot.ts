import type { Clock } from '../../kernel/ports.js';
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { snapshot, type Snapshot } from '../../contract/bundle.js';
import { isSqlite } from '../../kernel/database/dialect.js';
import type { DirectusServices } from '../../kernel/directus-services.js';

const ADMIN = { admin: true, app: true, user: null, role: null, roles: [], ip: null };

/** What a snapshot is made of, beside the tables themselves. */
const RECORDS = ['directus_collections', 'directus_fields', 'directus_relations'];

/**
 * In ms. Directus remembers columns for itself, and forgets them a moment after they changed: a snapshot of that moment
 * must not stay.
 */
const KEPT_MS = 60_000;

/** The schema of this instance as Directus' own snapshot has it. The value is shared, and frozen where it is. */
export interface SnapshotReader {
	read(database: Knex): Promise<Snapshot>;
	/** After the schema was changed: the next one is taken anew. */
	forget(): void;
}

/**
 * To take a snapshot is half of what a comparison takes. SQLite keeps the text of every definition, so that there it is
 * cheap to see whether tables or what Directus has written down about them are another than last time.
 */
export function createSnapshotReader(services: Pick<DirectusServices, 'SchemaService'>, clock: Clock): SnapshotReader {
	let last: { of: string; at: number; taken: Snapshot } | null = null;

	return {
		async read(database) {
			const of = isSqlite(database) ? await contentOf(database) : null;
			const at = clock.now();
			if (of !== null && last?.of === of && at - last.at < KEPT_MS) return last.taken;
			const service = new services.SchemaService({ knex: database, accountability: ADMIN });
			const taken = snapshot.parse(await service.snapshot());
			if (of !== null) last = { of, at, taken: frozen(taken) };
			return taken;
		},
		forget() {
			last = null;
		},
	};
}

/** A hash of all that a snapshot is made of, so that two that are the same give the same snapshot. */
async function contentOf(database: Knex): Promise<string> {
	const hash = createHash('sha256');
	const definitions: unknown = await database('sqlite_master').select('name', 'sql').orderBy('name');
	hash.update(JSON.stringify(definitions));
	for (const table of RECORDS) hash.update(JSON.stringify(await database(table).select('*')));
	return hash.digest('hex');
}

function frozen<T>(value: T): T {
	if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
	for (const part of Object.values(value)) frozen(part);
	return Object.freeze(value);
}
