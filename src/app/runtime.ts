import type { Logger } from '../kernel/ports.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { createBackgroundBudget } from '../delivery/core/background-budget.js';
import { fileSettings } from '../sync/core/wire/file-limits.js';
import type { Environment } from '../../schema.js';
import { FLUSH_TARGETS, REMOTE_SOURCES } from '../contract/vocabulary.js';
import { createWork } from './work.js';
import { openGuardedChannel } from '../targets/refuse-deliveries.js';
import type { SendPorts } from '../delivery/turn.js';
import { createAttemptMetrics } from '../delivery/attempt-metrics.js';
import { createDeliveryCounts } from '../delivery/tables/delivery-counts.js';
import { createDeliveryQueue } from '../delivery/tables/delivery-queue.js';
import type { DirectusServices } from '../kernel/directus-services.js';
import { createDatabaseClock } from '../kernel/database-clock.js';
import { readDatabaseTime } from '../kernel/database/database-time.js';
import { withStarts } from '../sync/link/with-starts.js';
import { fixTimes } from '../kernel/database/fix-times.js';
import { chooseEngine } from '../delivery/engines/choose-engine.js';
import type { RedisSettings } from '../kernel/core/redis-settings.js';
import { createFlushTargets } from '../targets/flush-targets.js';
import { createHttpClient } from '../kernel/http.js';
import { createItems } from '../kernel/items.js';
import { createIdentity } from '../identity/identity.js';
import { createHourCounts } from '../delivery/count-hours.js';
import { createTargetStanding } from '../targets/target-standing.js';
import { createTriggerKeeper } from '../capture/keep-triggers.js';
import { createTidy } from './tidy.js';
import { createInvalidReport } from '../targets/report-invalid.js';
import { createOutboxPlanner } from './plan-outbox.js';
import { readPlace } from '../identity/read-place.js';
import { createPublisherRights } from '../targets/publisher-rights.js';
import { createRulesInForce } from '../targets/rules-in-force.js';
import { createRemoteSources } from '../sync/link/remote-sources.js';
import type { Target } from '../targets/target.js';
import { createTargetRows } from '../targets/target-rows.js';
import { openPageChecks } from '../flush/check/open-checks.js';
import { createFlushPorts } from '../flush/open-flush.js';
import { createPageRegistry } from '../flush/pages/page-registry.js';
import { createConfig } from './config-jobs.js';
import { createRuntimeCapture } from './runtime-capture.js';
import type { SettingProblem } from '../contract/answers/status.js';
import { ownNamesOnly } from '../kernel/core/own-names.js';
import { createNotifyUsers } from '../delivery/notifications.js';
import { openIncidents } from '../delivery/open-incidents.js';
import { createRecording } from '../capture/recording.js';
import { openSettings } from './runtime-settings.js';
import { createRuntimeSync } from './runtime-sync.js';
import { ownership } from './leave-to-original.js';
import { createKindsOff } from './kinds-off.js';
import { createSchemas } from './schemas.js';
import { createPollTasks } from './poll-tasks.js';
import type { StoredAttempt } from '../delivery/stored.js';
import { createSharedTransaction } from '../kernel/database/shared-transaction.js';
import { VERSION } from '../kernel/core/version.js';

/** What the host gives an extension, as far as the runtime needs it. */
export interface Host {
	database: Knex;
	services: DirectusServices;
	getSchema: (options?: { database?: Knex; bypassCache?: boolean }) => Promise<SchemaOverview>;
	logger: Logger;
	environment: Environment;
	/** How to reach Directus' Redis; null where it has none. */
	redis: RedisSettings | null;
	/** What of the environment could not be read. */
	problems: readonly SettingProblem[];
}

/**
 * Creates every part and connects them. Runs synchronously when the extension is loaded, so that changes during the
 * start-up are captured, too. `start` is called once this process serves requests; command-line processes never call it:
 * they capture, but never send.
 */
export function createRuntime(host: Host) {
	const { database, services, logger, environment } = host;
	const getSchema: Host['getSchema'] = async (options) => ownNamesOnly(await host.getSchema(options));
	const clock = createDatabaseClock(() => readDatabaseTime(database));
	const schemas = createSchemas(clock, getSchema);
	const schema = schemas.known;
	const items = createItems(database, services, schemas.recent);
	const rowsOf = (collection: string) => createTargetRows(database, services, getSchema, collection);
	const [flushRows, sourceRows] = [rowsOf(FLUSH_TARGETS), rowsOf(REMOTE_SOURCES)];
	const flushTargets = createFlushTargets(flushRows, database, getSchema);
	const remoteSources = createRemoteSources(sourceRows, getSchema);
	const rights = createPublisherRights({ database, services, getSchema });
	const budget = createBackgroundBudget(() => performance.now());
	const engine = chooseEngine({ database, clock, logger, budget }, environment.DOWNSTREAM_ENGINE, host.redis);
	const together = createSharedTransaction(database, budget.measure);
	const queue = createDeliveryQueue(database, together, engine.node);
	const hours = createHourCounts({ database, clock, logger });
	const metrics = createAttemptMetrics();
	const { guard, settings } = openSettings(environment, host.problems);
	const http = createHttpClient(guard, `directus-extension-downstream/${VERSION}`);
	let slots = environment.DOWNSTREAM_CONCURRENCY;
	const kinds = createKindsOff();

	const rules = createRulesInForce({
		database,
		clock,
		passed: () => performance.now(),
		getSchema: schemas.renew,
		readTargets: async () =>
			rights.within([
				...(kinds.isOff('flush') ? [] : await flushTargets.all()),
				...(kinds.isOff('sync') ? [] : await remoteSources.all()),
			]),
		ruleByHash: rights.ofRules(flushTargets.ruleByHash),
		changed(targets) {
			void reportInvalid(targets).catch((error: unknown) => logger.error(`[downstream] ${String(error)}`));
			sync.rulesChanged();
			triggers.due();
			void standing.abandonDeleted().catch((error: unknown) => logger.error(`[downstream] ${String(error)}`));
		},
	});

	const { capture, handle, seesStatements, showSchema } = createRuntimeCapture({
		...host,
		clock,
		recording: () => recording,
		rules,
		schema,
		wake: () => (budget.saved(), engine.wake('plan')),
		marksWriter: settings.triggers !== 'off',
	});
	const keeping = { database, clock, logger, mode: settings.triggers, watch: rules.watch, schema };
	const triggers = createTriggerKeeper(keeping);
	const notifyUsers = createNotifyUsers({ ...host, getSchema, publicUrl: environment.PUBLIC_URL });
	const usersOf = (target: string) =>
		(rules.target(target)?.kind === 'sync' ? sourceRows : flushRows).usersToNotify(target);
	const incidents = openIncidents({
		...host,
		http,
		notifyUsers,
		clock,
		sends: () => settings.sends && !identity.isHeld(),
		kindOf: (target) => rules.target(target)?.kind ?? 'flush',
		nameOf: (target) => rules.target(target)?.name ?? target,
		usersOf,
	});
	const { DOWNSTREAM_RETENTION: retention, DOWNSTREAM_PAGES_RETENTION: pagesRetention } = environment;
	const tidy = createTidy({ database, clock, retention, pagesRetention, incidents });
	const pages = createPageRegistry({ database, clock, passed: () => performance.now() });
	const recording = createRecording({
		...host,
		clock,
		rules,
		capture: () => capture,
		watched: () => [...rules.watch().collections.keys()],
		untracked: () =>
			[...rules.watch().collections.keys()].filter((name) => schema()?.collections[name]?.accountability === null),
		wake: () => engine.wake('plan'),
	});
	const reportInvalid = createInvalidReport({ database, clock, logger, incidents });
	const attempted = (attempt: StoredAttempt) => {
		metrics.observe(attempt);
		hours.attempted(attempt);
	};
	const { sync, runs } = createRuntimeSync({
		database,
		services,
		clock,
		logger,
		engine,
		items,
		rules,
		http: withStarts(http, database, (message) => identity.dispute(message)),
		getSchema,
		...fileSettings(environment),
		schema,
		attempted,
		captured: (activities, transaction) => capture.onActivity(activities, handle(transaction, null)),
	});
	const { meetAgain } = sync;
	const standing = createTargetStanding({ database, clock, logger, queue, rules, engine, incidents, meetAgain });
	const identity = createIdentity({
		database,
		clock,
		logger,
		setting: environment.DOWNSTREAM_IDENTITY,
		readPlace: () => readPlace(database, environment.PUBLIC_URL),
		reload: () => sync.load().then(rules.reload),
		...ownership(schema),
		pause: standing.pause,
	});
	const { delivered } = openPageChecks({ ...host, clock, http, registry: metrics.registry, incidents });
	const sending = { ...host, clock, items, rules, http, queue, standing, engine, attempted, delivered, pages };
	const flushPorts = { ...createFlushPorts(sending), refusalOf: rules.refusalOf };

	const configuration = createConfig({ ...host, getSchema, clock, pushed: rules.reload }, engine.node);
	const { pause, resume, probe, tryNow, closeBreaker } = standing;
	const plan = { items, clock, primary: (collection: string) => schema()?.collections[collection]?.primary ?? 'id' };
	const planOutbox = createOutboxPlanner({ database, clock, logger, rules, together, plan, sync });
	const ports = { ...host, getSchema, clock, items, rules, engine, http, sync, identity, settings, triggers, resume };
	const pollTasks = createPollTasks({ ...ports, incidents, notifyUsers, usersOf, runs, drift: configuration.drift });

	const sendPorts: SendPorts<Target> = {
		clock,
		queue,
		target: rules.published,
		open: (target, allowed) =>
			target.kind === 'sync' ? sync.open(target, allowed) : openGuardedChannel(target, flushPorts, allowed),
		state: standing.of,
		pause: (target, reason, askedAt) => standing.pauseByAnswer(target.id, reason, askedAt),
		settled(target, health, settlements) {
			standing.hasHealth(target.id, health);
			hours.settled(target.id, settlements);
			return incidents.settled(target.id, settlements);
		},
		allowances: new Map(),
		slots: { take: () => slots > 0 && ((slots -= 1), true), give: () => void (slots += 1) },
	};

	const work = createWork({
		clock,
		logger,
		engine,
		queue,
		rules,
		standing,
		sendPorts,
		sends: settings.sends,
		instance: () => (identity.isHeld() ? null : sync.instance()),
		plan: planOutbox,
		async tick() {
			await clock.align();
			await rules.refresh();
			await identity.refresh();
			await recording.tick();
			await hours.tick();
			if (!identity.isHeld()) await sync.refresh();
			await pollTasks();
			await tidy();
		},
	});

	return {
		clock,
		database,
		logger,
		environment,
		settings,
		items,
		rules,
		queue,
		engine,
		budget,
		capture,
		handle,
		http,
		metrics,
		hours,
		deliveryCounts: createDeliveryCounts(database),
		incidents,
		identity,
		pages,
		sync,
		runs,
		triggers,
		...configuration,
		getSchema,
		services,
		pause,
		resume,
		probe,
		closeBreaker,
		usersOf,
		tryNow,
		seesStatements,
		showSchema,
		recording,
		...kinds,
		/** The tables are there: from now on every change is recorded, before the rules are known. */
		beginRecording: () => recording.begin(schemas.begin),
		/** Reads the rules; from then on what they ask for is captured. */
		async load(): Promise<void> {
			await clock.align();
			await sync.load();
			await rules.reload();
			await recording.ready();
		},
		start(): void {
			// Before anything is sent: what a clock that was ahead has put off is due.
			void fixTimes(database, clock.now(), rules.targets())
				.catch((error: unknown) => logger.warn(`[downstream] ${String(error)}`))
				.then(() => engine.start(work));
			recording.catchUp();
		},
		async stop(): Promise<void> {
			// At once too: Directus may have closed the database by the time that the senders have come to their end.
			await Promise.allSettled([hours.write(), recording.moveMark()]);
			await engine.stop();
			await hours.write();
			await http.close();
		},
	};
}

export type Runtime = ReturnType<typeof createRuntime>;
