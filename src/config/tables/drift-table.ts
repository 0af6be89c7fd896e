import type { Knex } from 'knex';
import { createTable } from '../../kernel/database/create-table.js';
import type { Drift, Fingerprints } from '../core/drift.js';

const TABLE = 'downstream_config_reference';
const ID = 'last-push';

/** What the last push left, and what is different since. */
export interface DriftReference {
	/** null before the first push. */
	push: string | null;
	/** ms since 1970. */
	at: number;
	fingerprints: Fingerprints;
	drift: Drift | null;
	foundAt: number | null;
}

export const createDriftTable = (database: Knex): Promise<void> =>
	createTable(database, TABLE, (table) => {
		table.string('id', 16).primary();
		table.string('push', 36);
		table.bigInteger('at').notNullable();
		table.text('fingerprints', 'longtext').notNullable();
		table.text('drift', 'longtext');
		table.bigInteger('found_at');
	});

export async function keepReference(
	database: Knex,
	{ push, at, fingerprints }: Pick<DriftReference, 'push' | 'at' | 'fingerprints'>,
): Promise<void> {
	const row = { push, at, fingerprints: JSON.stringify(fingerprints), drift: null, found_at: null };
	await database(TABLE)
		.insert({ id: ID, ...row })
		.onConflict('id')
		.merge(row);
}

/** @param of the push that it was compared with: another may have come meanwhile */
export async function keepDrift(
	database: Knex,
	{ of, drift, at }: { of: string | null; drift: Drift | null; at: number },
): Promise<boolean> {
	const rows = await database(TABLE)
		.where({ id: ID, push: of })
		.update({ drift: drift && JSON.stringify(drift), found_at: drift && at });
	return rows > 0;
}

export async function readReference(database: Knex): Promise<DriftReference | null> {
	const row = await database(TABLE).where({ id: ID }).first<Record<string, string | number | null> | undefined>();
	if (!row) return null;
	return {
		push: row['push'] === null ? null : String(row['push']),
		at: Number(row['at']),
		fingerprints: JSON.parse(String(row['fingerprints'])) as Fingerprints,
		...driftOf(row),
	};
}

/** What was found, without what it was compared with. */
export async function readDrift(database: Knex): Promise<{ drift: Drift; foundAt: number } | null> {
	const row = await database(TABLE)
		.where({ id: ID })
		.first<{ drift: string | null; found_at: number | string | null } | undefined>('drift', 'found_at');
	const { drift, foundAt } = driftOf(row ?? {});
	return drift && { drift, foundAt: foundAt ?? 0 };
}

const driftOf = (row: { drift?: string | number | null; found_at?: string | number | null }) => ({
	drift: typeof row.drift === 'string' ? (JSON.parse(row.drift) as Drift) : null,
	foundAt: row.found_at === null || row.found_at === undefined ? null : Number(row.found_at),
});
