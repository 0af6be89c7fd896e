import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import { HEALTHY, type Health } from '../core/target-health.js';
import { askTogether } from '../../kernel/database/ask-together.js';

const TABLE = 'downstream_targets';
type Raw = Record<string, string | number | null>;

/** What the tables hold of a target beside its settings. */
export interface TargetState {
	health: Health;
	paused: boolean;
	pausedReason: string | null;
	/** Bytes of changes that it is known to take in one request; null where it has refused none. */
	batchBytes: number | null;
}

const UNKNOWN: TargetState = { health: HEALTHY, paused: false, pausedReason: null, batchBytes: null };

const at = (value: string | number | null | undefined) =>
	value === null || value === undefined ? null : Number(value);

function readState(row: Raw): TargetState {
	return {
		paused: Number(row['paused']) === 1,
		pausedReason: row['paused_reason'] === null ? null : String(row['paused_reason']),
		batchBytes: at(row['batch_bytes']),
		health: {
			failures: Number(row['failures']),
			openedAt: at(row['opened_at']),
			probeAt: at(row['probe_at']),
			holdUntil: at(row['hold_until']),
			lastSuccessAt: at(row['last_success_at']),
			lastFailureAt: at(row['last_failure_at']),
			lastError: row['last_error'] ? (JSON.parse(String(row['last_error'])) as Health['lastError']) : null,
			latencies: row['latencies'] ? (JSON.parse(String(row['latencies'])) as number[]) : [],
		},
	};
}

/** Reads one target's state; what several senders ask for at the same time is one query. */
export const createTargetStateReader = (database: Knex) =>
	askTogether(async (targets: string[]): Promise<TargetState[]> => {
		const states = new Map<string, TargetState>();
		for (const group of inGroupsOf(500, [...new Set(targets)])) {
			const rows = await database(TABLE).select<Raw[]>('*').whereIn('target', group);
			for (const row of rows) states.set(String(row['target']), readState(row));
		}
		return targets.map((target) => states.get(target) ?? UNKNOWN);
	});

export async function readTargetStates(database: Knex): Promise<Map<string, TargetState>> {
	const rows = await database(TABLE).select<Raw[]>('*');
	return new Map(rows.map((row) => [String(row['target']), readState(row)]));
}

export async function saveHealth(database: Knex, healths: Map<string, Health>): Promise<void> {
	const rows = [...healths].map(([target, health]): Raw => ({
		target,
		kind: 'flush',
		failures: health.failures,
		opened_at: health.openedAt,
		probe_at: health.probeAt,
		hold_until: health.holdUntil,
		last_success_at: health.lastSuccessAt,
		last_failure_at: health.lastFailureAt,
		last_error: health.lastError ? JSON.stringify(health.lastError) : null,
		latencies: JSON.stringify(health.latencies),
	}));
	for (const group of inGroupsOf(50, rows)) {
		const columns = Object.keys(group[0] ?? {}).filter((column) => column !== 'target' && column !== 'kind');
		await database(TABLE).insert(group).onConflict('target').merge(columns);
	}
}

/** Stops a target. */
export const savePaused = (database: Knex, target: string, reason: string | null): Promise<void> =>
	upsert(database, target, { paused: 1, paused_reason: reason });

/** Stops a target because of an answer, unless it was resumed since the request was made (ms since 1970). */
export async function savePausedByAnswer(
	database: Knex,
	target: string,
	reason: string,
	askedAt: number,
): Promise<void> {
	const paused = { paused: 1, paused_reason: reason };
	const updated = await database(TABLE)
		.where({ target })
		.where((still) => still.whereNull('resumed_at').orWhere('resumed_at', '<=', askedAt))
		.update(paused);
	if (updated > 0) return;
	await database(TABLE)
		.insert({ target, kind: 'flush', ...paused })
		.onConflict('target')
		.ignore();
}

/** Keeps how much the target takes in one request, as a refusal has shown. */
export const saveBatchBytes = (database: Knex, target: string, bytes: number): Promise<void> =>
	upsert(database, target, { batch_bytes: bytes });

/** Starts a target, and forgets that it failed and how much it has refused, so that it is tried at once. */
export const saveResumed = (database: Knex, target: string, now: number): Promise<void> =>
	upsert(database, target, {
		paused: 0,
		paused_reason: null,
		resumed_at: now,
		failures: 0,
		opened_at: null,
		probe_at: null,
		hold_until: null,
		batch_bytes: null,
	});

/** Makes the next probe due at once, where the circuit breaker is open. */
export async function saveProbeDue(database: Knex, target: string, now: number): Promise<void> {
	await database(TABLE).where({ target }).whereNotNull('opened_at').update({ probe_at: now });
}

/** Makes the next request due at once, as a probe where the circuit breaker is open. */
export async function saveTriedNow(database: Knex, target: string, now: number): Promise<void> {
	await database(TABLE).where({ target }).update({ hold_until: null });
	await saveProbeDue(database, target, now);
}

/** Closes the circuit breaker, if it is open. */
export async function saveClosed(database: Knex, target: string): Promise<void> {
	await database(TABLE)
		.where({ target })
		.whereNotNull('opened_at')
		.update({ failures: 0, opened_at: null, probe_at: null });
}

async function upsert(database: Knex, target: string, change: Raw): Promise<void> {
	const updated = await database(TABLE).where({ target }).update(change);
	if (updated === 0)
		await database(TABLE)
			.insert({ target, kind: 'flush', ...change })
			.onConflict('target')
			.merge(change);
}
