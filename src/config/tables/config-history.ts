import type { Knex } from 'knex';
import type { Plan } from '../../contract/plan.js';
import type { PushRecord, Trace } from '../ports.js';
import { isConfigLeaseHeld } from './config-lease.js';

const TABLE = 'downstream_config_pushes';

type Raw = Record<string, string | number | null>;

const SHORT = ['id', 'at', 'duration_ms', 'user', 'status', 'reverts', 'git', 'summary', 'error'];

export async function recordPush(database: Knex, push: PushRecord, plan: Plan, trace: Trace | null): Promise<void> {
	const row = {
		at: push.at,
		duration_ms: Math.round(push.durationMs),
		user: push.user,
		status: push.status,
		reverts: push.reverts,
		git: push.git === null ? null : JSON.stringify(push.git),
		summary: JSON.stringify(push.summary),
		plan: JSON.stringify(plan),
		trace: trace === null ? null : JSON.stringify(trace),
		error: push.error === null ? null : JSON.stringify(push.error),
	};
	// A push that had to be undone may have been recorded as applied.
	await database(TABLE)
		.insert({ id: push.id, ...row })
		.onConflict('id')
		.merge(row);
}

/** Says how a push ended that was broken off. */
export async function settlePush(
	database: Knex,
	id: string,
	status: PushRecord['status'],
	error: PushRecord['error'],
): Promise<void> {
	await database(TABLE)
		.where({ id, status: 'begun' })
		.update({ status, error: error === null ? null : JSON.stringify(error) });
}

/** A push that was broken off: it has begun, and its process has stopped. */
export interface BrokenOffPush {
	id: string;
	/** ms since 1970. */
	at: number;
	user: string | null;
}

/** What a person has to know of one. */
export const brokenOffText = ({ id, at }: BrokenOffPush): string =>
	`A push of the configuration was broken off half way, at ${new Date(at).toISOString()}: finish it (POST /downstream/config/history/${id}/finish) or undo it (…/revert, or in the Studio under Config, History).`;

/** Pushes that were broken off, oldest first. None as long as a push holds the lease: it may be one of them. */
export async function brokenOffPushes(database: Knex, now: number): Promise<BrokenOffPush[]> {
	const begun = await begunPushes(database);
	return begun.length > 0 && (await isConfigLeaseHeld(database, now)) ? [] : begun;
}

/** Pushes that began and have not ended, oldest first. */
export async function begunPushes(database: Knex): Promise<BrokenOffPush[]> {
	const rows = await database(TABLE)
		.where({ status: 'begun' })
		.orderBy('id')
		.select<{ id: string; at: number | string; user: string | null }[]>('id', 'at', 'user');
	return rows.map(({ id, at, user }) => ({ id, at: Number(at), user }));
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
	git: typeof row['git'] === 'string' ? (JSON.parse(row['git']) as PushRecord['git']) : null,
	summary: JSON.parse(String(row['summary'])) as Plan['summary'],
	error: row['error'] === null ? null : (JSON.parse(String(row['error'])) as PushRecord['error']),
});
