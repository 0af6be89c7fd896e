import type { Dialect } from '../kernel/core/dialect.js';
import { whyOutboxFirst } from './core/outbox-first.js';
import { readStatement, type Statement, type Write } from './core/statement.js';
import { TARGET_COLLECTIONS } from '../contract/vocabulary.js';
import { changesOfNotes } from './changes-of-notes.js';
import type { NewChange } from './new-change.js';
import { createNotedWrites, type NotedWrites } from './noted-writes.js';
import { createOutboxWrites } from './outbox-writes.js';
import { createWrittenItems, type Expected } from './written-items.js';
import type { CapturePorts } from './capture-ports.js';
import type { Connection, Seen, StatementParts } from './seen-statement.js';

/**
 * The second seam, for writes that leave neither activity nor event: every statement of the process comes by here. What a
 * transaction has written and nobody has told of goes to the outbox right before it is committed, on its own connection,
 * and so lives and dies with it. A write outside a transaction gets one. The host's statements, results and errors stay
 * as they are; a failure of ours is reported, and fails no statement but where it has ended the transaction.
 */
export function createSeenStatements(ports: CapturePorts, parts: StatementParts) {
	const { glimpses, isWatched } = parts;
	const { expected, notesOf, wholeNote, told } = createWrittenItems(ports, parts);
	const recent = new Map<string, Statement | null>();
	/** Transactions that have written what rules are. */
	const ruling = new WeakSet<NotedWrites>();
	const running = new WeakMap<NotedWrites, Set<Promise<unknown>>>();
	const { collect, write, writeAndCommit, writeKept } = createOutboxWrites(ports, parts);

	const end = (notes: NotedWrites) => {
		ruling.delete(notes);
		notes.end();
	};

	/** Runs a statement that is not to be ignored, and does what has to be done before and after it. */
	function run<T>(seen: Seen<T>): Promise<T> {
		return seen.on.notes.kept.count() > 0 ? runAfterKept(seen) : runNow(seen);
	}

	/** Whether there is nothing to do before or after a statement; said without reading it. */
	function ignores(sql: string, { kept }: NotedWrites): boolean {
		const table = PLAIN.exec(sql)?.[1];
		if (table === undefined || mayMatter(table) || sql.includes(';')) return false;
		return kept.count() === 0 || (!kept.isFull() && !sql.includes('downstream_outbox'));
	}

	/** Writes what the transaction has collected, if this statement must not run before that. */
	function runAfterKept<T>(seen: Seen<T>): Promise<T> {
		const { notes, dialect } = seen.on;
		const why = whyOutboxFirst(seen.sql, dialect);
		if (why === 'commits') return runCommitting(seen);
		if (why === null && (!notes.kept.isFull() || UNDOING.test(seen.sql))) return runNow(seen);
		if (why === 'hidden') notes.keepNoMore();
		return beforeCommit(notes, writeKept(seen.on)).then(() => runNow(seen));
	}

	/** What MySQL ends a transaction with, without being told to. */
	async function runCommitting<T>(seen: Seen<T>): Promise<T> {
		const { on } = seen;
		const late = await beforeCommit(on.notes, write(on, collect(on)));
		const result = await runNow(seen);
		on.notes.keepNoMore();
		if (late.length > 0) void parts.recordLater(late);
		else ports.wake();
		return result;
	}

	/** A transaction's COMMIT waits for what is under way in it. */
	function beforeCommit<T>(notes: NotedWrites, done: Promise<T>): Promise<T> {
		const all = running.get(notes) ?? new Set();
		running.set(notes, all.add(done));
		const over = () => void all.delete(done);
		done.then(over, over);
		return done;
	}

	function runNow<T>(seen: Seen<T>): Promise<T> {
		const statement = read(seen.sql, seen.on.dialect);
		if (!statement) return seen.run();
		if (statement.kind !== 'write') return runControl(statement, seen);
		const { notes } = seen.on;
		const changesRules = statement.writes.some(({ table }) => TARGET_COLLECTIONS.includes(table));
		const writes = statement.writes.filter(matters);
		// Tables whose rows are not recorded can still have triggers.
		const isTriggered =
			seen.on.writer !== null &&
			statement.writes.some(({ table }) => ports.primary(table) !== null && isWatchedTable(table));
		if (writes.length === 0 && !isTriggered && !(changesRules && seen.on.isInTransaction()))
			return changesRules ? seen.run().then((result) => (ports.rulesWritten(), result)) : seen.run();
		if (changesRules) ruling.add(notes);
		if (writes.length === 0 && !isTriggered) return seen.run();
		if (!seen.on.isInTransaction()) return runAlone(writes, seen);
		return beforeCommit(notes, runWrites(writes, seen));
	}

	/** Statements are alike: those of a few hundred lines of code, with other bindings. */
	function read(sql: string, dialect: Dialect): Statement | null {
		const known = recent.get(sql);
		if (known !== undefined) return known;
		const statement = readStatement(sql, dialect);
		if (sql.length < 2_000) {
			if (recent.size >= 500) recent.clear();
			recent.set(sql, statement);
		}
		return statement;
	}

	const matters = ({ table, event, columns }: Write): boolean => {
		if (!ports.primary(table) && !mayBeNew(table)) return false;
		if (table === 'directus_users' && columns?.every((column) => PRESENCE.includes(column))) return false;
		return isWatchedTable(table) || (event === 'delete' && ports.watch().cascades.has(table));
	};

	/** While rules are read again, an unknown table may be a new collection. */
	const mayBeNew = (table: string) => ports.stale() && !NO_COLLECTION.test(table);

	const mayMatter = (table: string) =>
		isWatchedTable(table) || ports.watch().cascades.has(table) || TARGET_COLLECTIONS.includes(table);

	const isWatchedTable = (table: string) =>
		!table.startsWith('downstream_') &&
		(ports.watch().collections.has(table) || (isWatched(table) && !NEVER_BY_CHANCE.has(table)));

	async function runControl<T>(statement: Exclude<Statement, { kind: 'write' }>, seen: Seen<T>): Promise<T> {
		const { notes } = seen.on;
		if (statement.kind === 'commit') return commit(seen);
		if (statement.kind === 'rollback') return seen.run().finally(() => end(notes));
		const result = await seen.run();
		if (!('name' in statement)) notes.begin();
		else if (statement.kind === 'savepoint') notes.savepoint(statement.name);
		else if (statement.kind === 'release') notes.release(statement.name);
		else notes.rollbackTo(statement.name);
		return result;
	}

	async function commit<T>(seen: Pick<Seen<T>, 'on' | 'run' | 'commitWith'>): Promise<T> {
		const { on, run } = seen;
		const { notes } = on;
		const open = running.get(notes);
		if (open && open.size > 0) await Promise.allSettled(open);
		if (notes.wasMarked()) await on.writer?.unmake().catch(told);
		const tellsRules = ruling.has(notes);
		const hasWritten = notes.kept.wereWritten();
		const collected = collect(on);
		let late: NewChange[] = [];
		let answer: T;
		try {
			const both = await writeAndCommit(seen, collected);
			if (!both) late = await write(on, collected);
			answer = both ? both.answer : await run();
		} catch (error) {
			end(notes);
			// The host may make all of it again.
			glimpses.putBack(collected.kept);
			if (on.hasEnded(error)) await on.control('ROLLBACK').catch(() => {});
			throw error;
		}
		end(notes);
		if (on.wasRefused(answer)) return answer;
		if (tellsRules) ports.rulesWritten();
		if (late.length > 0) void parts.recordLater(late);
		else if (hasWritten || collected.changes.length > 0) ports.wake();
		return answer;
	}

	/** A write outside a transaction: in one of its own, so that the process may be killed at any moment. */
	async function runAlone<T>(writes: Write[], seen: Seen<T>): Promise<T> {
		const { on } = seen;
		try {
			await on.control('BEGIN');
		} catch (error) {
			// The transaction was opened without Knex: its writes are recorded after each statement.
			told(error);
			const result = await runWrites(writes, seen, false);
			void parts.recordLater(changesOfNotes(on.notes.take(), glimpses, parts.changesOf));
			return result;
		}
		on.notes.begin();
		let result: T;
		try {
			result = await runWrites(writes, seen);
		} catch (error) {
			end(on.notes);
			await on.control('ROLLBACK').catch(() => {});
			throw error;
		}
		await commit<unknown>({ on, run: () => on.control('COMMIT') });
		return result;
	}

	/** @param mayMark whether the transaction's end will be seen, and the mark's with it */
	async function runWrites<T>(writes: Write[], seen: Seen<T>, mayMark = true): Promise<T> {
		if (mayMark) await markWriter(seen.on);
		const all: Expected[] = [];
		for (const write of writes) all.push(await expected(write, seen));
		const result = await seen.run();
		for (const change of all) {
			const notes = await notesOf(change, seen, seen.outcome(result)).catch(
				(error: unknown) => (told(error), [wholeNote(change)]),
			);
			for (const note of notes) seen.on.notes.add(note);
		}
		return result;
	}

	/** If it cannot be marked, triggers record the same again. */
	async function markWriter({ writer, notes }: Connection): Promise<void> {
		if (!writer || notes.isMarked()) return;
		await writer.make().then(notes.mark, told);
	}

	return { run, ignores, createNotes: createNotedWrites };
}

/** A statement as Knex builds it, and its table. */
const PLAIN = /^(?:insert into|update|delete from) [`"]([^`"]+)[`"] (?:\(|set |where |default )/;

/** What takes back what would be written before it. */
const UNDOING = /^\s*rollback\b/i;

/** What Directus notes of a user who logs in or looks at a page: no change of the item. */
const PRESENCE = ['last_access', 'last_page'];

/** Directus' own records, which every write adds to: never recorded only because the rules are being read again. */
const NEVER_BY_CHANCE = new Set(['directus_activity', 'directus_revisions', 'directus_sessions']);

/** Tables of Directus and Knex themselves, whose names are known. */
const NO_COLLECTION = /^(?:directus_|_knex_)/;

export type SeenStatements = ReturnType<typeof createSeenStatements>;
