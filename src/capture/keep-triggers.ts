import { withLock } from '../kernel/database/with-lock.js';
import type { Clock, Logger } from '../kernel/ports.js';
import type { SchemaOverview } from '@directus/types';
import type { Dialect } from '../kernel/core/dialect.js';
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

interface TriggerPorts {
	database: Knex;
	clock: Clock;
	logger: Logger;
	/** Whether they are kept, removed, or left as they are. */
	mode: 'on' | 'off' | 'left';
	watch(): Watch;
	schema(): SchemaOverview | null;
}

/** Keeps the triggers that the rules need: in the background, one process at a time. */
export function createTriggerKeeper(ports: TriggerPorts) {
	const { database, clock, logger, mode } = ports;
	const dialect = dialectOf(database);
	const check = () => keepTriggers(ports, dialect);
	let isDue = true;
	let checkedAt = 0;
	let running: Promise<void> | null = null;
	let status: TriggerStatus = { enabled: mode === 'on', collections: [], problems: [] };
	let said = '';

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

	return {
		/** The rules or the schema have changed. */
		due: () => void (isDue = true),
		/** Does not wait for the check: others may keep a table busy. */
		async tick(): Promise<void> {
			if (mode !== 'on' || running || (!isDue && clock.now() - checkedAt < EVERY_MS)) return;
			[isDue, checkedAt] = [false, clock.now()];
			running = check()
				.then((now) => {
					if (now) tell(now);
				})
				.catch(failed)
				.finally(() => (running = null));
		},
		/** At the start: without the setting, removes the triggers of earlier starts. Never throws. */
		async begin(): Promise<void> {
			try {
				if (mode === 'on') await forgetRemoval(database);
				if (mode !== 'off') return;
				const removed = dialect ? await removeTriggers({ database, clock, dialect }) : 0;
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
			const removed = dialect ? await removeTriggers({ database, clock, dialect }) : 0;
			status = { ...status, collections: [], problems: [] };
			return removed;
		},
		/** When the current check, if any, has ended. */
		settled: () => running ?? Promise.resolve(),
		status: () => status,
	};
}

/** Makes the triggers that are missing, and removes those that nothing needs. */
async function keepTriggers(ports: TriggerPorts, dialect: Dialect | null): Promise<TriggerStatus | null> {
	const { database, clock } = ports;
	const schema = ports.schema();
	if (!dialect || !schema) return null;
	if (dialect === 'sqlite') await removeWriterRow(database);
	const watch = (await stayAway(database))
		? { ...ports.watch(), collections: new Map(), cascades: new Map() }
		: ports.watch();
	const names = [...new Set([...watch.collections.keys(), ...watch.cascades.keys()])];
	const { tables, problems } = triggeredTables(watch, schema, await liveColumns(database, dialect, names), dialect);
	const place = await triggerPlace(database, dialect);
	const wanted = tables.flatMap((table) => triggersOf(table, dialect, place));
	const failed = await makeTriggers({ database, clock, dialect }, wanted, place);
	return {
		enabled: true,
		collections: tables
			.filter(({ collection, isWatched }) => isWatched && !failed.has(collection))
			.map(({ collection }) => collection),
		problems: [...problems, ...[...failed].map(([collection, problem]) => ({ collection, problem }))],
	};
}

interface Where {
	database: Knex;
	clock: Clock;
	dialect: Dialect;
}

const locked = ({ database, clock }: Where, work: () => Promise<void>): Promise<void> =>
	withLock(database, clock, 'triggers', work);

/** @returns what failed, by table */
async function makeTriggers(
	where: Where,
	wanted: Trigger[],
	place: Awaited<ReturnType<typeof triggerPlace>>,
): Promise<Map<string, string>> {
	const { database, dialect } = where;
	const failed = new Map<string, string>();
	if (differences(wanted, await foundTriggers(database, dialect)).size === 0) return failed;
	await locked(where, async () => {
		if (wanted.length > 0) await makeFunction(database, dialect, place);
		for (const [table, change] of differences(wanted, await foundTriggers(database, dialect)))
			await replaceTriggers(database, dialect, change).catch((error: unknown) =>
				failed.set(table, triggerFailure(error, table)),
			);
		await dropFunctions(database, dialect, wanted.length > 0 ? recordingFunction(place).name : null);
	});
	return failed;
}

/** @returns how many there were */
async function removeTriggers(where: Where): Promise<number> {
	const { database, dialect } = where;
	const found = await foundTriggers(database, dialect);
	if (found.length > 0)
		await locked(where, async () => {
			for (const [, change] of differences([], await foundTriggers(database, dialect)))
				await replaceTriggers(database, dialect, change);
		});
	await dropFunctions(database, dialect, null);
	return found.length;
}

type Trigger = ReturnType<typeof triggersOf>[number];

/** The triggers to make and to remove, by table. */
function differences(
	wanted: Trigger[],
	found: FoundTrigger[],
): Map<string, { add: Trigger[]; remove: FoundTrigger[] }> {
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
