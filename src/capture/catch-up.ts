import { withLock } from '../kernel/database/with-lock.js';
import type { Clock, Logger } from '../kernel/ports.js';
import { inGroupsOf } from '../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import { unexplained } from './core/explain-activity.js';
import { ALL_ITEMS } from '../contract/vocabulary.js';
import type { NewChange } from './new-change.js';
import {
	newestActivity,
	oldestActivity,
	readActivity,
	readKnownChanges,
	readMark,
	saveMark,
	type ActivityRow,
} from './tables/activity-mark.js';
import { insertChanges } from './tables/outbox-table.js';

/** So many missed writes are recorded one by one; of more, each collection counts as changed as a whole. */
const MOST = 10_000;

/** How long other nodes are given to say that they have recorded what is in question: they do so every second. */
const OTHERS_MS = 3_000;

export interface CatchUpPorts {
	database: Knex;
	clock: Clock;
	logger: Logger;
	/** Collections that a rule watches. */
	watched(): string[];
	/** Those of them whose writes leave no activity. */
	untracked(): string[];
	/** Whether all that was noticed so far is written. */
	isRecorded(): boolean;
	wake(): void;
}

/** What was recovered at this start. */
export interface CaughtUp {
	changes: number;
	/** Watched collections of which nothing can be recovered. */
	untracked: string[];
}

/**
 * Makes up for what was written while nothing was recorded: the extension was off, or could not start. A mark in the
 * database says up to which row of Directus' activity every change is known to be recorded; while this process records,
 * it moves on with the activity. Rows that are not committed yet are passed over safely, since their changes commit
 * with them. Some rows after the mark are recorded too (a process was killed before it moved the mark): a write that a
 * recorded change stands for is not recorded again.
 */
export function createCatchUp(ports: CatchUpPorts) {
	const { database, clock, logger } = ports;
	let marked: number | null = null;
	let isDone = false;
	let result: CaughtUp | null = null;

	/** @param upTo the newest row of the activity when this process began to record */
	async function catchUp(upTo: number): Promise<void> {
		const mark = await readMark(database);
		if (mark !== null && mark < upTo) await unlessOthersDo(ports, upTo, () => makeUpFor(upTo));
		else await saveMark(database, upTo);
		marked = upTo;
		isDone = true;
	}

	async function makeUpFor(upTo: number): Promise<void> {
		const after = await readMark(database);
		if (after === null || after >= upTo) return;
		// Directus tells the time of this machine, and changes have that of the database.
		const apart = clock.now() - Date.now();
		const activity = await readActivity(database, { after, upTo, collections: ports.watched(), limit: MOST + 1 });
		const rows = activity.map((row) => ({ ...row, at: row.at + apart }));
		const oldest = await oldestActivity(database);
		// Removed activity cannot be read any more.
		const isCut = rows.length > MOST || (after > 0 && oldest !== null && oldest > after + 1);
		const changes = isCut ? asWhole(ports.watched(), clock.now()) : await missedOf(ports, rows);
		await database.transaction(async (transaction) => {
			for (const group of inGroupsOf(100, changes)) await insertChanges(transaction, group);
			await saveMark(transaction, upTo);
		});
		if (changes.length === 0) return;
		ports.wake();
		result = { changes: changes.length, untracked: ports.untracked() };
		const what = isCut
			? `too much was written to tell item by item, so ${changes.length} collections count as changed`
			: `${changes.length} changes are recovered from Directus' activity`;
		const rest =
			result.untracked.length > 0
				? `; ${result.untracked.join(', ')} leave no activity, so flush and compare these by hand`
				: '';
		logger.warn(`[downstream] something was written while nothing was recorded: ${what}${rest}`);
	}

	return {
		catchUp,
		result: () => result,
		/** Moves the mark on, where all that this process noticed is written. */
		async moveMark(): Promise<void> {
			if (!isDone || !ports.isRecorded()) return;
			const newest = await newestActivity(database);
			if (newest === marked || !ports.isRecorded()) return;
			await saveMark(database, newest);
			marked = newest;
		},
	};
}

/** Does the work, unless another node has recorded all of it and says so. */
async function unlessOthersDo(
	{ database, clock }: CatchUpPorts,
	upTo: number,
	work: () => Promise<void>,
): Promise<void> {
	for (let waited = 0; waited < OTHERS_MS; waited += 500) {
		await new Promise((resolve) => setTimeout(resolve, 500).unref());
		if (((await readMark(database)) ?? 0) >= upTo) return;
	}
	await withLock(database, clock, 'catch-up', work);
}

/** Writes of which no change was recorded, as changes. */
async function missedOf({ database, clock }: CatchUpPorts, rows: ActivityRow[]): Promise<NewChange[]> {
	if (rows.length === 0) return [];
	const since = Math.min(...rows.map(({ at }) => at)) - 60_000;
	const missed = unexplained(rows, await readKnownChanges(database, rows, since));
	return missed.map(({ collection, item, event, user, at }) => ({
		collection,
		item,
		event,
		user,
		at: Math.min(at, clock.now()),
		before: null,
		source: 'catch-up',
	}));
}

/** Collections that count as changed as a whole. */
const asWhole = (collections: string[], at: number) =>
	collections.map((collection): NewChange => ({
		collection,
		item: ALL_ITEMS,
		event: 'update',
		user: null,
		at,
		before: null,
		source: 'catch-up',
	}));
