import type { Picked, Write } from './core/statement.js';
import { ALL_ITEMS } from '../contract/vocabulary.js';
import { LIMITS } from '../../schema.js';
import type { Glimpse } from './before-values.js';
import { findVictims, wholeVictims } from './find-cascades.js';
import { keysInserted } from './keys-inserted.js';
import type { NewChange } from './new-change.js';
import type { Note } from './noted-writes.js';
import type { CapturePorts } from './capture-ports.js';
import type { Outcome, Seen, StatementParts } from './seen-statement.js';
import { messageOf } from '../kernel/core/message-of.js';

/** What a write is about to do to which items, as far as can be told before it runs. */
export interface Expected {
	write: Write;
	collection: string;
	primary: string;
	/** null where only the result tells, or nothing does. */
	keys: string[] | null;
	glimpses: Map<string, Glimpse>;
	/** Rows that are known to be there. */
	existing: Set<string> | null;
	/** How many rows were selected for it, where they were. */
	selected: number | null;
}

/** Which items a write is about, what they were before it, and what the database does along with it. */
export function createWrittenItems(ports: CapturePorts, parts: StatementParts) {
	const { glimpses } = parts;
	const reader: Reader = { ...parts, ports };

	/** What can only be known before the statement runs: which items it is about, what they were, what goes with them. */
	async function expected<T>(write: Write, seen: Seen<T>): Promise<Expected> {
		const { table: collection, event } = write;
		const primary = ports.primary(collection) ?? 'id';
		const known: Expected = {
			write,
			collection,
			primary,
			keys: null,
			glimpses: new Map(),
			existing: null,
			selected: null,
		};
		// The primary key of a collection newer than the schema is unknown.
		if (!ports.primary(collection) || (!write.picked && event !== 'create')) return known;
		if (write.columns?.includes(primary) && event === 'update') return known;
		try {
			if (event === 'create') return write.conflicts === null ? known : await expectConflict(known, seen, reader);
			return await expectPicked(known, write.picked as Picked, seen, reader);
		} catch (error) {
			if (seen.on.hasEnded(error)) throw error;
			reportUnread(error);
			return { ...known, keys: byKey(write.picked, primary, seen.bindings) };
		}
	}

	async function notesOf<T>(expected: Expected, seen: Seen<T>, outcome: Outcome): Promise<Note[]> {
		const isInsert = expected.write.event === 'create';
		if (outcome.affected === 0 && !isInsert) return [];
		if (!ports.primary(expected.collection)) return [wholeNote(expected)];
		const notes = isInsert
			? await notesOfInsert(expected, seen, outcome, ports)
			: await notesOfPicked(expected, seen, outcome, glimpses);
		return notes ?? [wholeNote(expected)];
	}

	/** Stands for every item, where a statement does not tell which: what it may have deleted takes along what it may. */
	function wholeNote({ write, collection }: Expected): Note {
		const victims = write.event === 'delete' ? wholeVictims(collection, ports.watch()) : [];
		const glimpse: Glimpse = {
			event: 'delete',
			before: null,
			asked: null,
			fields: null,
			victims,
			outcome: null,
			write: glimpses.write(0),
			turn: glimpses.turn(),
		};
		return { collection, item: ALL_ITEMS, event: 'update', fields: null, glimpse };
	}

	function reportUnread(error: unknown): void {
		ports.report(`what a statement is about to change could not be read: ${messageOf(error)}`);
	}

	return { expected, notesOf, wholeNote, told: reportUnread };
}

/** What items are read with before they are written. */
interface Reader extends StatementParts {
	ports: CapturePorts;
}

/** For an update or a deletion: the rows that it picks, and their before-images. */
async function expectPicked<T>(
	known: Expected,
	picked: Picked,
	{ on, bindings }: Seen<T>,
	reader: Reader,
): Promise<Expected> {
	const { glimpses, toRead, ports } = reader;
	const { collection, primary } = known;
	const event = known.write.event as 'update' | 'delete';
	const wanted = toRead(collection);
	const columns = [...new Set([primary, ...(wanted?.columns ?? [])])];
	const named = byKey(picked, primary, bindings);
	// A hook has read them where Directus itself writes: nothing more is read then.
	const unread = named?.filter((key) => !glimpses.has(collection, key, event)) ?? null;
	const needs = event === 'delete' || columns.length > 1;
	if (unread && (unread.length === 0 || !needs)) return { ...known, keys: named };
	const rows = unread
		? await on.rows(collection, primary, unread, columns, unread.length)
		: await on.select(picked, bindings, columns, LIMITS.fanOut + 1);
	if (!unread && rows.length > LIMITS.fanOut) return known;
	const pairs = rows.map((row) => [String(row[primary]), row] as const);
	const victims =
		event === 'delete'
			? await findVictims(
					collection,
					rows.map((row) => row[primary]),
					on,
					ports,
				)
			: new Map<string, NewChange[]>();
	const write = glimpses.write(pairs.length);
	const turn = glimpses.turn();
	const read = pairs
		.filter(([key]) => !glimpses.has(collection, key, event))
		.map(([key, row]): [string, Glimpse] => [
			key,
			{
				event,
				before: wanted ? { columns: row, between: null, related: null } : null,
				asked: null,
				fields: known.write.columns,
				victims: victims.get(key) ?? [],
				outcome: null,
				write,
				turn,
			},
		]);
	const existing = new Set(pairs.map(([key]) => key));
	// Named keys that were not looked for count as existing; the others are known not to exist.
	const keys = named ? named.filter((key) => existing.has(key) || !unread?.includes(key)) : [...existing];
	return { ...known, keys, glimpses: new Map(read), selected: unread ? null : pairs.length };
}

/** For an insert that may overwrite rows: which exist already, and their before-images. */
async function expectConflict<T>(
	known: Expected,
	{ on, bindings }: Seen<T>,
	{ glimpses, toRead }: Reader,
): Promise<Expected> {
	const { write, collection, primary } = known;
	const { conflictOn } = write;
	if (write.conflicts === 'unknown' || (conflictOn && String(conflictOn) !== primary)) return known;
	const keys = keysInserted.named(write, primary, bindings, on.dialect);
	if (!keys) return known;
	const columns = [...new Set([primary, ...(toRead(collection)?.columns ?? [])])];
	const rows = await on.rows(collection, primary, keys, columns, keys.length);
	const batch = glimpses.write(rows.length);
	const turn = glimpses.turn();
	const read = rows.map((row): [string, Glimpse] => [
		String(row[primary]),
		{
			event: 'update',
			before: { columns: row, between: null, related: null },
			asked: null,
			fields: write.columns,
			victims: [],
			outcome: null,
			write: batch,
			turn,
		},
	]);
	return { ...known, keys, glimpses: new Map(read), existing: new Set(read.map(([key]) => key)) };
}

const noteOf = ({ collection, write, glimpses }: Expected, item: string, event: Note['event']): Note => ({
	collection,
	item,
	event,
	fields: event === 'update' ? write.columns : null,
	glimpse: glimpses.get(item) ?? null,
});

/** The rows that an insert made or overwrote; null where that cannot be told. */
async function notesOfInsert<T>(
	expected: Expected,
	{ on, bindings }: Seen<T>,
	outcome: Outcome,
	ports: CapturePorts,
): Promise<Note[] | null> {
	const { write, collection, primary, keys, existing } = expected;
	if (write.conflicts === null) {
		const made = await keysInserted.of({
			write,
			primary,
			bindings,
			outcome,
			isNumber: ports.isNumbered(collection),
			on,
		});
		return made ? made.map((key) => noteOf(expected, key, 'create')) : null;
	}
	const returned = keysInserted.returned(outcome, primary);
	if (!keys)
		return returned && write.conflicts !== 'unknown' ? returned.map((key) => noteOf(expected, key, 'update')) : null;
	const rows = await on.rows(collection, primary, keys, [primary], keys.length);
	const now = new Set(rows.map((row) => String(row[primary])));
	// Something else than the key was there already, in a row that has another key.
	if (write.conflicts === 'written' && keys.some((key) => !now.has(key))) return null;
	return keys.flatMap((key) => {
		if (existing?.has(key)) return write.conflicts === 'left' ? [] : [noteOf(expected, key, 'update')];
		return now.has(key) ? [noteOf(expected, key, 'create')] : [];
	});
}

/** The rows that an update or a deletion has met; null where that cannot be told. */
async function notesOfPicked<T>(
	expected: Expected,
	{ on }: Seen<T>,
	outcome: Outcome,
	glimpses: StatementParts['glimpses'],
): Promise<Note[] | null> {
	const { collection, primary, keys, selected } = expected;
	const { event } = expected.write;
	if (!keys) return null;
	// Others have made rows match meanwhile, or it is not known how many there were.
	if (selected !== null && outcome.affected !== null && outcome.affected > selected) return null;
	if (event === 'update' && selected === null && outcome.affected !== null && outcome.affected < keys.length) {
		const unread = keys.filter((key) => !glimpses.has(collection, key, 'update'));
		if (unread.length > 0) {
			const rows = await on.rows(collection, primary, unread, [primary], unread.length);
			const now = new Set(rows.map((row) => String(row[primary])));
			return keys.filter((key) => now.has(key) || !unread.includes(key)).map((key) => noteOf(expected, key, 'update'));
		}
	}
	return keys.map((key) => noteOf(expected, key, event));
}

/** The keys that a statement picks by, without doubles; null where it picks by anything else. */
function byKey(picked: Picked | null, primary: string, bindings: readonly unknown[]): string[] | null {
	if (picked?.by?.column !== primary) return null;
	const values = picked.by.values.map((operand) => ('binding' in operand ? bindings[operand.binding] : operand.value));
	return [...new Set(values.filter((value) => value !== null && value !== undefined).map(String))];
}
