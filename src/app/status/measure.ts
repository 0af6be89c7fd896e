import { overallOf } from '../../delivery/core/conditions.js';
import type { Status } from '../../contract/answers/status.js';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../../contract/vocabulary.js';
import type { Runtime } from '../runtime.js';
import { diagnose } from './diagnose.js';
import { waitsOnPurpose, targetStatus } from './target-status.js';
import type { OpenCount } from '../../delivery/tables/delivery-counts.js';
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

/** The facts for diagnostics that no table is needed for. */
const factsOf = ({ engine, recording, seesStatements, triggers, off, identity, settings }: Runtime) => ({
	engine: engine.working(),
	startError: recording.startError(),
	seesStatements: seesStatements(),
	triggers: triggers.status(),
	off: off(),
	held: identity.status().reason,
	settings: settings.problems,
	isSwitchedOff: settings.isSwitchedOff,
});

function measureNothing(runtime: Runtime): Status {
	const { settings, recording, capture } = runtime;
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
			...factsOf(runtime),
			now: runtime.clock.now(),
			pending: capture.unwritten(),
			plannerLag: 0,
			targets: [],
			outboxError: null,
			caughtUp: null,
			failed: 0,
			brokenOff: [],
			drift: null,
			holds: () => ({}),
			peer: () => null,
		}),
	};
}

async function measureTables(runtime: Runtime): Promise<Status> {
	const { database, clock, rules, settings } = runtime;
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
	const measured = { now, off: offOf(runtime), open, states, freshness: summarizeChecks(checks), conflicts };
	const targets = rules
		.targets()
		.filter(({ status }) => status === 'published')
		.map((target) => targetStatus(target, measured, runtime.sync));
	const onPurpose = new Set(rules.targets().flatMap((target) => (waitsOnPurpose(target, now) ? [target.id] : [])));
	const { pending, plannerLag, lagMs } = waitingOf(outbox, open, onPurpose, now);
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
			...factsOf(runtime),
			now,
			pending,
			plannerLag,
			targets,
			outboxError: runtime.recording.startError() === null ? runtime.recording.outboxError() : null,
			caughtUp: runtime.recording.caughtUp(),
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

/** How many changes wait, and how late the oldest is; those that wait on purpose do not count. */
function waitingOf(
	outbox: { pending: number; oldest: number | null },
	open: OpenCount[],
	onPurpose: ReadonlySet<string>,
	now: number,
) {
	const due = open.filter(({ target, status }) => status !== 'failed' && !onPurpose.has(target));
	const plannerLag = outbox.oldest === null ? 0 : Math.max(0, now - outbox.oldest);
	const deliveryLag = due.filter(({ status }) => status === 'pending').map(({ oldest }) => now - oldest);
	return {
		pending: outbox.pending + due.reduce((sum, { count }) => sum + count, 0),
		plannerLag,
		lagMs: Math.max(plannerLag, ...deliveryLag, 0),
	};
}
