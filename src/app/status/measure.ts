import { isoTime } from '../../kernel/core/iso-time.js';
import { HEALTHY, heldUntil, nextProbe, percentile, targetState } from '../../delivery/core/target-health.js';
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
		outbox: { pending: capture.unwritten(), lag_ms: 0, error: recording.outboxError() },
		deliveries: none,
		conflicts: 0,
		targets: [],
		triggers: runtime.triggers.status(),
		settings: settings.problems,
		diagnostics: diagnose({
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
			const health = state?.health;
			return {
				id: target.id,
				kind: target.kind,
				name: target.name,
				state: targetState(
					health ?? HEALTHY,
					{
						paused: state?.paused ?? false,
						invalid: target.issues.length > 0,
						unused: target.rules.length === 0,
						retrying: of('retrying'),
						failed: of('failed'),
					},
					now,
				),
				pending: of('pending') + of('retrying') + of('sending'),
				// What waits for a release, or for its hours, is not late.
				lag_ms: isOnTime(target, now) ? 0 : now - oldest,
				last_success_at: isoTime(health?.lastSuccessAt),
				last_failure_at: isoTime(health?.lastFailureAt),
				last_error: health?.lastError ?? null,
				next_probe_at: isoTime(nextProbe(health ?? HEALTHY, now)),
				held_until: isoTime(heldUntil(health ?? HEALTHY, now)),
				batch_bytes: state?.batchBytes ?? null,
				p50_ms: percentile(health?.latencies ?? [], 0.5),
				p95_ms: percentile(health?.latencies ?? [], 0.95),
				fresh: freshness.get(target.id) ?? null,
				mode: target.kind === 'sync' ? runtime.sync.modeOf(target.id) : null,
				clock_ahead_ms: runtime.sync.clockAhead(target.id),
				conflicts: conflicts.get(target.id) ?? 0,
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
	return {
		...processOf(runtime),
		outbox: {
			pending: outbox.pending + deliveries.pending,
			lag_ms: Math.max(lag, ...due.filter((row) => row.status === 'pending').map((row) => now - row.oldest), 0),
			error: runtime.recording.outboxError(),
		},
		deliveries,
		conflicts: [...conflicts.values()].reduce((sum, count) => sum + count, 0),
		targets,
		triggers: runtime.triggers.status(),
		settings: settings.problems,
		diagnostics: diagnose({
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

/** Whether it is as it should be that its changes wait. */
const isOnTime = (target: Parameters<typeof collects>[0], now: number): boolean =>
	collects(target) || nextWindow(target, now) !== null;
