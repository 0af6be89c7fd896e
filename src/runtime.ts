import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { v7 } from 'uuid';
import type { Environment } from '../schema.js';
import { FLUSH_TARGETS, REMOTE_SOURCES, type TargetKind } from './core/vocabulary.js';
import { readableColumns } from './core/watch.js';
import { createCapture } from './engine/capture.js';
import type { Work } from './engine/engine.js';
import { createIncidents } from './engine/incidents.js';
import type { Clock, Logger } from './engine/ports.js';
import { openFlushChannel, type FlushDoors } from './engine/flush-channel.js';
import { sendDue, type SendDoors } from './engine/send.js';
import { createAttemptMetrics } from './io/attempt-metrics.js';
import { createAddressGuard, DEFAULT_DENY_LIST } from './io/address-guard.js';
import { createDeliveryQueue } from './tables/delivery-queue.js';
import type { DirectusServices } from './io/directus-services.js';
import { createEmbeddedEngine } from './io/embedded-engine.js';
import { createFlushTargets } from './io/flush-targets.js';
import { countAffected, hasRetrying } from './tables/history-table.js';
import { hookHandle } from './io/hook-handle.js';
import { createHttpClient } from './io/http.js';
import { latestIncident, runningIncidents, saveIncident } from './tables/incident-table.js';
import { createItems } from './io/items.js';
import { createNotifications } from './io/notifications.js';
import { createHourCounts } from './actions/count-hours.js';
import { createConfigDoors } from './actions/config-doors.js';
import { createConfigEngine } from './engine/config/config-engine.js';
import { createTargetStanding } from './actions/target-standing.js';
import { createTidy } from './actions/tidy.js';
import { createInvalidReport } from './actions/report-invalid.js';
import { planOutbox } from './actions/plan-outbox.js';
import { createResponseCache } from './io/response-cache.js';
import { createRulesInForce } from './io/rules-in-force.js';
import { createRemoteSources } from './io/remote-sources.js';
import { createTargetRows } from './io/target-rows.js';
import { createSync } from './runtime-sync.js';
import type { StoredAttempt } from './engine/stored.js';
import { createSharedTransaction } from './tables/shared-transaction.js';
import { VERSION } from './version.js';

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
	const rowsOf = (collection: string) => createTargetRows(database, services, getSchema, collection);
	const [flushRows, sourceRows] = [rowsOf(FLUSH_TARGETS), rowsOf(REMOTE_SOURCES)];
	const flushTargets = createFlushTargets(flushRows, database, getSchema);
	const remoteSources = createRemoteSources(sourceRows, getSchema);
	const engine = createEmbeddedEngine(database, clock, logger);
	const together = createSharedTransaction(database);
	const queue = createDeliveryQueue(database, together);
	const hours = createHourCounts({ database, clock, logger });
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
	const off = new Map<TargetKind, string>();

	const rules = createRulesInForce({
		database,
		clock,
		getSchema: async () => {
			schema = await getSchema({ bypassCache: true });
			recent = { schema, at: clock.now() };
			return schema;
		},
		readTargets: async () => [
			...(off.has('flush') ? [] : await flushTargets.all()),
			...(off.has('sync') ? [] : await remoteSources.all()),
		],
		ruleByHash: flushTargets.ruleByHash,
		changed(targets) {
			void reportInvalid(targets).catch((error: unknown) => logger.error(`[downstream] ${String(error)}`));
			sync.rulesChanged();
		},
	});

	const capture = createCapture({
		clock,
		watch: rules.watch,
		stale: () => ready && rules.stale(),
		refresh: rules.refresh,
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
		usersToNotify: async (target) =>
			(rules.target(target)?.kind === 'sync' ? sourceRows : flushRows).usersToNotify(target),
		targetName: (id) => rules.target(id)?.name ?? id,
		affected: (target, since) => countAffected(database, target, since),
	});

	const incidents = createIncidents({
		clock,
		latest: (target) => latestIncident(database, target),
		running: () => runningIncidents(database),
		save: (incident) => saveIncident(database, incident),
		hasRetrying: (target) => hasRetrying(database, target),
		kindOf: (target) => rules.target(target)?.kind ?? 'flush',
		notify,
	});

	const tidy = createTidy({ database, clock, retention: environment.DOWNSTREAM_RETENTION, incidents });
	/** What else is looked after now and then. */
	const looks: (() => Promise<void>)[] = [];
	const reportInvalid = createInvalidReport({ database, clock, logger, incidents });

	const attempted = (attempt: StoredAttempt) => {
		metrics.observe(attempt);
		hours.attempted(attempt);
	};
	const sync = createSync({
		database,
		services,
		clock,
		logger,
		items,
		rules,
		http,
		getSchema,
		storage: environment.STORAGE_LOCATIONS[0] ?? 'local',
		schema: () => schema,
		attempted,
		captured: (activities, transaction) => capture.onActivity(activities, handle(transaction, null)),
	});
	const { meetAgain } = sync;
	const standing = createTargetStanding({ database, clock, logger, queue, rules, engine, meetAgain });
	const flushDoors: FlushDoors = {
		clock,
		logger,
		items,
		ruleOf: rules.ruleOf,
		send: http.send,
		attempted,
		beforeRead: createResponseCache({ database, services, getSchema, environment }),
	};

	const sendDoors: SendDoors = {
		clock,
		queue,
		target: rules.published,
		open: (target, allowed) =>
			target.kind === 'sync' ? sync.open(target, allowed) : openFlushChannel(target, flushDoors, allowed),
		state: standing.of,
		pause: (target, reason, askedAt) => standing.pauseByAnswer(target.id, reason, askedAt),
		settled(target, health, settlements) {
			standing.hasHealth(target.id, health);
			hours.settled(target.id, settlements);
			return incidents.settled(target.id, settlements);
		},
		slots: { take: () => slots > 0 && ((slots -= 1), true), give: () => void (slots += 1) },
	};

	const work: Work = {
		async plan() {
			const plan = { items, clock, primary: (collection: string) => schema?.collections[collection]?.primary ?? 'id' };
			const { due, more } = await planOutbox({ database, clock, logger, rules, together, plan, sync });
			if (environment.DOWNSTREAM_ENABLED) for (const [target, at] of due) engine.wake(target, at);
			return more;
		},
		async send(target, stopping, listen) {
			if (!environment.DOWNSTREAM_ENABLED) return null;
			if (!rules.target(target)) await standing.abandonIfDeleted(target);
			return sendDue(target, sendDoors, stopping, listen);
		},
		async recover(target) {
			standing.forget(target);
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
			await sync.refresh();
			for (const look of looks) await look();
			await tidy();
		},
	};

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
		sync,
		config: createConfigEngine(
			createConfigDoors({ database, services, getSchema, clock, logger, pushed: rules.reload }),
		),
		getSchema,
		services,
		pause: standing.pause,
		resume: standing.resume,
		/** Has something looked after at every poll. */
		lookAfter: (look: () => Promise<void>) => void looks.push(look),
		/** Why the outbox cannot be written, or null. */
		outboxError: () => outboxError,
		/** Which kinds are off altogether, and why. */
		off: () => [...off].map(([kind, reason]) => ({ kind, reason })),
		isOff: (kind: TargetKind) => off.has(kind),
		turnOff: (kind: TargetKind, reason: string) => void off.set(kind, reason),
		/** Reads the rules; from then on changes are captured. */
		async load(): Promise<void> {
			await sync.load();
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
