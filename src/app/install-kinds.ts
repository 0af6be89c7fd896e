import { withLock } from '../kernel/database/with-lock.js';
import { FLUSH_TARGETS, REMOTE_SOURCES, TARGET_KINDS, type TargetKind } from '../contract/vocabulary.js';
import { installParts } from '../install/install-parts.js';
import type { InstallPorts } from '../install/install-collections.js';
import type { Host, Runtime } from './runtime.js';

/** What Directus hands every extension. */
export interface HostContext {
	database: Host['database'];
	services: Host['services'];
	getSchema: Host['getSchema'];
	logger: Host['logger'];
	env: Record<string, unknown>;
}

const TARGETS = { flush: FLUSH_TARGETS, sync: REMOTE_SOURCES } as const satisfies Record<TargetKind, string>;

/** Half a second, then twice as long each time, up to half a minute. */
export const pauseBefore = (tries: number) =>
	new Promise((resolve) => setTimeout(resolve, Math.min(30_000, 500 * 2 ** tries)).unref());

/** Makes what Downstream has in Directus, for each kind of target by itself. */
export function createInstaller(
	context: HostContext,
	runtime: Runtime,
	logger: Host['logger'],
	isLiving: () => boolean,
) {
	/**
	 * Brings the collections into the project. A kind whose collection was there before and is not ours is off, as is one whose
	 * collection could not be made: without it there are no rules.
	 * @returns whether all that may be done is done; otherwise it has to be tried again
	 */
	async function install(): Promise<boolean> {
		const reports = await installParts({
			services: context.services as unknown as InstallPorts['services'],
			getSchema: context.getSchema,
			database: context.database,
			logger: logger as InstallPorts['logger'],
			environment: runtime.environment,
			secretIsSet: Boolean(context.env['SECRET']),
			withLock: (work) => withLock(context.database, runtime.clock, 'install', work),
		});
		for (const kind of TARGET_KINDS) {
			const { refused, failed } = reports[kind];
			const reasons = [...refused.map(({ reason }) => reason), ...(failed === null ? [] : [failed])];
			const isThere = await context.database.schema.hasTable(TARGETS[kind]);
			// What is not ours must not be read as targets; the reason has been logged.
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

	return { install, installLater };
}
