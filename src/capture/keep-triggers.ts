import { withLock } from '../kernel/database/with-lock.js';
import type { Clock, Logger } from '../kernel/ports.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { recordingFunction } from './core/triggers/postgres-triggers.js';
import { triggerFailure } from './core/triggers/trigger-failure.js';
import type { TriggerStatus } from '../contract/answers/status.js';
import { triggeredTables } from './core/triggers/triggered-tables.js';
import type { Watch } from './core/watch.js';
import {
	dropFunctions,
	foundTriggers,
	liveColumns,
	makeFunction,
	replaceTriggers,
	triggerPlace,
	triggersOf,
	type FoundTrigger,
} from './database-triggers.js';
import { removeWriterRow } from './tables/outbox-table.js';
import { forgetRemoval, noteRemoval, stayAway } from './tables/trigger-mark.js';
import { dialectOf } from '../kernel/database/dialect.js';
import { messageOf } from '../kernel/core/message-of.js';

/** If triggers disappear, as when a table is recreated by hand, that is noticed within this time. */
const EVERY_MS = 30_000;

/** Keeps the triggers that the rules need: in the background, one process at a time. */
export function createTriggerKeeper(ports: {
	database: Knex;
	clock: Clock;
	logger: Logger;
	/** Whether they are kept, removed, or left as they are. */
	mode: 'on' | 'off' | 'left';
	watch(): Watch;
	schema(): SchemaOverview | null;
}) {
	const { database, clock, logger, mode } = ports;
	const dialect = dialectOf(database);
	let isDue = true;
	let checkedAt = 0;
	let running: Promise<void> | null = null;
	let status: TriggerStatus = { enabled: mode === 'on', collections: [], problems: [] };
	let said = '';

	const locked = <T>(work: () => Promise<T>): Promise<T> => withLock(database, clock, 'triggers', work);

	async function check(): Promise<void> {
		const schema = ports.schema();
		if (!dialect || !schema) return;
		if (dialect === 'sqlite') await removeWriterRow(database);
		const watch = (await stayAway(database))
			? { ...ports.watch(), collections: new Map(), cascades: new Map() }
			: ports.watch();
		const names = [...new Set([...watch.collections.keys(), ...watch.cascades.keys()])];
		const { tables, problems } = triggeredTables(watch, schema, await liveColumns(database, dialect, names), dialect);
		const place = await triggerPlace(database, dialect);
		const wanted = tables.flatMap((table) => triggersOf(table, dialect, place));
		const failed = new Map<string, string>();
		if (differences(wanted, await foundTriggers(database, dialect)).size > 0)
			await locked(async () => {
				if (wanted.length > 0) await makeFunction(database, dialect, place);
				for (const [table, change] of differences(wanted, await foundTriggers(database, dialect)))
					await replaceTriggers(database, dialect, change).catch((error: unknown) =>
						failed.set(table, triggerFailure(error, table)),
					);
				await dropFunctions(database, dialect, wanted.length > 0 ? recordingFunction(place).name : null);
			});
		tell({
			enabled: true,
			collections: tables
				.filter(({ collection, isWatched }) => isWatched && !failed.has(collection))
				.map(({ collection }) => collection),
			problems: [...problems, ...[...failed].map(([collection, problem]) => ({ collection, problem }))],
		});
	}

	function tell(now: TriggerStatus): void {
		status = now;
		const all = status.problems.map(({ collection, problem }) => `${collection}: ${problem}`).join('; ');
		if (all !== '' && all !== said)
			logger.warn(
				`[downstream] database triggers are missing, so changes that other processes make there are not seen (changes made by Directus are recorded as usual): ${all}`,
			);
		said = all;
	}

	async function failed(error: unknown): Promise<void> {
		tell({
			...status,
			collections: [],
			problems: [{ collection: '*', problem: triggerFailure(error, 'downstream_outbox') }],
		});
	}

	/** @returns how many there were */
	async function removeAll(): Promise<number> {
		if (!dialect) return 0;
		const found = await foundTriggers(database, dialect);
		if (found.length > 0)
			await locked(async () => {
				for (const [, change] of differences([], await foundTriggers(database, dialect)))
					await replaceTriggers(database, dialect, change);
			});
		await dropFunctions(database, dialect, null);
		return found.length;
	}

	return {
		/** The rules or the schema have changed. */
		due: () => void (isDue = true),
		/** Does not wait for the check: others may keep a table busy. */
		async tick(): Promise<void> {
			if (mode !== 'on' || running || (!isDue && clock.now() - checkedAt < EVERY_MS)) return;
			[isDue, checkedAt] = [false, clock.now()];
			running = check()
				.catch(failed)
				.finally(() => (running = null));
		},
		/** At the start: without the setting, removes the triggers of earlier starts. Never throws. */
		async begin(): Promise<void> {
			try {
				if (mode === 'on') await forgetRemoval(database);
				if (mode !== 'off') return;
				const removed = await removeAll();
				if (removed > 0) logger.info(`[downstream] ${removed} database triggers removed: DOWNSTREAM_TRIGGERS is off`);
			} catch (error) {
				logger.error(
					`[downstream] database triggers could not be removed; the next start tries again: ${messageOf(error)}`,
				);
			}
		},
		/** By hand, before uninstalling: they stay away until a process starts with the setting. */
		async remove(): Promise<number> {
			await noteRemoval(database);
			await running;
			const removed = await removeAll();
			status = { ...status, collections: [], problems: [] };
			return removed;
		},
		/** When the current check, if any, has ended. */
		settled: () => running ?? Promise.resolve(),
		status: () => status,
	};
}

/** The triggers to make and to remove, by table. */
function differences(
	wanted: { table: string; name: string; sql: string }[],
	found: FoundTrigger[],
): Map<string, { add: typeof wanted; remove: FoundTrigger[] }> {
	const idOf = ({ table, name }: { table: string; name: string }) => `${table}\u0000${name}`;
	const there = new Set(found.filter(({ isForeign }) => !isForeign).map(idOf));
	const kept = new Set(wanted.map(idOf));
	const add = wanted.filter((trigger) => !there.has(idOf(trigger)));
	const remove = found.filter((trigger) => trigger.isForeign || !kept.has(idOf(trigger)));
	const tables = new Set([...add, ...remove].map(({ table }) => table));
	return new Map(
		[...tables].map((table) => [
			table,
			{ add: add.filter((one) => one.table === table), remove: remove.filter((one) => one.table === table) },
		]),
	);
}
