import type { Dialect } from '../kernel/core/dialect.js';
import { whyOutboxFirst } from './core/outbox-first.js';
import { readStatement, type Statement, type Write } from './core/statement.js';
import { TARGET_COLLECTIONS } from '../contract/vocabulary.js';
import { changesOfNotes } from './changes-of-notes.js';
import type { NewChange } from './new-change.js';
import { createNotedWrites, type NotedWrites } from './noted-writes.js';
import { createOutboxWrites } from './outbox-writes.js';
import { createWantedWrites } from './wanted-writes.js';
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
	const items = createWrittenItems(ports, parts);
	const wanted = createWantedWrites(ports, parts);
	const outbox = createOutboxWrites(ports, parts);
	const read = createStatementReader();
	const underWay = createUnderWay();
	const commits = createCommits(ports, { ...parts, outbox, underWay, reportUnread: items.told });
	const writing = createWriting(parts, items, commits);

	/** Runs a statement that is not to be ignored, and does what has to be done before and after it. */
	function run<T>(seen: Seen<T>): Promise<T> {
		return seen.on.notes.kept.count() > 0 ? runAfterKept(seen) : runNow(seen);
	}

	/** Writes what the transaction has collected, if this statement must not run before that. */
	function runAfterKept<T>(seen: Seen<T>): Promise<T> {
		const { notes, dialect } = seen.on;
		const why = whyOutboxFirst(seen.sql, dialect);
		if (why === 'commits') return runCommitting(seen);
		if (why === null && (!notes.kept.isFull() || UNDOING.test(seen.sql))) return runNow(seen);
		if (why === 'hidden') notes.keepNoMore();
		return underWay.add(notes, outbox.writeKept(seen.on)).then(() => runNow(seen));
	}

	/** What MySQL ends a transaction with, without being told to. */
	async function runCommitting<T>(seen: Seen<T>): Promise<T> {
		const { on } = seen;
		const late = await underWay.add(on.notes, outbox.write(on, outbox.collect(on)));
		const result = await runNow(seen);
		on.notes.keepNoMore();
		if (late.length > 0) void parts.recordLater(late);
		else ports.wake();
		return result;
	}

	function runNow<T>(seen: Seen<T>): Promise<T> {
		const statement = read(seen.sql, seen.on.dialect);
		if (!statement) return seen.run();
		if (statement.kind !== 'write') return runControl(statement, seen);
		const { notes } = seen.on;
		const changesRules = statement.writes.some(({ table }) => TARGET_COLLECTIONS.includes(table));
		const writes = statement.writes.filter(wanted.matters);
		// Tables whose rows are not recorded can still have triggers.
		const isTriggered =
			seen.on.writer !== null &&
			statement.writes.some(({ table }) => ports.primary(table) !== null && wanted.isWatchedTable(table));
		if (writes.length === 0 && !isTriggered && !(changesRules && seen.on.isInTransaction()))
			return changesRules ? seen.run().then((result) => (ports.rulesWritten(), result)) : seen.run();
		if (changesRules) commits.changesRules(notes);
		if (writes.length === 0 && !isTriggered) return seen.run();
		if (!seen.on.isInTransaction()) return writing.alone(writes, seen);
		return underWay.add(notes, writing.inTransaction(writes, seen));
	}

	async function runControl<T>(statement: Exclude<Statement, { kind: 'write' }>, seen: Seen<T>): Promise<T> {
		const { notes } = seen.on;
		if (statement.kind === 'commit') return commits.commit(seen);
		if (statement.kind === 'rollback') return seen.run().finally(() => commits.end(notes));
		const result = await seen.run();
		if (!('name' in statement)) notes.begin();
		else if (statement.kind === 'savepoint') notes.savepoint(statement.name);
		else if (statement.kind === 'release') notes.release(statement.name);
		else notes.rollbackTo(statement.name);
		return result;
	}

	return { run, ignores: wanted.ignores, createNotes: createNotedWrites };
}

/** What takes back what would be written before it. */
const UNDOING = /^\s*rollback\b/i;

export type SeenStatements = ReturnType<typeof createSeenStatements>;

/** Statements are alike: those of a few hundred lines of code, with other bindings. */
function createStatementReader() {
	const recent = new Map<string, Statement | null>();

	return (sql: string, dialect: Dialect): Statement | null => {
		const known = recent.get(sql);
		if (known !== undefined) return known;
		const statement = readStatement(sql, dialect);
		if (sql.length < 2_000) {
			if (recent.size >= 500) recent.clear();
			recent.set(sql, statement);
		}
		return statement;
	};
}

/** What is under way in each transaction: its COMMIT waits for that. */
function createUnderWay() {
	const running = new WeakMap<NotedWrites, Set<Promise<unknown>>>();

	function add<T>(notes: NotedWrites, done: Promise<T>): Promise<T> {
		const all = running.get(notes) ?? new Set();
		running.set(notes, all.add(done));
		const over = () => void all.delete(done);
		done.then(over, over);
		return done;
	}

	return {
		add,
		settled: async (notes: NotedWrites): Promise<void> => void (await Promise.allSettled(running.get(notes) ?? [])),
	};
}

interface CommitParts extends StatementParts {
	outbox: ReturnType<typeof createOutboxWrites>;
	underWay: ReturnType<typeof createUnderWay>;
	reportUnread(error: unknown): void;
}

/** The ends of transactions: right before a COMMIT, what was collected is written. */
function createCommits(ports: CapturePorts, parts: CommitParts) {
	const { outbox } = parts;
	/** Transactions that have written what rules are. */
	const ruling = new WeakSet<NotedWrites>();

	function end(notes: NotedWrites): void {
		ruling.delete(notes);
		notes.end();
	}

	async function commit<T>(seen: Pick<Seen<T>, 'on' | 'run' | 'commitWith'>): Promise<T> {
		const { on, run } = seen;
		const { notes } = on;
		await parts.underWay.settled(notes);
		if (notes.wasMarked()) await on.writer?.unmake().catch(parts.reportUnread);
		const tellsRules = ruling.has(notes);
		const hasWritten = notes.kept.wereWritten();
		const collected = outbox.collect(on);
		let late: NewChange[] = [];
		let answer: T;
		try {
			const both = await outbox.writeAndCommit(seen, collected);
			if (!both) late = await outbox.write(on, collected);
			answer = both ? both.answer : await run();
		} catch (error) {
			end(notes);
			// The host may make all of it again.
			parts.glimpses.putBack(collected.kept);
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

	return { commit, end, changesRules: (notes: NotedWrites): void => void ruling.add(notes) };
}

/** Runs statements that write, and notes what they wrote. */
function createWriting(
	parts: StatementParts,
	items: ReturnType<typeof createWrittenItems>,
	commits: ReturnType<typeof createCommits>,
) {
	/** A write outside a transaction: in one of its own, so that the process may be killed at any moment. */
	async function alone<T>(writes: Write[], seen: Seen<T>): Promise<T> {
		const { on } = seen;
		try {
			await on.control('BEGIN');
		} catch (error) {
			// The transaction was opened without Knex: its writes are recorded after each statement.
			items.told(error);
			const result = await inTransaction(writes, seen, false);
			void parts.recordLater(changesOfNotes(on.notes.take(), parts.glimpses, parts.changesOf));
			return result;
		}
		on.notes.begin();
		let result: T;
		try {
			result = await inTransaction(writes, seen);
		} catch (error) {
			commits.end(on.notes);
			await on.control('ROLLBACK').catch(() => {});
			throw error;
		}
		await commits.commit<unknown>({ on, run: () => on.control('COMMIT') });
		return result;
	}

	/** @param mayMark whether the transaction's end will be seen, and the mark's with it */
	async function inTransaction<T>(writes: Write[], seen: Seen<T>, mayMark = true): Promise<T> {
		if (mayMark) await markWriter(seen.on);
		const all: Expected[] = [];
		for (const write of writes) all.push(await items.expected(write, seen));
		const result = await seen.run();
		for (const change of all) {
			const notes = await items
				.notesOf(change, seen, seen.outcome(result))
				.catch((error: unknown) => (items.told(error), [items.wholeNote(change)]));
			for (const note of notes) seen.on.notes.add(note);
		}
		return result;
	}

	/** If it cannot be marked, triggers record the same again. */
	async function markWriter({ writer, notes }: Connection): Promise<void> {
		if (!writer || notes.isMarked()) return;
		await writer.make().then(notes.mark, items.told);
	}

	return { alone, inTransaction };
}
