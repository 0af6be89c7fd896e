import { isoTime } from '../../kernel/core/iso-time.js';
import { HEALTHY, heldUntil, nextProbe, percentile } from '../../delivery/core/target-health.js';
import { conditionsOf, drainMs, overallOf, stateOf } from '../../delivery/core/conditions.js';
import { withheldFields } from '../../sync/core/rules/held-back.js';
import type { Status, TargetStatus } from '../../contract/answers/status.js';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../../contract/vocabulary.js';
import { collects, nextWindow } from '../../delivery/stored.js';
import type { Runtime } from '../runtime.js';
import { diagnose } from './diagnose.js';
import { summarizeChecks } from '../../flush/check/core/summarize-checks.js';
import { recentChecks } from '../../flush/tables/check-table.js';
import { VERSION } from '../../kernel/core/version.js';
import { readDrift } from '../../config/tables/drift-table.js';
import { brokenOffPushes } from '../../config/tables/config-history.js';
import { measureOutbox } from '../../capture/tables/outbox-table.js';
import { countOpenConflicts } from '../../sync/tables/sync-conflict-list.js';
import { readTargetStates } from '../../delivery/tables/target-state-table.js';

/** The figures of pages are of the last day. */
const CHECKS_WITHIN_MS = 86_400_000;

/** The status. While Downstream is not ready its tables may not be readable: then it says what is known without them. */
export async function measure(runtime: Runtime): Promise<Status> {
	if (runtime.recording.startError() === null) return measureTables(runtime);
	return measureTables(runtime).catch(() => measureNothing(runtime));
}

/** What is known without the database. */
function processOf({ engine, settings, budget, identity }: Runtime) {
	const { name, why } = engine.working();
	return {
		version: VERSION,
		engine: name,
		engine_reason: why,
		enabled: settings.sends,
		nodes: engine.nodes(),
		background: budget.load(),
		identity: identity.status(),
	};
}

function measureNothing(runtime: Runtime): Status {
	const { engine, settings, recording, off, capture, identity } = runtime;
	const none = Object.fromEntries(DELIVERY_STATUSES.map((status) => [status, 0])) as Record<DeliveryStatus, number>;
	return {
		...processOf(runtime),
		overall: overallOf({
			isBroken: true,
			off: offOf(runtime),
			targets: [],
			due: capture.unwritten(),
			lagMs: 0,
			otherConflicts: 0,
		}),
		outbox: { pending: capture.unwritten(), lag_ms: 0, error: recording.outboxError() },
		deliveries: none,
		conflicts: 0,
		targets: [],
		triggers: runtime.triggers.status(),
		settings: settings.problems,
		diagnostics: diagnose({
			now: runtime.clock.now(),
			pending: capture.unwritten(),
			plannerLag: 0,
			targets: [],
			engine: engine.working(),
			startError: recording.startError(),
			outboxError: null,
			seesStatements: runtime.seesStatements(),
			caughtUp: null,
			triggers: runtime.triggers.status(),
			off: off(),
			held: identity.status().reason,
			settings: settings.problems,
			isSwitchedOff: settings.isSwitchedOff,
			failed: 0,
			brokenOff: [],
			drift: null,
			holds: () => ({}),
			peer: () => null,
		}),
	};
}

async function measureTables(runtime: Runtime): Promise<Status> {
	const { database, clock, rules, engine, settings } = runtime;
	const now = clock.now();
	const [outbox, open, over, states, checks, conflicts, brokenOff, drift] = await Promise.all([
		measureOutbox(database),
		runtime.deliveryCounts.open(now),
		runtime.deliveryCounts.over(now),
		readTargetStates(database),
		recentChecks(database, now - CHECKS_WITHIN_MS),
		countOpenConflicts(database),
		brokenOffPushes(database, now),
		runtime.environment.DOWNSTREAM_DRIFT === null ? null : readDrift(database),
	]);
	const deliveries = Object.fromEntries(DELIVERY_STATUSES.map((status) => [status, 0])) as Record<
		DeliveryStatus,
		number
	>;
	for (const row of open) deliveries[row.status] += row.count;
	deliveries.delivered = over.delivered;
	deliveries.cancelled = over.cancelled;
	const freshness = summarizeChecks(checks);
	const targets = rules
		.targets()
		.filter(({ status }) => status === 'published')
		.map((target): TargetStatus => {
			const state = states.get(target.id);
			const mine = open.filter((row) => row.target === target.id);
			const of = (status: DeliveryStatus) => mine.find((row) => row.status === status)?.count ?? 0;
			const waiting = mine.filter((row) => row.status !== 'failed');
			const oldest = Math.min(now, ...waiting.map((row) => row.oldest));
			const health = state?.health ?? HEALTHY;
			const pending = of('pending') + of('retrying') + of('sending');
			const there = runtime.sync.conflictsThere(target.id)?.total ?? 0;
			const conditions = conditionsOf(
				health,
				{
					off: offOf(runtime),
					paused: state?.paused ?? false,
					issues: target.issues.length,
					unused: target.rules.length === 0,
					pending: of('pending'),
					sending: of('sending'),
					retrying: of('retrying'),
					failed: of('failed'),
					conflicts: { local: conflicts.get(target.id) ?? 0, remote: there },
					withheld: withheldFields(runtime.sync.holds(target.id)),
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
				// What waits for a release, or for its hours, is not late.
				lag_ms: isOnTime(target, now) ? 0 : now - oldest,
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
				mode: target.kind === 'sync' ? runtime.sync.modeOf(target.id) : null,
				clock_ahead_ms: runtime.sync.clockAhead(target.id),
				conflicts: conflicts.get(target.id) ?? 0,
				conflicts_there: there,
				on_release: collects(target),
				opens_at: isoTime(nextWindow(target, now)),
			};
		});
	const collecting = new Set(
		rules
			.targets()
			.filter((target) => isOnTime(target, now))
			.map(({ id }) => id),
	);
	const due = open.filter(({ target, status }) => status !== 'failed' && !collecting.has(target));
	const pending = outbox.pending + due.reduce((sum, { count }) => sum + count, 0);
	const lag = outbox.oldest === null ? 0 : Math.max(0, now - outbox.oldest);
	const lagMs = Math.max(lag, ...due.filter((row) => row.status === 'pending').map((row) => now - row.oldest), 0);
	const known = new Set(targets.map(({ id }) => id));
	return {
		...processOf(runtime),
		overall: overallOf({
			isBroken: runtime.recording.startError() !== null || runtime.recording.outboxError() !== null,
			off: offOf(runtime),
			targets,
			due: pending,
			lagMs,
			otherConflicts: [...conflicts].reduce((sum, [target, count]) => sum + (known.has(target) ? 0 : count), 0),
		}),
		outbox: {
			pending: outbox.pending + deliveries.pending,
			lag_ms: lagMs,
			error: runtime.recording.outboxError(),
		},
		deliveries,
		conflicts: [...conflicts.values()].reduce((sum, count) => sum + count, 0),
		targets,
		triggers: runtime.triggers.status(),
		settings: settings.problems,
		diagnostics: diagnose({
			now,
			pending,
			plannerLag: lag,
			targets,
			engine: engine.working(),
			startError: runtime.recording.startError(),
			outboxError: runtime.recording.startError() === null ? runtime.recording.outboxError() : null,
			caughtUp: runtime.recording.caughtUp(),
			triggers: runtime.triggers.status(),
			seesStatements: runtime.seesStatements(),
			off: runtime.off(),
			held: runtime.identity.status().reason,
			settings: settings.problems,
			isSwitchedOff: settings.isSwitchedOff,
			failed: deliveries.failed,
			brokenOff,
			drift,
			holds: runtime.sync.holds,
			peer: runtime.sync.peer,
		}),
	};
}

/** Why nothing at all is sent by this instance. */
const offOf = ({ settings, identity }: Runtime) =>
	identity.isHeld() ? ('identity' as const) : settings.sends ? null : ('setting' as const);

/** How fast a target may be sent to, as its options say. */
function paceOf({ options }: { options: object | null }) {
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

/** Whether it is as it should be that its changes wait. */
const isOnTime = (target: Parameters<typeof collects>[0], now: number): boolean =>
	collects(target) || nextWindow(target, now) !== null;
