import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import type { StoredAttempt } from '../stored.js';

const TABLE = 'downstream_attempts';
type Raw = Record<string, string | number | null>;

export async function insertAttempts(database: Knex, attempts: StoredAttempt[]): Promise<void> {
	const rows = attempts.map((attempt) => ({
		id: attempt.id,
		batch: attempt.batch,
		target: attempt.target,
		kind: attempt.kind,
		at: attempt.at,
		duration_ms: Math.round(attempt.durationMs),
		outcome: attempt.outcome,
		deliveries: attempt.deliveries,
		request: JSON.stringify(attempt.request),
		response: attempt.response ? JSON.stringify(attempt.response) : null,
		error: attempt.error ? JSON.stringify(attempt.error) : null,
	}));
	// Written again where the answer to the first writing was lost.
	for (const group of inGroupsOf(50, rows)) await database(TABLE).insert(group).onConflict('id').ignore();
}

/** Every attempt at these batches, oldest first. */
export async function attemptsOf(database: Knex, batches: string[]): Promise<StoredAttempt[]> {
	if (batches.length === 0) return [];
	const rows = await database(TABLE).select<Raw[]>('*').whereIn('batch', batches).orderBy(['at', 'id']);
	return rows.map((row) => ({
		id: String(row['id']),
		batch: String(row['batch']),
		target: String(row['target']),
		kind: row['kind'] as StoredAttempt['kind'],
		at: Number(row['at']),
		durationMs: Number(row['duration_ms']),
		outcome: row['outcome'] as StoredAttempt['outcome'],
		deliveries: Number(row['deliveries']),
		request: JSON.parse(String(row['request'])) as StoredAttempt['request'],
		response: row['response'] === null ? null : (JSON.parse(String(row['response'])) as StoredAttempt['response']),
		error: row['error'] === null ? null : (JSON.parse(String(row['error'])) as StoredAttempt['error']),
	}));
}
