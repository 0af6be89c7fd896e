import type { Knex } from 'knex';
import { createCatchUp, type CatchUpPorts } from './catch-up.js';
import { newestActivity } from './tables/activity-mark.js';
import type { Handle } from './capture-ports.js';
import { messageOf } from '../kernel/core/message-of.js';

/**
 * `unknown`: it is not known whether our tables are there, so changes are kept in memory. `recording`: they are, but the
 * rules are not read yet, so every change is recorded. `ready`: as the rules say. `off`: there is nothing to record into,
 * or for.
 */
type Phase = 'unknown' | 'recording' | 'ready' | 'off';

/** A change cannot be written before it is known that the tables are there. */
class NotYet extends Error {}

/** Why a process has not come to the end of its start-up, for those who wait for it. */
function createStartUp() {
	let startError: string | null = null;
	/** Settles when the start-up gets further; all wait for the same, so that none is left behind. */
	let further = Promise.withResolvers<void>();

	return {
		error: () => startError,
		/** Told why the start-up has not come to its end, or null where it has. */
		starting(why: string | null): void {
			if (why === startError) return;
			startError = why;
			further.resolve();
			further = Promise.withResolvers<void>();
		},
		/** Waits for the start-up to get further: until it is ready, has failed, or `ms` have passed. */
		async getsFurther(ms: number): Promise<void> {
			if (startError === null) return;
			let timer: NodeJS.Timeout | undefined;
			await Promise.race([further.promise, new Promise((resolve) => (timer = setTimeout(resolve, ms).unref()))]);
			clearTimeout(timer);
		},
	};
}

/** How far a process has come that begins to record, and what keeps it from recording. */
export function createRecording(
	ports: Omit<CatchUpPorts, 'isRecorded'> & {
		rules: { stale(): boolean; refresh(): Promise<void> };
		capture(): { recordLater(changes: []): Promise<void>; unwritten(): number; forget(): void };
	},
) {
	const { database, logger } = ports;
	let phase: Phase = 'unknown';
	const startUp = createStartUp();
	let outboxError: string | null = null;
	let activityBefore = 0;
	const catchUp = createCatchUp({
		...ports,
		isRecorded: () => outboxError === null && ports.capture().unwritten() === 0,
	});

	return {
		/** The handle of a hook; it writes nothing before it is known that there is something to write into. */
		guarded: (handle: Handle): Handle =>
			phase === 'unknown' ? { ...handle, keep: () => false, record: () => Promise.reject(new NotYet()) } : handle,
		/** Whether every change is recorded, since the rules are not known yet. */
		takesAll: () => phase === 'unknown' || phase === 'recording' || (phase === 'ready' && ports.rules.stale()),
		/** Reads rules that changed, once they can be read. */
		refresh: () => (phase === 'ready' ? ports.rules.refresh() : Promise.resolve()),
		/** The outbox could not be written; logged once, until it can be written again. */
		broken(error: unknown): void {
			// What came before it is known that the tables are there is written then; the start-up says what keeps it.
			if (error instanceof NotYet) return;
			const why = messageOf(error);
			if (outboxError === null)
				logger.error(
					`[downstream] the outbox cannot be written; changes are kept in memory and written as soon as it can: ${why}`,
				);
			outboxError = why;
		},
		/** Writes what could not be written before, and moves on the mark of what is recorded. */
		async tick(): Promise<void> {
			if (ports.capture().unwritten() > 0) await ports.capture().recordLater([]);
			if (ports.capture().unwritten() === 0) outboxError = null;
			await catchUp.moveMark();
		},
		moveMark: catchUp.moveMark,
		/** The tables are there: from now on every change is recorded, before the rules are known. */
		async begin(learnSchema: () => Promise<void>): Promise<void> {
			if (phase !== 'unknown') return;
			await learnSchema();
			activityBefore = await newestActivity(database as Knex);
			phase = 'recording';
			await ports.capture().recordLater([]);
		},
		/** The rules are read: from now on what they ask for is recorded. */
		async ready(): Promise<void> {
			phase = 'ready';
			await ports.capture().recordLater([]);
		},
		/** There is no outbox, or no target: changes that were kept are dropped. */
		recordNothing(): void {
			phase = 'off';
			ports.capture().forget();
		},
		/** Makes up for what was written while nothing was recorded. */
		catchUp(): void {
			void catchUp
				.catchUp(activityBefore)
				.catch((error: unknown) =>
					logger.error(
						`[downstream] what was written while nothing was recorded could not be recovered; the next start tries again: ${String(error)}`,
					),
				);
		},
		/** Why changes cannot be recorded as they should, or null. */
		outboxError: () => startUp.error() ?? outboxError,
		/** Why this process is not ready to serve yet, or null. */
		startError: startUp.error,
		starting: startUp.starting,
		getsFurther: startUp.getsFurther,
		caughtUp: catchUp.result,
	};
}

export type Recording = ReturnType<typeof createRecording>;
