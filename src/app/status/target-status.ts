import type { TargetStatus } from '../../contract/answers/status.js';
import type { DeliveryStatus } from '../../contract/vocabulary.js';
import { conditionsOf, drainMs, stateOf, type TargetFacts } from '../../delivery/core/conditions.js';
import { HEALTHY, heldUntil, nextProbe, percentile } from '../../delivery/core/target-health.js';
import { collects, nextWindow } from '../../delivery/stored.js';
import type { OpenCount } from '../../delivery/tables/delivery-counts.js';
import type { TargetState } from '../../delivery/tables/target-state-table.js';
import type { Freshness } from '../../flush/check/core/summarize-checks.js';
import { isoTime } from '../../kernel/core/iso-time.js';
import { withheldFields } from '../../sync/core/rules/held-back.js';
import type { Sync } from '../../sync/open-sync.js';
import type { Target } from '../../targets/target.js';

/** What the tables say of all targets. */
export interface Measured {
	now: number;
	off: TargetFacts['off'];
	open: readonly OpenCount[];
	states: ReadonlyMap<string, TargetState>;
	/** How soon pages of each flush target were new. */
	freshness: ReadonlyMap<string, Freshness>;
	/** Open conflicts with each remote. */
	conflicts: ReadonlyMap<string, number>;
}

/** One published target, as the status tells it. */
export function targetStatus(
	target: Target,
	{ now, off, open, states, freshness, conflicts }: Measured,
	sync: Pick<Sync, 'conflictsThere' | 'holds' | 'modeOf' | 'clockAhead'>,
): TargetStatus {
	const state = states.get(target.id);
	const mine = open.filter((row) => row.target === target.id);
	const of = (status: DeliveryStatus) => mine.find((row) => row.status === status)?.count ?? 0;
	const waiting = mine.filter((row) => row.status !== 'failed');
	const oldest = Math.min(now, ...waiting.map((row) => row.oldest));
	const health = state?.health ?? HEALTHY;
	const pending = of('pending') + of('retrying') + of('sending');
	const there = sync.conflictsThere(target.id)?.total ?? 0;
	const conditions = conditionsOf(
		health,
		{
			off,
			paused: state?.paused ?? false,
			issues: target.issues.length,
			unused: target.rules.length === 0,
			pending: of('pending'),
			sending: of('sending'),
			retrying: of('retrying'),
			failed: of('failed'),
			conflicts: { local: conflicts.get(target.id) ?? 0, remote: there },
			withheld: withheldFields(sync.holds(target.id)),
		},
		now,
	);
	const p50 = percentile(health.latencies, 0.5);
	return {
		id: target.id,
		kind: target.kind,
		name: target.name,
		state: stateOf(conditions),
		conditions,
		pending,
		lag_ms: waitsOnPurpose(target, now) ? 0 : now - oldest,
		last_success_at: isoTime(health.lastSuccessAt),
		last_failure_at: isoTime(health.lastFailureAt),
		last_error: health.lastError,
		next_probe_at: isoTime(nextProbe(health, now)),
		held_until: isoTime(heldUntil(health, now)),
		batch_bytes: state?.batchBytes ?? null,
		p50_ms: p50,
		p95_ms: percentile(health.latencies, 0.95),
		drain_ms: collects(target) ? null : drainMs({ conditions, queued: pending, p50Ms: p50, ...paceOf(target) }),
		fresh: freshness.get(target.id) ?? null,
		mode: target.kind === 'sync' ? sync.modeOf(target.id) : null,
		clock_ahead_ms: sync.clockAhead(target.id),
		conflicts: conflicts.get(target.id) ?? 0,
		conflicts_there: there,
		on_release: collects(target),
		opens_at: isoTime(nextWindow(target, now)),
	};
}

/** How fast a target may be sent to, as its options say. */
function paceOf({ options }: Target) {
	const {
		batch_size: batchSize = 100,
		concurrency = 1,
		rate = null,
	} = (options ?? {}) as {
		batch_size?: number;
		concurrency?: number;
		rate?: number | null;
	};
	return { batchSize, concurrency, perSecond: rate };
}

/** Whether its changes wait for a release, or for its hours. */
export const waitsOnPurpose = (target: Target, now: number): boolean =>
	collects(target) || nextWindow(target, now) !== null;
