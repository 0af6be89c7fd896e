import { environment as environmentShape } from '../schema.js';
import { TARGET_KINDS } from './core/vocabulary.js';
import { lookForRuns } from './actions/sync-runs.js';
import { sendWhatWentPlain } from './actions/sync-first-met.js';
import { releaseHeld } from './actions/sync-release.js';
import { installParts } from './actions/install-parts.js';
import type { InstallDoors } from './io/install-collections.js';
import { migrateTables, withLock } from './tables/migrations.js';
import { createRuntime, type Host, type Runtime } from './runtime.js';

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
	/** Prepares the database, reads the rules, and begins to send. Never throws: what failed is logged. */
	serve(): Promise<void>;
	/** Reads the rules where the tables are there; nothing is installed and nothing sent: this is a command line. */
	captureOnly(): Promise<void>;
}

/** One living runtime per process: Directus reloads an extension without stopping what it started. */
const LIVING = Symbol.for('directus-extension-downstream.runtime');
const living = globalThis as { [LIVING]?: { runtime: Runtime; serving: boolean } };

/** The runtime that the endpoint serves from; null before the hook was loaded. */
export const currentRuntime = (): Runtime | null => living[LIVING]?.runtime ?? null;

export function start(context: HostContext): Started {
	const { logger } = context;
	const parsed = environmentShape.safeParse(context.env);
	if (!parsed.success) {
		for (const issue of parsed.error.issues)
			logger.error(`[downstream] ${issue.path.join('.')}: ${issue.message}; the default is used`);
	}
	const wrong = new Set(parsed.error?.issues.map((issue) => issue.path[0]));
	const environment =
		parsed.data ??
		environmentShape.parse(Object.fromEntries(Object.entries(context.env).filter(([name]) => !wrong.has(name))));
	if (environment.DOWNSTREAM_ENGINE === 'bullmq')
		logger.warn(
			'[downstream] DOWNSTREAM_ENGINE: bullmq is not part of this version; the embedded engine is used, which is correct with several processes too',
		);
	const runtime = createRuntime({
		database: context.database,
		services: context.services,
		getSchema: context.getSchema,
		logger,
		environment,
	});
	runtime.lookAfter(() => lookForRuns(runtime));
	runtime.sync.whenMet((source) => sendWhatWentPlain(runtime, source));
	runtime.sync.whenReleased((source, released) => releaseHeld(runtime, source, released));
	const previous = living[LIVING];
	const entry = { runtime, serving: false };
	living[LIVING] = entry;

	async function prepare(): Promise<boolean> {
		await migrateTables(context.database, runtime.clock, logger);
		const reports = await installParts({
			services: context.services as unknown as InstallDoors['services'],
			getSchema: context.getSchema,
			database: context.database,
			logger: logger as InstallDoors['logger'],
			environment,
			secretIsSet: Boolean(context.env['SECRET']),
			withLock: (work) => withLock(context.database, runtime.clock, 'install', work),
		});
		// What is somebody else's must not be read as targets; the reason has been logged.
		for (const kind of TARGET_KINDS) {
			const { refused } = reports[kind];
			if (refused.length > 0) runtime.turnOff(kind, refused.map(({ reason }) => reason).join('; '));
		}
		if (TARGET_KINDS.every((kind) => runtime.isOff(kind))) return false;
		await runtime.load();
		return true;
	}

	async function serve(): Promise<void> {
		if (entry.serving) return;
		entry.serving = true;
		try {
			if (!(await prepare())) return;
			runtime.start();
			process.once('SIGTERM', () => void runtime.stop().catch(() => {}));
			logger.info(
				`[downstream] ready: ${runtime.rules.watch().rules.length} rules, ${runtime.engine.name} engine${environment.DOWNSTREAM_ENABLED ? '' : ', sending is switched off by DOWNSTREAM_ENABLED'}`,
			);
		} catch (error) {
			for (const kind of TARGET_KINDS) runtime.turnOff(kind, error instanceof Error ? error.message : String(error));
			logger.error(
				`[downstream] could not start; nothing is captured until Directus is started again: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
			);
		}
	}

	async function captureOnly(): Promise<void> {
		try {
			if (await context.database.schema.hasTable('downstream_outbox')) await runtime.load();
		} catch (error) {
			logger.debug(`[downstream] no rules in this process: ${String(error)}`);
		}
	}

	// Loaded again while serving: the old timers go on unless somebody stops them, and `app.after` does not come again.
	if (previous?.serving) void previous.runtime.stop().then(serve, serve);
	return { runtime, serve, captureOnly };
}
