import type { Knex } from 'knex';
import { LIMITS } from '../../schema.js';
import { percentile, targetState } from '../core/target-health.js';
import { newlyHeld, type Holds } from '../core/sync/held-back.js';
import { WITHOUT_EXTENSION, type Diagnostic, type Status, type TargetStatus } from '../core/status.js';
import { DELIVERY_STATUSES, type DeliveryStatus, type TargetKind } from '../core/vocabulary.js';
import type { Runtime } from '../runtime.js';
import { VERSION } from '../version.js';
import { measureOutbox } from '../tables/outbox-table.js';
import { countOpenConflicts } from '../tables/sync-conflict-list.js';
import { readTargetStates } from '../tables/target-state-table.js';

type Raw = Record<string, string | number | null>;

/** Counting delivered rows takes longer the more of them there are; a count this old is as good. */
const DELIVERED_FRESH_MS = 10_000;
let counted: { at: number; delivered: number; cancelled: number; database: Knex } | null = null;

/** Of a queue of this length the oldest is looked for no more often than this. */
const QUEUE_LONG = 10_000;
const QUEUE_FRESH_MS = 5_000;
let queued: { at: number; oldest: Map<string, number>; database: Knex } | null = null;

export async function measure(runtime: Runtime): Promise<Status> {
	const { database, clock, rules, engine, environment } = runtime;
	const now = clock.now();
	const [outbox, open, over, states, conflicts] = await Promise.all([
		measureOutbox(database),
		countOpen(database, now),
		countOver(database, now),
		readTargetStates(database),
		countOpenConflicts(database),
	]);
	const deliveries = Object.fromEntries(DELIVERY_STATUSES.map((status) => [status, 0])) as Record<
		DeliveryStatus,
		number
	>;
	for (const row of open) deliveries[row.status] += row.count;
	deliveries.delivered = over.delivered;
	deliveries.cancelled = over.cancelled;
	const targets = rules
		.targets()
		.filter(({ status }) => status === 'published')
		.map((target): TargetStatus => {
			const state = states.get(target.id);
			const mine = open.filter((row) => row.target === target.id);
			const of = (status: DeliveryStatus) => mine.find((row) => row.status === status)?.count ?? 0;
			const waiting = mine.filter((row) => row.status !== 'failed');
			const oldest = Math.min(now, ...waiting.map((row) => row.oldest));
			const health = state?.health;
			return {
				id: target.id,
				kind: target.kind,
				name: target.name,
				state: health
					? targetState(health, { paused: state.paused, invalid: target.issues.length > 0, retrying: of('retrying') })
					: target.issues.length > 0
						? 'invalid'
						: 'healthy',
				pending: of('pending') + of('retrying') + of('sending'),
				lag_ms: now - oldest,
				last_success_at: iso(health?.lastSuccessAt),
				last_failure_at: iso(health?.lastFailureAt),
				last_error: health?.lastError ?? null,
				p50_ms: percentile(health?.latencies ?? [], 0.5),
				p95_ms: percentile(health?.latencies ?? [], 0.95),
				mode: target.kind === 'sync' ? runtime.sync.modeOf(target.id) : null,
				conflicts: conflicts.get(target.id) ?? 0,
			};
		});
	const pending = outbox.pending + deliveries.pending + deliveries.sending + deliveries.retrying;
	const lag = outbox.oldest === null ? 0 : Math.max(0, now - outbox.oldest);
	return {
		version: VERSION,
		engine: engine.name,
		enabled: environment.DOWNSTREAM_ENABLED,
		nodes: engine.nodes(),
		outbox: {
			pending: outbox.pending + deliveries.pending,
			lag_ms: Math.max(lag, ...open.filter((row) => row.status === 'pending').map((row) => now - row.oldest), 0),
			error: runtime.outboxError(),
		},
		deliveries,
		conflicts: [...conflicts.values()].reduce((sum, count) => sum + count, 0),
		targets,
		diagnostics: diagnose({
			pending,
			plannerLag: lag,
			targets,
			outboxError: runtime.outboxError(),
			off: runtime.off(),
			enabled: environment.DOWNSTREAM_ENABLED,
			failed: deliveries.failed,
			holds: runtime.sync.holds,
		}),
	};
}

function diagnose(facts: {
	pending: number;
	plannerLag: number;
	targets: TargetStatus[];
	outboxError: string | null;
	off: { kind: TargetKind; reason: string }[];
	enabled: boolean;
	failed: number;
	holds(target: string): Holds;
}): Diagnostic[] {
	const found: Diagnostic[] = [];
	const add = (level: Diagnostic['level'], code: string, message: string) => found.push({ level, code, message });
	for (const { kind, reason } of facts.off)
		add('error', 'OFF', `${kind === 'flush' ? 'Flush' : 'Sync'} is off, nothing is recorded or sent for it: ${reason}`);
	if (facts.outboxError)
		add(
			'error',
			'OUTBOX_BROKEN',
			`Changes cannot be recorded and are kept in memory: ${facts.outboxError}. Mend the table downstream_outbox (restarting Directus creates it if it is missing) before this process ends.`,
		);
	if (!facts.enabled)
		add('warning', 'DISABLED', 'Changes are recorded but nothing is sent, because DOWNSTREAM_ENABLED is false.');
	if (facts.pending > LIMITS.queueError)
		add(
			'error',
			'QUEUE',
			`${facts.pending} changes wait to be sent. See which target is slow or failing, and pause or mend it.`,
		);
	else if (facts.pending > LIMITS.queueWarn)
		add('warning', 'QUEUE', `${facts.pending} changes wait to be sent. See which target is slow or failing.`);
	if (facts.plannerLag > 60_000)
		add(
			'error',
			'PLANNER_STALLED',
			`The oldest change has waited ${Math.round(facts.plannerLag / 1000)} s to be planned. The log of Directus says why.`,
		);
	for (const target of facts.targets) {
		if (target.state === 'invalid')
			add(
				'error',
				'TARGET_INVALID',
				`"${target.name}" has an invalid rule or option, which is turned off. Open it to see where.`,
			);
		for (const message of newlyHeld({}, facts.holds(target.id)))
			add('warning', 'SCHEMA_HOLDS', `"${target.name}": ${message}. It is sent as soon as it fits.`);
		for (const [collection, { refused }] of Object.entries(facts.holds(target.id)))
			if (refused.length > 0)
				add(
					'warning',
					'FIELDS_REFUSED',
					`"${target.name}" does not take ${refused.join(', ')} of ${collection}: permit its Data Sync user to write them there, or take them out of the rule.`,
				);
		if (target.mode === 'plain') add('warning', 'NO_EXTENSION', `"${target.name}": ${WITHOUT_EXTENSION}`);
		if (target.state === 'open') {
			const why = target.last_error ? ` (${target.last_error.message})` : '';
			add(
				'error',
				'TARGET_OPEN',
				`"${target.name}" keeps failing${why}. Its changes are collected, and sent as soon as it answers a probe.`,
			);
		}
		if (target.state === 'paused')
			add(
				'warning',
				'TARGET_PAUSED',
				`"${target.name}" is paused; ${target.pending === 1 ? 'one delivery is' : `${target.pending} deliveries are`} collected.`,
			);
	}
	if (facts.failed > 0)
		add(
			'warning',
			'FAILED',
			facts.failed === 1
				? 'One delivery has failed for good. Retry or cancel it.'
				: `${facts.failed} deliveries have failed for good. Retry or cancel them.`,
		);
	return found;
}

interface Open {
	status: DeliveryStatus;
	target: string;
	count: number;
	/** When the oldest of them was made; of failed ones nobody asks. */
	oldest: number;
}

/** Deliveries that are not over, and failed ones: counted by the index alone. */
async function countOpen(database: Knex, now: number): Promise<Open[]> {
	const rows: Raw[] = await database('downstream_deliveries')
		.select('status', 'target')
		.count({ count: '*' })
		.whereIn('status', [...WAITING, 'failed'])
		.groupBy('status', 'target');
	const counts = rows.map((row) => ({
		status: row['status'] as DeliveryStatus,
		target: String(row['target']),
		count: Number(row['count']),
	}));
	const waiting = counts.filter(({ status }) => status !== 'failed').reduce((sum, { count }) => sum + count, 0);
	const oldest = waiting > 0 ? await findOldest(database, now, waiting) : new Map<string, number>();
	return counts.map((row) => ({ ...row, oldest: oldest.get(`${row.status} ${row.target}`) ?? now }));
}

const WAITING: DeliveryStatus[] = ['pending', 'sending', 'retrying'];

/** For that, each row has to be looked at: of a long queue, not at every request. */
async function findOldest(database: Knex, now: number, waiting: number): Promise<Map<string, number>> {
	if (queued && queued.database === database && now - queued.at < QUEUE_FRESH_MS && waiting > QUEUE_LONG)
		return queued.oldest;
	const rows: Raw[] = await database('downstream_deliveries')
		.select('status', 'target')
		.min({ oldest: 'created_at' })
		.whereIn('status', WAITING)
		.groupBy('status', 'target');
	const oldest = new Map(rows.map((row) => [`${row['status']} ${row['target']}`, Number(row['oldest'])]));
	queued = { at: now, oldest, database };
	return oldest;
}

async function countOver(database: Knex, now: number): Promise<{ delivered: number; cancelled: number }> {
	if (counted && counted.database === database && now - counted.at < DELIVERED_FRESH_MS && counted.delivered > 10_000)
		return counted;
	const rows: Raw[] = await database('downstream_deliveries')
		.select('status')
		.count({ count: '*' })
		.whereIn('status', ['delivered', 'cancelled'])
		.groupBy('status');
	const of = (status: string) => Number(rows.find((row) => row['status'] === status)?.['count'] ?? 0);
	counted = { at: now, delivered: of('delivered'), cancelled: of('cancelled'), database };
	return counted;
}

const iso = (at: number | null | undefined) => (at === null || at === undefined ? null : new Date(at).toISOString());
