import { hasLostRace } from '../../kernel/core/database-errors.js';
import type { Knex } from 'knex';
import { isMysql, isSqlite } from '../../kernel/database/dialect.js';
import { takeWriteLock } from '../tables/config-lease.js';

/** The configuration was changed after it was read. */
export class StateMoved extends Error {
	constructor() {
		super('the configuration was changed by somebody else at the same moment');
		this.name = 'StateMoved';
	}
}

/** Rows would refer to what is no more; found before the commit. */
export class BrokenReferences extends Error {}

/** What a reading led to. */
export interface Planned<Value> {
	planned: Value;
	/** Whether there is anything to write. */
	write: boolean;
	/** Whether tables change. */
	schema: boolean;
}

export interface ReadThenWrite<Value> {
	plan(transaction: Knex): Promise<Planned<Value>>;
	write(planned: Value, transaction: Knex, options: { foreignKeysAreOff: boolean }): Promise<void>;
	/** Where tables cannot be changed in a transaction: what is done before it, after it, and to take that back. */
	before(planned: Value): Promise<void>;
	after(planned: Value): Promise<void>;
	undo(planned: Value, written: boolean, error: unknown): Promise<void>;
	/** Undoes the writing at the end, whatever comes of it. */
	dryRun: boolean;
}

/** How often it is read again where others write at the same time. */
const ATTEMPTS = 4;

/** Whether tables can be changed in a transaction that may still be rolled back. */
export const hasTransactionalSchema = (database: Knex) => !isMysql(database);

/** One read of one moment. */
export function readConsistently<T>(database: Knex, work: (transaction: Knex) => Promise<T>): Promise<T> {
	if (isSqlite(database)) return database.transaction(work);
	return database.transaction(work, { isolationLevel: 'repeatable read' });
}

/**
 * Reads, and writes what the reading led to, with nothing in between: where others wrote meanwhile it is read again, a few
 * times, and then `StateMoved` is thrown.
 */
export async function readThenWrite<Value>(database: Knex, work: ReadThenWrite<Value>): Promise<Value> {
	for (let attempt = 1; ; attempt++) {
		try {
			if (isSqlite(database)) return await onOneConnection(database, work);
			return hasTransactionalSchema(database)
				? await inOneTransaction(database, work)
				: await aroundATransaction(database, work);
		} catch (error) {
			if (!isConflict(error) || attempt === ATTEMPTS) throw isConflict(error) ? new StateMoved() : error;
			await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
		}
	}
}

async function inOneTransaction<Value>(database: Knex, { plan, write, dryRun }: ReadThenWrite<Value>): Promise<Value> {
	let planned: Planned<Value> | undefined;
	await undoing(dryRun, (undo) =>
		database.transaction(
			async (transaction) => {
				planned = await plan(transaction);
				if (planned.write) await write(planned.planned, transaction, { foreignKeysAreOff: false });
				undo();
			},
			// A row that was changed since the reading cannot be written: the database itself says so.
			{ isolationLevel: 'repeatable read' },
		),
	);
	if (!planned) throw new Error('the transaction was not run');
	return planned.planned;
}

/**
 * MySQL commits with every change of a table, so those cannot be in the transaction. That the elements are still what was
 * read is asked of the plan itself: it is made again in the transaction, and has to come to the same.
 */
async function aroundATransaction<Value>(
	database: Knex,
	{ plan, write, before, after, undo, dryRun }: ReadThenWrite<Value>,
): Promise<Value> {
	const { planned, write: anything, schema } = await readConsistently(database, plan);
	if (!anything) return planned;
	const changesTables = schema && !dryRun;
	let written = false;
	try {
		if (changesTables) await before(planned);
		await undoing(dryRun, (undoIt) =>
			database.transaction(
				async (transaction) => {
					await write(planned, transaction, { foreignKeysAreOff: false });
					undoIt();
				},
				{ isolationLevel: 'repeatable read' },
			),
		);
		written = true;
		if (changesTables) await after(planned);
		return planned;
	} catch (error) {
		if (changesTables) await undo(planned, written, error);
		throw error;
	}
}

/**
 * SQLite changes a table by copying it, and deleting the old one fires what foreign keys say about its rows: their
 * references would be emptied, or the rows that refer to them deleted. So foreign keys are off while tables change, which
 * can only be said outside of a transaction. The connection is kept from the first statement to the last: nobody else
 * must write on it without foreign keys. Before the commit the database is asked whether all of them still hold.
 */
async function onOneConnection<Value>(database: Knex, { plan, write, dryRun }: ReadThenWrite<Value>): Promise<Value> {
	const connection: unknown = await database.client.acquireConnection();
	const ask = async (sql: string, on: Knex = database) =>
		(await on.raw(sql).connection(connection)) as Record<string, unknown>[];
	const version = async (on?: Knex) => (await ask('PRAGMA data_version', on))[0]?.['data_version'];
	const config = { connection } as Knex.TransactionConfig;
	try {
		const before = await version();
		const { planned, write: anything, schema } = await database.transaction(plan, config);
		if (!anything) return planned;
		if (schema) await ask('PRAGMA foreign_keys = OFF');
		const broken = schema ? violations(await ask('PRAGMA foreign_key_check')) : new Set<string>();
		await undoing(dryRun, (undo) =>
			database.transaction(async (transaction) => {
				await takeWriteLock(transaction);
				if ((await version(transaction)) !== before) throw new StateMoved();
				await write(planned, transaction, { foreignKeysAreOff: schema });
				if (schema) refuseBroken(broken, violations(await ask('PRAGMA foreign_key_check', transaction)));
				undo();
			}, config),
		);
		return planned;
	} finally {
		await ask('PRAGMA foreign_keys = ON').catch(() => {});
		await database.client.releaseConnection(connection);
	}
}

/** Runs the work and, where it is to be undone, has its transaction rolled back at the end as if it had failed. */
async function undoing(dryRun: boolean, work: (undo: () => void) => Promise<void>): Promise<void> {
	const undone = new Error('a dry run is undone');
	try {
		await work(() => {
			if (dryRun) throw undone;
		});
	} catch (error) {
		if (error !== undone) throw error;
	}
}

const violations = (rows: Record<string, unknown>[]): Set<string> =>
	new Set(rows.map(({ table, rowid, parent }) => `${String(table)} (row ${String(rowid)}) → ${String(parent)}`));

function refuseBroken(before: Set<string>, after: Set<string>): void {
	const broken = [...after].filter((violation) => !before.has(violation));
	if (broken.length > 0)
		throw new BrokenReferences(`${broken.length} references would lead nowhere: ${broken.slice(0, 5).join(', ')}`);
}

const isConflict = (error: unknown): boolean => error instanceof StateMoved || hasLostRace(error);
