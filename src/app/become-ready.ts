import { withLock } from '../kernel/database/with-lock.js';
import { TARGET_KINDS } from '../contract/vocabulary.js';
import { rememberEarlierPublishers } from '../targets/publisher-rights.js';
import { brokenOffPushes, brokenOffText } from '../config/tables/config-history.js';
import { hideTables } from './hide-tables.js';
import { hasOutbox } from '../capture/tables/outbox-table.js';
import { migrateTables } from './migrations.js';
import type { Host, Runtime } from './runtime.js';
import { createInstaller, pauseBefore, type HostContext } from './install-kinds.js';
import { messageOf } from '../kernel/core/message-of.js';

/** Prepares the database for a runtime that serves, and starts it. */
export function createReadiness(
	context: HostContext,
	runtime: Runtime,
	quieter: Host['logger'],
	isLiving: () => boolean,
) {
	const { logger } = context;
	const { install, installLater } = createInstaller(context, runtime, quieter, isLiving);

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

	return becomeReady;
}
