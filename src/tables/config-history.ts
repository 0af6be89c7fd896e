import type { Knex } from 'knex';
import type { Plan } from '../core/config/plan-shape.js';
import type { PushRecord } from '../engine/config/ports.js';
import type { Trace } from '../engine/config/take-back.js';

const TABLE = 'downstream_config_pushes';

type Raw = Record<string, string | number | null>;

const SHORT = ['id', 'at', 'duration_ms', 'user', 'status', 'reverts', 'summary', 'error'];

export async function recordPush(database: Knex, push: PushRecord, plan: Plan, trace: Trace | null): Promise<void> {
	const row = {
		at: push.at,
		duration_ms: Math.round(push.durationMs),
		user: push.user,
		status: push.status,
		reverts: push.reverts,
		summary: JSON.stringify(push.summary),
		plan: JSON.stringify(plan),
		trace: trace === null ? null : JSON.stringify(trace),
		error: push.error === null ? null : JSON.stringify(push.error),
	};
	// One that had to be undone may have been recorded as applied.
	await database(TABLE)
		.insert({ id: push.id, ...row })
		.onConflict('id')
		.merge(row);
}

/** Pushes, newest first, and how many there are. */
export async function listPushes(
	database: Knex,
	{ limit, page }: { limit: number; page: number },
): Promise<{ pushes: (PushRecord & { revertedBy: string | null })[]; total: number }> {
	const rows = await database(TABLE)
		.select<Raw[]>(SHORT)
		.orderBy('id', 'desc')
		.limit(limit)
		.offset((page - 1) * limit);
	const revertedBy = await revertsOf(
		database,
		rows.map(({ id }) => String(id)),
	);
	const counted = await database(TABLE).count({ total: '*' }).first<{ total: number | string } | undefined>();
	return {
		pushes: rows.map((row) => ({ ...readPush(row), revertedBy: revertedBy.get(String(row['id'])) ?? null })),
		total: Number(counted?.total ?? 0),
	};
}

/** Which push took each of these back, if any did. */
async function revertsOf(database: Knex, ids: string[]): Promise<Map<string, string>> {
	const reverts = await database(TABLE)
		.where({ status: 'applied' })
		.whereIn('reverts', ids)
		.orderBy('id')
		.select<{ id: string; reverts: string }[]>('id', 'reverts');
	return new Map(reverts.map((row) => [row.reverts, row.id]));
}

/** One push with its plan, and what would take it back. */
export async function findPush(
	database: Knex,
	id: string,
): Promise<(PushRecord & { revertedBy: string | null; plan: Plan; trace: Trace | null }) | null> {
	const row = await database(TABLE).where({ id }).first<Raw | undefined>();
	if (!row) return null;
	return {
		...readPush(row),
		revertedBy: (await revertsOf(database, [id])).get(id) ?? null,
		plan: JSON.parse(String(row['plan'])) as Plan,
		trace: row['trace'] === null ? null : (JSON.parse(String(row['trace'])) as Trace),
	};
}

/** A year and a day, in ms. */
const KEPT_MS = 366 * 86_400_000;
/** Whatever their age, these can be taken back. */
const KEPT = 100;

/** Removes pushes of more than a year ago, but for the newest hundred. */
export async function removeOldPushes(database: Knex, now: number): Promise<void> {
	const newest = await database(TABLE).select<{ id: string }[]>('id').orderBy('id', 'desc').limit(KEPT);
	await database(TABLE)
		.where('at', '<', now - KEPT_MS)
		.whereNotIn(
			'id',
			newest.map(({ id }) => id),
		)
		.delete();
}

const readPush = (row: Raw): PushRecord => ({
	id: String(row['id']),
	at: Number(row['at']),
	durationMs: Number(row['duration_ms']),
	user: row['user'] === null ? null : String(row['user']),
	status: row['status'] as PushRecord['status'],
	reverts: row['reverts'] === null ? null : String(row['reverts']),
	summary: JSON.parse(String(row['summary'])) as Plan['summary'],
	error: row['error'] === null ? null : (JSON.parse(String(row['error'])) as PushRecord['error']),
});
