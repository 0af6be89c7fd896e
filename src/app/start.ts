import { readSettings } from '../kernel/core/read-settings.js';
import { readRedisSettings } from '../kernel/core/redis-settings.js';
import { hasOutbox } from '../capture/tables/outbox-table.js';
import { migrateTables } from './migrations.js';
import { createRuntime, type Host, type Runtime } from './runtime.js';
import { createReadiness } from './become-ready.js';
import type { HostContext } from './install-kinds.js';

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

/** How long Directus is held up at most while Downstream gets ready. */
const HOLDS_UP_MS = 30_000;

const STARTING = 'Downstream is starting.';

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
	const isLiving = () => living[LIVING] === entry && !stopped;
	const becomeReady = createReadiness(context, runtime, quieter, isLiving);

	async function serve(): Promise<void> {
		if (entry.serving) return;
		entry.serving = true;
		process.once('SIGTERM', () => {
			stopped = true;
			void runtime.stop().catch(() => {});
		});
		runtime.recording.starting(STARTING);
		// Directus waits for this before it serves, but not for ever.
		await Promise.race([becomeReady(), heldUp()]);
	}

	async function captureOnly(): Promise<void> {
		await Promise.race([recordByRules(context, runtime, quieter), heldUp()]);
	}

	// Loaded again while serving: the old timers go on unless they are stopped here, and `app.after` does not come again.
	if (previous?.serving) {
		runtime.recording.starting(STARTING);
		void previous.runtime.stop().then(serve, serve);
	}
	return { runtime, serve, captureOnly };
}

/** Until the rules are read, every change is recorded, whatever fails. */
async function recordByRules({ database }: HostContext, runtime: Runtime, logger: Host['logger']): Promise<void> {
	try {
		if (!(await hasOutbox(database))) return runtime.recording.recordNothing();
		await runtime.beginRecording();
		// After an update of this package, a command may run before the server; it could record nothing in older tables.
		await runtime.clock.align();
		await migrateTables(database, runtime.clock, logger);
		await runtime.load();
	} catch (error) {
		logger.debug(`[downstream] no rules in this process: ${String(error)}`);
	}
}
