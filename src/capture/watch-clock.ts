import type { Items, Logger } from '../kernel/ports.js';
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Moment } from '../kernel/filter/filter.js';
import { resolveNow } from '../kernel/filter/resolve-filter.js';
import type { CompiledRule } from './core/watch.js';
import type { NewChange } from './new-change.js';
import { databaseNow } from '../kernel/database/database-time.js';
import { advanceWatermark, forgetWatermarks, readWatermarks } from '../kernel/database/watermarks.js';
import { insertChanges } from './tables/outbox-table.js';
import { messageOf } from '../kernel/core/message-of.js';

/** A moment of one collection. The same one of several rules is looked for once. */
interface Watched extends Moment {
	key: string;
	collection: string;
}

/** How many items are recorded in one transaction. */
const AT_A_TIME = 1_000;
/**
 * A scan that takes longer than this, in ms (no index on the field of a large table), is followed by a pause of nine times
 * its length, at most a minute, so that scans take at most a tenth of the time.
 */
const SLOW = 100;
const LONGEST_REST = 60_000;
/** A scan that takes this long, in ms, is reported in the log. */
const WORTH_AN_INDEX = 1_000;
/** A watermark that has not moved for this long, and that no rule uses, belonged to a rule that is gone. */
const FORGET_AFTER = 3_600_000;
/** Fields, with what they are compared with, that are looked through; those of further rules are not. */
const MOST = 500;
/** While nothing passes, the watermark is moved this often: so much is looked through again after a restart. */
const MOVE_EVERY = 10_000;

/**
 * The clock as a writer: when the moment in a date field of an item passes that a rule names in `at`, or compares with
 * `$NOW` in `when`, that is recorded as a change of the item, though it was not saved.
 *
 * How far each field has been looked through is kept in the database, by the database's clock, and moves on in the same
 * transaction that records what was found, only from where it was read: so that each moment is recorded exactly once, by
 * whichever node comes first, and what passed while no process ran is caught up with. Directus' own query compares, so
 * that what is found is what `$NOW` of a filter means there.
 */
export function createClockWatch(ports: {
	database: Knex;
	items: Pick<Items, 'reached'>;
	rules: { watch(): { rules: CompiledRule[] } };
	logger: Logger;
	/** Tells the engine that there is something to plan. */
	engine: { wake(what: string): void };
}) {
	const { database, items, rules, logger, engine } = ports;
	/** When each field may be looked through again, by this process' clock. */
	const restUntil = new Map<string, number>();
	const failing = new Set<string>();
	/** Fields whose missing index has been reported. */
	const slow = new Set<string>();

	async function tick(): Promise<void> {
		const watched = watchedBy(rules.watch().rules);
		if (watched.size === 0) return;
		const watermarks = await readWatermarks(database);
		const now = await databaseNow(database);
		for (const moment of watched.values()) {
			const { key } = moment;
			if ((restUntil.get(key) ?? 0) > Date.now()) continue;
			const since = watermarks.get(key);
			try {
				const started = Date.now();
				if (since === undefined) await advanceWatermark(database, key, null, now);
				else if (since < now) await look(moment, since, now);
				const took = Date.now() - started;
				restUntil.set(key, Date.now() + (took > SLOW ? Math.min(took * 9, LONGEST_REST) : 0));
				if (took >= WORTH_AN_INDEX && !slow.has(key)) tellOfIndex(moment, took);
				failing.delete(key);
			} catch (error) {
				if (!failing.has(key))
					logger.warn(
						`[downstream] ${moment.collection}.${moment.field} cannot be looked through for moments that have passed, and is tried again: ${messageOf(error)}`,
					);
				failing.add(key);
			}
		}
		const left = [...watermarks].filter(([key, at]) => !watched.has(key) && at < now - FORGET_AFTER);
		if (left.length > 0) await forgetWatermarks(database, new Map(left));
	}

	function tellOfIndex({ key, collection, field }: Watched, took: number): void {
		slow.add(key);
		logger.warn(
			`[downstream] looking for passed dates in ${field} of ${collection} takes ${Math.round(took)} ms each time, so they are noticed late; an index on that field makes it fast`,
		);
	}

	/** Records what has passed between the two, oldest first, in as many transactions as it takes. */
	async function look(moment: Watched, from: number, upTo: number): Promise<void> {
		const { key, collection, field, variable, later = 0 } = moment;
		const at = (time: number) => resolveNow(variable, time - later);
		for (let since = from, until = upTo; since < upTo; since = until, until = upTo) {
			let keys = await items.reached(collection, field, at(since), at(until), AT_A_TIME + 1);
			// Too many at once: the first half of the time first; what passes in one and the same ms goes together.
			while (keys.length > AT_A_TIME && until - since > 1) {
				until = since + Math.max(1, Math.floor((until - since) / 2));
				keys = await items.reached(collection, field, at(since), at(until), AT_A_TIME + 1);
			}
			if (keys.length > AT_A_TIME) keys = await items.reached(collection, field, at(since), at(until), -1);
			if (keys.length === 0 && until === upTo && until - since < MOVE_EVERY) return;
			const changes = changesOf(moment, keys, since, until);
			const mine = await database.transaction(async (transaction) => {
				if (!(await advanceWatermark(transaction, key, since, until))) return false;
				for (let start = 0; start < changes.length; start += 100)
					await insertChanges(transaction, changes.slice(start, start + 100));
				return true;
			});
			// Another node was faster, and goes on.
			if (!mine) return;
			if (changes.length > 0) engine.wake('plan');
		}
	}

	return { tick };
}

function watchedBy(rules: CompiledRule[]): Map<string, Watched> {
	const watched = new Map<string, Watched>();
	for (const { rule, moments } of rules)
		for (const moment of moments) {
			const described = JSON.stringify([rule.collection, moment.field, moment.variable, moment.later ?? 0]);
			const key = `clock:${createHash('sha256').update(described).digest('base64url').slice(0, 22)}`;
			watched.set(key, { ...moment, key, collection: rule.collection });
		}
	return new Map([...watched].slice(0, MOST));
}

/** Items whose moment has passed between the two, as changes. */
const changesOf = ({ collection, field }: Watched, keys: string[], since: number, until: number): NewChange[] =>
	keys.map((item) => ({
		collection,
		item,
		event: 'update',
		// A comparison that is true after the moment, and not in it, has to be true when this is planned.
		at: until + 1,
		user: null,
		before: null,
		fields: [field],
		passedSince: since,
		source: 'clock',
	}));
