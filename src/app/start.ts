import { withLock } from '../kernel/database/with-lock.js';
import { readSettings } from '../kernel/core/read-settings.js';
import { readRedisSettings } from '../kernel/core/redis-settings.js';
import { FLUSH_TARGETS, REMOTE_SOURCES, TARGET_KINDS, type TargetKind } from '../contract/vocabulary.js';
import { installParts } from '../install/install-parts.js';
import { rememberEarlierPublishers } from '../targets/publisher-rights.js';
import type { InstallPorts } from '../install/install-collections.js';
import { brokenOffPushes, brokenOffText } from '../config/tables/config-history.js';
import { hideTables } from './hide-tables.js';
import { hasOutbox } from '../capture/tables/outbox-table.js';
import { migrateTables } from './migrations.js';
import { createRuntime, type Host, type Runtime } from './runtime.js';
import { messageOf } from '../kernel/core/message-of.js';

/** What Directus hands every extension. */
export interface HostContext {
	database: Host['database'];
	services: Host['services'];
	getSchema: Host['getSchema'];
	logger: Host['logger'];
	env: Record<string, unknown>;
}

export interface Started {
	runtime: Runtime;
	/**
	 * Prepares the database, reads the rules, and begins to send; goes on trying until it can. Settles when that is done,
	 * or after 30 s. Never throws: what failed is logged.
	 */
	serve(): Promise<void>;
	/** Reads the rules where the tables are there; nothing is installed and nothing sent: this is a command line. */
	captureOnly(): Promise<void>;
}

const TARGETS = { flush: FLUSH_TARGETS, sync: REMOTE_SOURCES } as const satisfies Record<TargetKind, string>;

/** How long Directus is held up at most while Downstream gets ready. */
const HOLDS_UP_MS = 30_000;

const STARTING = 'Downstream is starting.';

/** Half a second, then twice as long each time, up to half a minute. */
const pauseBefore = (tries: number) =>
	new Promise((resolve) => setTimeout(resolve, Math.min(30_000, 500 * 2 ** tries)).unref());

const heldUp = () => new Promise((resolve) => setTimeout(resolve, HOLDS_UP_MS).unref());

/** A logger that does not say the same error twice. */
function onceInARow(logger: Host['logger']): Host['logger'] {
	const said = new Set<string>();
	const once = (say: (message: string) => void) => (message: string) => {
		if (said.has(message)) return;
		said.add(message);
		say(message);
	};
	return {
		debug: (message) => logger.debug(message),
		info: (message) => logger.info(message),
		warn: once((message) => logger.warn(message)),
		error: once((message) => logger.error(message)),
	};
}

/** One living runtime per process: Directus reloads an extension without stopping what it started. */
const LIVING = Symbol.for('directus-extension-downstream.runtime');
const living = globalThis as { [LIVING]?: { runtime: Runtime; serving: boolean } };

/** The runtime that the endpoint serves from; null before the hook was loaded. */
export const currentRuntime = (): Runtime | null => living[LIVING]?.runtime ?? null;

export function start(context: HostContext): Started {
	const { logger } = context;
	const { environment, problems } = readSettings(context.env);
	const runtime = createRuntime({
		database: context.database,
		services: context.services,
		getSchema: context.getSchema,
		logger,
		environment,
		redis: readRedisSettings(context.env),
		problems,
	});
	for (const { name, problem } of runtime.settings.problems) logger.error(`[downstream] ${name}: ${problem}`);
	const previous = living[LIVING];
	const entry = { runtime, serving: false };
	living[LIVING] = entry;
	let stopped = false;
	const quieter = onceInARow(logger);

	/** @returns whether there is anything to serve */
	async function prepare(): Promise<boolean> {
		// Tables of an earlier start take changes while the rest is being prepared.
		if (await hasOutbox(context.database)) await runtime.beginRecording();
		await runtime.clock.align();
		await migrateTables(context.database, runtime.clock, logger);
		await hideTables(context).catch((error: unknown) => quieter.debug(`[downstream] ${messageOf(error)}`));
		await runtime.triggers.begin();
		await runtime.beginRecording();
		const isWhole = await install();
		if (TARGET_KINDS.every((kind) => runtime.isOff(kind)) && isWhole) return false;
		await withLock(context.database, runtime.clock, 'publishers', async () =>
			rememberEarlierPublishers(
				{ database: context.database, services: context.services, schema: await context.getSchema() },
				runtime.clock.now(),
			),
		);
		await runtime.load();
		await runtime.identity.settle();
		for (const push of await brokenOffPushes(context.database, runtime.clock.now()))
			quieter.error(`[downstream] ${brokenOffText(push)}`);
		if (!isWhole) void installLater();
		return true;
	}

	/**
	 * Brings the collections into the project. A kind whose collection is somebody else's is off, as is one whose
	 * collection could not be made: without it there are no rules.
	 * @returns whether all that may be done is done; otherwise it has to be tried again
	 */
	async function install(): Promise<boolean> {
		const reports = await installParts({
			services: context.services as unknown as InstallPorts['services'],
			getSchema: context.getSchema,
			database: context.database,
			logger: quieter as InstallPorts['logger'],
			environment,
			secretIsSet: Boolean(context.env['SECRET']),
			withLock: (work) => withLock(context.database, runtime.clock, 'install', work),
		});
		for (const kind of TARGET_KINDS) {
			const { refused, failed } = reports[kind];
			const reasons = [...refused.map(({ reason }) => reason), ...(failed === null ? [] : [failed])];
			const isThere = await context.database.schema.hasTable(TARGETS[kind]);
			// What is somebody else's must not be read as targets; the reason has been logged.
			if (refused.length > 0 || (failed !== null && !isThere)) runtime.turnOff(kind, reasons.join('; '));
			else runtime.turnOn(kind);
		}
		return TARGET_KINDS.every((kind) => reports[kind].failed === null);
	}

	/** Goes on with what could not be installed, while the rest serves. */
	async function installLater(): Promise<void> {
		for (let tries = 0; isLiving(); tries += 1) {
			await pauseBefore(tries);
			if (!isLiving()) return;
			const isWhole = await install().catch(() => false);
			if (isWhole) return void (await runtime.rules.reload().catch(() => {}));
		}
	}

	/** Tries until it succeeds: a database that is locked or away comes back, and until then changes are kept. */
	async function becomeReady(): Promise<void> {
		for (let tries = 0; isLiving(); tries += 1) {
			try {
				const serves = await prepare();
				runtime.recording.starting(null);
				if (serves) begin();
				else runtime.recording.recordNothing();
				return;
			} catch (error) {
				const why = messageOf(error);
				runtime.recording.starting(`Downstream is not ready: ${why}.`);
				quieter.error(
					`[downstream] could not start, and tries again until it can; what is changed meanwhile is recorded then: ${why}`,
				);
				await pauseBefore(tries);
			}
		}
	}

	function begin(): void {
		runtime.start();
		logger.info(
			`[downstream] ready: ${runtime.rules.watch().rules.length} rules, ${runtime.engine.working().name} engine${runtime.settings.sends ? '' : ', nothing is sent: see the settings'}`,
		);
	}

	const isLiving = () => living[LIVING] === entry && !stopped;

	async function serve(): Promise<void> {
		if (entry.serving) return;
		entry.serving = true;
		process.once('SIGTERM', () => {
			stopped = true;
			void runtime.stop().catch(() => {});
		});
		runtime.recording.starting(STARTING);
		// Directus waits for this before it serves, but not for ever.
		const becoming = becomeReady();
		await Promise.race([becoming, heldUp()]);
	}

	/** Until the rules are read, every change is recorded, whatever fails. */
	async function learnWhatIsAskedFor(): Promise<void> {
		try {
			if (!(await hasOutbox(context.database))) return runtime.recording.recordNothing();
			await runtime.beginRecording();
			// After an update of this package, a command may run before the server; it could record nothing in older tables.
			await runtime.clock.align();
			await migrateTables(context.database, runtime.clock, quieter);
			await runtime.load();
		} catch (error) {
			quieter.debug(`[downstream] no rules in this process: ${String(error)}`);
		}
	}

	async function captureOnly(): Promise<void> {
		await Promise.race([learnWhatIsAskedFor(), heldUp()]);
	}

	// Loaded again while serving: the old timers go on unless somebody stops them, and `app.after` does not come again.
	if (previous?.serving) {
		runtime.recording.starting(STARTING);
		void previous.runtime.stop().then(serve, serve);
	}
	return { runtime, serve, captureOnly };
}
