import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { v7 } from 'uuid';
import type { Environment } from '../schema.js';
import { readableColumns } from './core/watch.js';
import { createCapture } from './engine/capture.js';
import type { Work } from './engine/engine.js';
import { createIncidents } from './engine/incidents.js';
import type { Clock, Logger } from './engine/ports.js';
import { sendDue, type SendDoors } from './engine/send.js';
import { createAttemptMetrics } from './io/attempt-metrics.js';
import { createAddressGuard, DEFAULT_DENY_LIST } from './io/address-guard.js';
import { createDeliveryQueue } from './tables/delivery-queue.js';
import type { DirectusServices } from './io/directus-services.js';
import { createEmbeddedEngine } from './io/embedded-engine.js';
import { createFlushTargets } from './io/flush-targets.js';
import { countAffected, hasRetrying, removeOld } from './tables/history-table.js';
import { removeOldHours } from './tables/hour-table.js';
import { hookHandle } from './io/hook-handle.js';
import { createHttpClient } from './io/http.js';
import { latestIncident, runningIncidents, saveIncident } from './tables/incident-table.js';
import { createItems } from './io/items.js';
import { acquireLease } from './tables/leases.js';
import { createNotifications } from './io/notifications.js';
import { createHourCounts } from './actions/count-hours.js';
import { createConfigDoors } from './actions/config-doors.js';
import { createConfigEngine } from './engine/config/config-engine.js';
import { createInvalidReport } from './actions/report-invalid.js';
import { planOutbox } from './actions/plan-outbox.js';
import { createRulesInForce } from './io/rules-in-force.js';
import { createSharedTransaction } from './tables/shared-transaction.js';
import { createTargetStateReader, savePaused, type TargetState } from './tables/target-state-table.js';
import { VERSION } from './version.js';

/** How long another process' pausing of a target may go unnoticed. */
const STATE_FRESH_MS = 400;

/** Twice the longest time that `/throughput` looks back. */
const HOURS_KEPT_MS = 14 * 86_400_000;

/** What the host gives an extension, as far as the runtime needs it. */
export interface Host {
	database: Knex;
	services: DirectusServices;
	getSchema: (options?: { database?: Knex; bypassCache?: boolean }) => Promise<SchemaOverview>;
	logger: Logger;
	environment: Environment;
}

const clock: Clock = { now: () => Date.now(), random: () => Math.random(), id: () => v7() };

/**
 * The one place where doors meet use cases. Made synchronously when the extension is loaded, so that nothing that
 * happens before the start-up is over is missed; `start` is called when this process serves requests, and not in
 * command-line processes, which capture but never send.
 */
export function createRuntime(host: Host) {
	const { database, services, getSchema, logger, environment } = host;
	let recent: { schema: SchemaOverview; at: number } | null = null;
	/** Directus copies its whole schema each time it is asked (a third of a sender's CPU), so items are read with one of this second. */
	const recentSchema = async (): Promise<SchemaOverview> => {
		if (!recent || clock.now() - recent.at > 1_000) recent = { schema: await getSchema(), at: clock.now() };
		return recent.schema;
	};
	const items = createItems(database, services, recentSchema);
	const flushTargets = createFlushTargets(database, services, getSchema);
	const engine = createEmbeddedEngine(database, clock, logger);
	const together = createSharedTransaction(database);
	const queue = createDeliveryQueue(database, together);
	const hours = createHourCounts({ database, clock, logger });
	const readTargetState = createTargetStateReader(database);
	const metrics = createAttemptMetrics();
	const http = createHttpClient(
		createAddressGuard(environment.DOWNSTREAM_IP_DENY_LIST ?? environment.IMPORT_IP_DENY_LIST ?? DEFAULT_DENY_LIST),
		`directus-extension-downstream/${VERSION}`,
	);
	const handle = (knex: Knex, known: SchemaOverview | null) =>
		hookHandle(knex, services, known ?? schema ?? { collections: {}, relations: [] });
	let slots = environment.DOWNSTREAM_CONCURRENCY;
	/** As it was when the rules were last read: for lookups where nothing may be awaited. */
	let schema: SchemaOverview | null = null;
	let ready = false;
	let outboxError: string | null = null;
	let off: string | null = null;
	let tidiedAt = 0;

	const rules = createRulesInForce({
		database,
		clock,
		getSchema: async () => {
			schema = await getSchema({ bypassCache: true });
			recent = { schema, at: clock.now() };
			return schema;
		},
		readTargets: flushTargets.all,
		ruleByHash: flushTargets.ruleByHash,
		changed: (targets) =>
			void reportInvalid(targets).catch((error: unknown) => logger.error(`[downstream] ${String(error)}`)),
	});

	const capture = createCapture({
		clock,
		watch: rules.watch,
		stale: () => ready && rules.stale(),
		primary: (collection) => schema?.collections[collection]?.primary ?? null,
		columns: (collection) => readableColumns(schema, collection),
		afterCommit: () => handle(database, null),
		wake: () => engine.wake('plan'),
		broken(error) {
			if (outboxError === null)
				logger.error(
					`[downstream] the outbox cannot be written; changes are kept in memory and written as soon as it can: ${error instanceof Error ? error.message : String(error)}`,
				);
			outboxError = error instanceof Error ? error.message : String(error);
		},
	});

	const notify = createNotifications({
		database,
		services,
		getSchema,
		logger,
		publicUrl: environment.PUBLIC_URL,
		usersToNotify: flushTargets.usersToNotify,
		targetName: (id) => rules.target(id)?.name ?? id,
		affected: (target, since) => countAffected(database, target, since),
	});

	const incidents = createIncidents({
		clock,
		latest: (target) => latestIncident(database, target),
		running: () => runningIncidents(database),
		save: (incident) => saveIncident(database, incident),
		hasRetrying: (target) => hasRetrying(database, target),
		notify,
	});

	const reportInvalid = createInvalidReport({ database, clock, logger, incidents });

	const sendDoors: SendDoors = {
		clock,
		logger,
		queue,
		items,
		target: rules.published,
		ruleOf: rules.ruleOf,
		state: stateOf,
		send: http.send,
		attempted(attempt) {
			metrics.observe(attempt);
			hours.attempted(attempt);
		},
		beforeRead: clearResponseCache,
		gone: (target, message) => pause(target.id, message),
		settled(target, health, settlements) {
			const known = states.get(target.id);
			if (known) known.state = { ...known.state, health };
			hours.settled(target.id, settlements);
			return incidents.settled(target.id, settlements);
		},
		slots: { take: () => slots > 0 && ((slots -= 1), true), give: () => void (slots += 1) },
	};

	/** Senders ask often; the one that holds a target's lease is the only one that changes its health. */
	const states = new Map<string, { at: number; state: TargetState }>();

	async function stateOf(id: string): Promise<TargetState> {
		const known = states.get(id);
		if (known && clock.now() - known.at < STATE_FRESH_MS) return known.state;
		const state = await readTargetState(id);
		states.set(id, { at: clock.now(), state });
		return state;
	}

	const work: Work = {
		async plan() {
			const plan = { items, clock, primary: (collection: string) => schema?.collections[collection]?.primary ?? 'id' };
			const { due, more } = await planOutbox({ database, clock, logger, rules, together, plan });
			if (environment.DOWNSTREAM_ENABLED) for (const [target, at] of due) engine.wake(target, at);
			return more;
		},
		async send(target, stopping) {
			if (!environment.DOWNSTREAM_ENABLED) return null;
			if (!rules.target(target)) await abandonIfDeleted(target);
			return sendDue(target, sendDoors, stopping);
		},
		async recover(target) {
			states.delete(target);
			const recovered = await queue.recover(target);
			if (recovered > 0)
				logger.info(
					`[downstream] ${recovered} deliveries that were being sent when their process stopped are sent again`,
				);
		},
		async waiting() {
			if (!environment.DOWNSTREAM_ENABLED) return [];
			const isServed = (id: string) => !rules.target(id) || rules.published(id) !== null;
			return (await queue.waiting()).filter(({ target }) => isServed(target));
		},
		async tick() {
			await rules.refresh();
			if (capture.unwritten() > 0) await capture.recordLater([]);
			if (capture.unwritten() === 0) outboxError = null;
			await hours.tick();
			await tidy();
		},
	};

	async function pause(target: string, reason: string | null): Promise<void> {
		await savePaused(database, target, true, reason);
		states.delete(target);
	}

	/** Starts a target again, as if it had never failed, with what was collected. */
	async function resume(target: string): Promise<void> {
		await savePaused(database, target, false, null);
		states.delete(target);
		await queue.hurry(target, clock.now());
		engine.wake(target);
	}

	/** What a target is still owed ends with the target; it may also be one that this node has not read yet. */
	async function abandonIfDeleted(target: string): Promise<void> {
		await rules.reload();
		if (rules.target(target)) return;
		const abandoned = await queue.abandon(target, clock.now());
		if (abandoned > 0)
			logger.info(`[downstream] ${abandoned} deliveries were cancelled, because their target was deleted`);
	}

	/**
	 * Directus tells of a created item before it clears its response cache; a front end that refetches at once would be
	 * served the old answer. Clearing it once more, right before values are read and sent, closes that gap.
	 */
	async function clearResponseCache(): Promise<void> {
		if (!environment.CACHE_ENABLED || !environment.CACHE_AUTO_PURGE) return;
		const accountability = { admin: true, app: true, user: null, role: null, roles: [], ip: null };
		await new services.UtilsService({ schema: await getSchema(), knex: database, accountability }).clearCache({
			system: false,
		});
	}

	/** Retention and daily digests: once an hour, on one node. */
	async function tidy(): Promise<void> {
		const now = clock.now();
		if (now - tidiedAt < 3_600_000) return;
		tidiedAt = now;
		if (!(await acquireLease(database, 'tidy', clock.id(), 3_000_000, now))) return;
		await removeOld(database, now - environment.DOWNSTREAM_RETENTION);
		await removeOldHours(database, now - HOURS_KEPT_MS);
		await incidents.digest();
	}

	return {
		clock,
		database,
		logger,
		environment,
		items,
		rules,
		queue,
		engine,
		capture,
		handle,
		http,
		metrics,
		hours,
		incidents,
		config: createConfigEngine(
			createConfigDoors({ database, services, getSchema, clock, logger, pushed: rules.reload }),
		),
		getSchema,
		services,
		pause,
		resume,
		/** Why the outbox cannot be written, or null. */
		outboxError: () => outboxError,
		/** Why flush is off altogether, or null. */
		off: () => off,
		turnOff: (reason: string) => void (off = reason),
		/** Reads the rules; from then on changes are captured. */
		async load(): Promise<void> {
			await rules.reload();
			ready = true;
		},
		start(): void {
			engine.start(work);
		},
		async stop(): Promise<void> {
			// At once too: Directus may have closed the database by the time that the senders have come to their end.
			await hours.write();
			await engine.stop();
			await hours.write();
			await http.close();
		},
	};
}

export type Runtime = ReturnType<typeof createRuntime>;
