import type { Dialect } from '../kernel/core/dialect.js';
import type { Row } from '../kernel/core/row.js';
import { inGroupsOf } from '../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import { whyOutboxFirst } from './core/outbox-first.js';
import { mayMatter } from './core/statement.js';
import { WRITER_MARKS } from './core/triggers/writer-mark.js';
import type { NotedWrites } from './noted-writes.js';
import type { SeenStatements } from './seen-statements.js';
import { commitWith, execute } from './commit-with.js';
import { dialectOf } from '../kernel/database/dialect.js';
import { hasEndedTransaction } from '../kernel/core/database-errors.js';
import { outboxInserts, outboxInsertText } from './tables/outbox-table.js';
import type { Connection, Outcome } from './seen-statement.js';

/** A driver's own connection. */
type RawConnection = object;

/** A query as Knex' clients pass it to their driver, with what the driver answered once it has. */
interface Query {
	sql: string;
	bindings?: unknown[];
	method?: string;
	response?: unknown;
	/** What node-sqlite3 says of a statement it ran. */
	context?: { lastID?: number; changes?: number };
}

/** As much of Knex' client as is used: transactions make theirs from the same prototype, with the same settings. */
interface Client {
	config: unknown;
	transacting?: boolean;
	constructor: { prototype: Client };
	_query(connection: RawConnection, query: Query): Promise<Query>;
}

/** What stays while the extension is loaded again: the one method that was replaced, and what is open on each connection. */
interface Slot {
	original: Client['_query'];
	notes: WeakMap<RawConnection, NotedWrites>;
	/** The connection of each open transaction. */
	connections: WeakMap<object, RawConnection>;
	/** MySQL's connections that are marked: there it lasts as long as they do. */
	marked: WeakSet<RawConnection>;
	current: { database: Knex; dialect: Dialect; statements: SeenStatements; marksWriter: boolean } | null;
}

/** Another one whenever what the two builds of a takeover have to share changes. */
const SLOT = Symbol.for('directus-extension-downstream.statements/2');
/** Those of builds before this one, which see nothing any more once this one does. */
const EARLIER = [Symbol.for('directus-extension-downstream.statements')];

export interface StatementTap {
	/** The notes on the connection of a transaction; null where it is not known. */
	notesOf(transaction: Knex): NotedWrites | null;
}

/**
 * Has every statement that goes to this database run by `statements`. Knex has one method that all of them pass, transactions and
 * their BEGIN and COMMIT included; its events come with no connection, and cannot be waited for. One process has one tap:
 * loaded again, the extension takes it over.
 * @param marksWriter database triggers have to be told of what is recorded here
 * @returns null where this Knex is not one that is known
 */
export function tapStatements(database: Knex, statements: SeenStatements, marksWriter = false): StatementTap | null {
	const client = database.client as Client;
	const prototype = client.constructor.prototype as Client & { [SLOT]?: Slot };
	if (typeof prototype._query !== 'function' || client._query !== prototype._query || prototype._query.length !== 2)
		return null;
	const dialect = dialectOf(database);
	if (!dialect) return null;
	for (const earlier of EARLIER) {
		const inForce = (prototype as unknown as { [slot: symbol]: Pick<Slot, 'current'> | undefined })[earlier];
		if (inForce) inForce.current = null;
	}
	const slot = Object.hasOwn(prototype, SLOT) && prototype[SLOT] ? prototype[SLOT] : replace(prototype);
	slot.current = { database, dialect, statements, marksWriter };
	return {
		notesOf(transaction) {
			const connection = slot.connections.get(transaction.client as object);
			return (connection && slot.notes.get(connection)) ?? null;
		},
	};
}

function replace(prototype: Client & { [SLOT]?: Slot }): Slot {
	const slot: Slot = {
		original: prototype._query,
		notes: new WeakMap(),
		connections: new WeakMap(),
		marked: new WeakSet(),
		current: null,
	};
	prototype[SLOT] = slot;
	prototype._query = function _query(this: Client, connection, query) {
		const { current, original } = slot;
		const sql = query.sql ?? '';
		// Another extension's own database, or nothing that is looked at.
		if (
			!current ||
			!connection ||
			this.config !== (current.database.client as Client).config ||
			!(mayMatter(sql) || (this.transacting && isAwaited(slot, current.dialect, connection, sql)))
		)
			return original.call(this, connection, query);
		if (this.transacting && !slot.connections.has(this)) slot.connections.set(this, connection);
		const known = slot.notes.get(connection);
		const notes = known ?? current.statements.createNotes();
		if (!known) slot.notes.set(connection, notes);
		// Most of what Directus writes is its own records: nothing is made ready for them.
		if (current.statements.ignores(sql, notes)) return original.call(this, connection, query);
		const driver = (sql: string) => original.call(this, connection, { sql, bindings: [] });
		const isInTransaction = () => notes.isInTransaction() || this.transacting === true;
		const writer = current.marksWriter ? writerOn(connection, current.dialect, slot.marked, driver) : null;
		const on = connectionOf({ ...current, connection, notes, driver, isInTransaction, writer });
		return current.statements.run({
			sql,
			bindings: query.bindings ?? [],
			on,
			run: () => original.call(this, connection, query),
			outcome: (done) => on.outcome(done),
			commitWith: KNEX_COMMIT.test(sql)
				? commitWith({ ...current, connection, driver, hasEnded: on.hasEnded, query })
				: undefined,
		});
	};
	return slot;
}

/** The COMMIT of a transaction that Knex has begun: its answer is not read. */
const KNEX_COMMIT = /^commit;?$/i;

/** Whether a statement that writes nothing looks at what its transaction is to record, which then has to be there. */
function isAwaited({ notes }: Slot, dialect: Dialect, connection: RawConnection, sql: string): boolean {
	const kept = notes.get(connection)?.kept.count() ?? 0;
	return kept > 0 && whyOutboxFirst(sql, dialect) !== null;
}

function writerOn(
	connection: RawConnection,
	dialect: Dialect,
	marked: WeakSet<RawConnection>,
	driver: ConnectionPorts['driver'],
): Connection['writer'] {
	const { make, unmake, lasts } = WRITER_MARKS[dialect];
	return {
		async make() {
			if (marked.has(connection)) return;
			await driver(make);
			if (lasts === 'connection') marked.add(connection);
		},
		unmake: async () => void (unmake !== null && (await driver(unmake))),
	};
}

interface ConnectionPorts {
	database: Knex;
	dialect: Dialect;
	connection: RawConnection;
	notes: NotedWrites;
	/** Runs SQL as it is on the connection, past Knex. */
	driver(sql: string): Promise<Query>;
	isInTransaction(): boolean;
	writer: Connection['writer'];
}

/** One connection while a statement runs on it: queries of our own on the same one. */
function connectionOf(ports: ConnectionPorts): Connection & { outcome(done: Query): Outcome } {
	const { database, dialect, connection, notes, driver, isInTransaction, writer } = ports;

	/** Runs a query; where PostgreSQL would refuse everything after one that fails, in a savepoint, in one round trip. */
	async function rowsOf(query: Knex.QueryBuilder | Knex.Raw): Promise<Row[]> {
		if (dialect !== 'postgres' || !isInTransaction()) {
			const answer: unknown = await (query as Knex.QueryBuilder).connection(connection);
			return rowsIn(answer);
		}
		return rowsIn((await inSavepoint(query.toQuery())).at(1));
	}

	async function inSavepoint(sql: string): Promise<unknown[]> {
		try {
			const { response } = await driver(`savepoint downstream; ${sql}; release savepoint downstream`);
			return response as unknown[];
		} catch (error) {
			// There is none in a transaction that was refused before.
			await driver('rollback to savepoint downstream').catch(() => {});
			throw error;
		}
	}

	return {
		dialect,
		notes,
		isInTransaction,
		async rows(collection, field, values, columns, limit) {
			const query = () => database(collection).select(columns);
			if (field === null) return rowsOf(query().limit(limit));
			const rows: Row[] = [];
			for (const chunk of inGroupsOf(500, values)) {
				if (rows.length >= limit) break;
				rows.push(
					...(await rowsOf(
						query()
							.whereIn(field, chunk as string[])
							.limit(limit - rows.length),
					)),
				);
			}
			return rows;
		},
		select({ from, where, bindings: places }, bindings, columns, limit) {
			const sql = `select ${columns.map(() => '??').join(', ')} from ${from}${where ? ` where ${where}` : ''} limit ${limit}`;
			const values = [...columns, ...places.map((place) => bindings[place])] as string[];
			return rowsOf(database.raw(sql, values));
		},
		async record(changes) {
			const text = dialect === 'mysql' ? null : outboxInsertText(changes, dialect);
			if (text !== null && dialect === 'postgres') return void (await inSavepoint(text));
			if (text !== null && (await execute(connection, text))) return;
			for (const insert of outboxInserts(database, changes)) {
				if (dialect === 'postgres') await inSavepoint(insert.toQuery());
				else await insert.connection(connection);
			}
		},
		hasEnded: hasEndedTransaction,
		async lastMade(table, primary) {
			if (dialect === 'mysql') return null;
			const [row] = await rowsOf(
				dialect === 'sqlite'
					? database.raw('select last_insert_rowid() as made')
					: database.raw(`select currval(pg_get_serial_sequence(?, ?)) as made`, [`"${table}"`, primary]),
			);
			return row ? numberOf(row['made']) : null;
		},
		control: driver,
		isRefused: (error) => dialect === 'postgres' && (error as { code?: unknown } | null)?.code === '25P02',
		wasRefused: (answer) => (answer as { response?: { command?: unknown } } | null)?.response?.command === 'ROLLBACK',
		writer,
		outcome: (done) => outcomeOf(done, dialect),
	};
}

/** What a statement came to, as each driver tells it. */
function outcomeOf({ response, context }: Query, dialect: Dialect): Outcome {
	if (dialect === 'sqlite') {
		const rows = Array.isArray(response) && response.length > 0 ? (response as Row[]) : null;
		return { affected: context?.changes ?? null, rows, made: rows ? null : (context?.lastID ?? null) };
	}
	if (dialect === 'postgres') {
		const { rowCount = null, rows = null } = (response ?? {}) as { rowCount?: number | null; rows?: Row[] | null };
		return { affected: rowCount, rows, made: null };
	}
	const [head] = (response ?? []) as [unknown];
	if (Array.isArray(head)) return { affected: null, rows: head as Row[], made: null };
	const { affectedRows = null, insertId = null } = (head ?? {}) as { affectedRows?: number; insertId?: number };
	return { affected: affectedRows, rows: null, made: insertId ? numberOf(insertId) : null };
}

/** Rows as each driver gives them, through Knex or past it. */
function rowsIn(answer: unknown): Row[] {
	if (!Array.isArray(answer)) return (answer as { rows?: Row[] } | null)?.rows ?? [];
	return (Array.isArray(answer[0]) ? answer[0] : answer) as Row[];
}

const numberOf = (value: unknown): number | null => {
	const number = Number(value);
	return Number.isSafeInteger(number) && number > 0 ? number : null;
};
