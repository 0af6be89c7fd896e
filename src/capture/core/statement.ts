import type { Dialect } from '../../kernel/core/dialect.js';
import {
	closing,
	firstOf,
	indexOf,
	nameAt,
	nameOf,
	parenthesized,
	splitAtCommas,
	textOf,
	tokensOf,
	word,
	type Token,
} from './sql-tokens.js';

/** A value that a statement names: one of its bindings, by its place, or one that is written in it. */
export type Operand = { binding: number } | { value: string | number };

/** Rows that a statement picks, as text to select the same rows with; `?` stands for the bindings, which are given by their places. */
export interface Picked {
	from: string;
	where: string | null;
	bindings: number[];
	/** Where it picks by the values of one column and nothing else: that column and those values. */
	by: { column: string; values: Operand[] } | null;
}

/** One write of a statement, as far as its text tells. */
export interface Write {
	table: string;
	event: 'create' | 'update' | 'delete';
	/** The columns that are set; null where the text does not tell. */
	columns: string[] | null;
	/** What an update or a delete picks; null where the text does not tell. */
	picked: Picked | null;
	/** The inserted values of each row, in the order of `columns`; null where one cannot be told. */
	rows: (Operand | null)[][] | null;
	/** What becomes of rows that are there already: they are written over, left, or others may be. null where nothing is said of it. */
	conflicts: 'written' | 'left' | 'unknown' | null;
	/** The columns by which a row is found to be there already; null where the text does not tell. */
	conflictOn: string[] | null;
}

export type Statement =
	| { kind: 'write'; writes: Write[] }
	| { kind: 'begin' | 'commit' | 'rollback' }
	| { kind: 'savepoint' | 'release' | 'rollback-to'; name: string };

/** The one look that every statement of the process gets: what begins otherwise neither writes rows nor ends a transaction. */
const MAY_MATTER =
	/^[\s;(]*(?:insert|update|delete|replace|truncate|merge|with|do|copy|load|begin|start|commit|end|rollback|savepoint|release|--|\/\*)/i;

/** Whether a statement may be one that `readStatement` has something to say of. */
export const mayMatter = (sql: string): boolean => MAY_MATTER.test(sql) && !OWN_SAVEPOINT.test(sql);

/** In our own savepoints nothing else is written. */
const OWN_SAVEPOINT = /^(?:savepoint|release savepoint|rollback to savepoint) downstream\b/;

const WRITING =
	/\b(?:(insert|replace)\b[\s\S]{0,40}?\binto|(merge)\s+into|(update)|(delete)\b[\s\S]{0,200}?\bfrom|(truncate)(?:\s+table)?)\s+(?:only\s+)?((?:[\w$]+|"[^"]+"|`[^`]+`)(?:\s*\.\s*(?:[\w$]+|"[^"]+"|`[^`]+`))?)/gi;

/**
 * What a statement writes, or what it does to its transaction; null where it does neither. What cannot be understood for
 * certain is a write of which only the table is known.
 * @param sql as the driver gets it: placeholders are `?`, or `$1` on PostgreSQL, where `?` is an operator
 */
export function readStatement(sql: string, dialect: Dialect): Statement | null {
	if (!mayMatter(sql)) return null;
	const tokens = tokensOf(sql, dialect);
	const end = tokens.findIndex(({ text }) => text === ';');
	if (end !== -1 && end < tokens.length - 1) return looseWrites(sql);
	if (end !== -1) tokens.pop();
	const [first, second, third] = tokens.map(({ text }) => text.toLowerCase());
	switch (first) {
		case 'begin':
			return { kind: 'begin' };
		case 'start':
			return second === 'transaction' ? { kind: 'begin' } : null;
		case 'commit':
		case 'end':
			return { kind: 'commit' };
		case 'savepoint':
			return { kind: 'savepoint', name: second ?? '' };
		case 'release':
			return { kind: 'release', name: (second === 'savepoint' ? third : second) ?? '' };
		case 'rollback': {
			const to = tokens.findIndex(({ text }) => /^to$/i.test(text));
			return to === -1
				? { kind: 'rollback' }
				: { kind: 'rollback-to', name: (tokens.at(-1)?.text ?? '').toLowerCase() };
		}
		case 'insert':
		case 'replace':
			return one(readInsert(tokens)) ?? looseWrites(sql, tokens);
		case 'update':
			return one(readUpdate(tokens)) ?? looseWrites(sql, tokens);
		case 'delete':
			return one(readDelete(tokens)) ?? looseWrites(sql, tokens);
		default:
			return looseWrites(sql);
	}
}

const one = (write: Write | null): Statement | null => write && { kind: 'write', writes: [write] };

function readUpdate(tokens: Token[]): Write | null {
	const set = indexOf(tokens, 'set', 1);
	if (set === -1) return null;
	const from = tokens.slice(1, set);
	const table = tableOf(from);
	if (!table) return null;
	const after = firstOf(tokens, ['where', 'returning', 'from', 'order', 'limit', 'join'], set + 1);
	if (['from', 'join'].includes(word(tokens[after]))) return null;
	const columns = columnsSet(tokens.slice(set + 1, after));
	const picked = pick(from, tokens.slice(after));
	return columns && picked
		? { table, event: 'update', columns, picked, rows: null, conflicts: null, conflictOn: null }
		: null;
}

function readDelete(tokens: Token[]): Write | null {
	if (word(tokens[1]) !== 'from') return null;
	const after = firstOf(tokens, ['where', 'returning', 'using', 'order', 'limit', 'join'], 2);
	if (['using', 'join'].includes(word(tokens[after]))) return null;
	const from = tokens.slice(2, after);
	const table = tableOf(from);
	const picked = pick(from, tokens.slice(after));
	return table && picked
		? { table, event: 'delete', columns: null, picked, rows: null, conflicts: null, conflictOn: null }
		: null;
}

function readInsert(tokens: Token[]): Write | null {
	const into = indexOf(tokens, 'into', 1);
	if (into === -1 || into > 3) return null;
	const { name, next } = nameAt(tokens, into + 1);
	if (!name) return null;
	const write = {
		table: name,
		event: 'create',
		columns: null,
		picked: null,
		rows: null,
		...conflictsOf(tokens, into),
	} as const;
	const list = parenthesized(tokens, next);
	if (!list) return write;
	const columns = list.items.map((item) => (item.length === 1 ? nameOf(item[0]) : null));
	if (columns.some((column) => column === null)) return write;
	const named = { ...write, columns: columns as string[] };
	if (word(tokens[list.next]) === 'select') return { ...named, rows: rowsSelected(tokens, list.next, columns.length) };
	if (word(tokens[list.next]) !== 'values') return named;
	const rows: (Operand | null)[][] = [];
	let at = list.next + 1;
	for (;;) {
		const row = parenthesized(tokens, at);
		if (!row || row.items.length !== columns.length) return named;
		rows.push(row.items.map(operandOf));
		if (tokens[row.next]?.text !== ',') return { ...named, rows };
		at = row.next + 1;
	}
}

function conflictsOf(tokens: readonly Token[], into: number): Pick<Write, 'conflicts' | 'conflictOn'> {
	const before = tokens.slice(0, into).map(word);
	if (before.includes('ignore')) return { conflicts: 'left', conflictOn: null };
	if (before.includes('replace') || before.includes('or')) return { conflicts: 'unknown', conflictOn: null };
	const at = tokens.findIndex(
		(token, index) => word(token) === 'on' && ['conflict', 'duplicate'].includes(word(tokens[index + 1])),
	);
	if (at === -1) return { conflicts: null, conflictOn: null };
	const named = parenthesized(tokens, at + 2);
	const columns = named?.items.map((item) => (item.length === 1 ? nameOf(item[0]) : null)) ?? [null];
	return {
		conflicts: tokens.some((token, index) => index > at && word(token) === 'nothing') ? 'left' : 'written',
		conflictOn: columns.every((column) => column !== null) ? columns : null,
	};
}

/** Knex on SQLite inserts several rows as `select ? as a, ? as b union all select …`. */
function rowsSelected(tokens: Token[], start: number, columns: number): (Operand | null)[][] | null {
	const rows: (Operand | null)[][] = [];
	let at = start;
	while (word(tokens[at]) === 'select') {
		const row: (Operand | null)[] = [];
		for (let column = 0; column < columns; column += 1) {
			const value = tokens[at + 1];
			if (!value || word(tokens[at + 2]) !== 'as') return null;
			row.push(operandOf([value]));
			at += 4;
			if (column < columns - 1 && tokens[at]?.text !== ',') return null;
		}
		rows.push(row);
		if (word(tokens[at]) !== 'union') break;
		at += 2;
	}
	return at >= tokens.length || ['where', 'on', 'returning'].includes(word(tokens[at])) ? rows : null;
}

/** The columns left of `=` in `a = 1, b = f(x, y)`. */
function columnsSet(tokens: Token[]): string[] | null {
	const columns: string[] = [];
	for (const part of splitAtCommas(tokens)) {
		const equals = part.findIndex(({ text }) => text === '=');
		const column = nameOf(part[equals - 1]);
		if (equals < 1 || column === null || (equals > 1 && part[equals - 2]?.text !== '.')) return null;
		columns.push(column);
	}
	return columns;
}

/** @param tail from `where`, or from what ends the statement without one */
function pick(from: Token[], tail: Token[]): Picked | null {
	const end = firstOf(tail, ['returning'], 0);
	const rest = tail.slice(0, end);
	const where = word(rest[0]) === 'where' ? rest.slice(1) : null;
	if (!where && rest.length > 0) return null;
	const all = [...from, ...(where ?? [])];
	return {
		from: textOf(from),
		where: where && textOf(where),
		bindings: all.flatMap(({ binding }) => (binding === null ? [] : [binding])),
		by: where && pickedBy(where),
	};
}

function pickedBy(where: Token[]): Picked['by'] {
	const bare = where.at(0)?.text === '(' && closing(where, 0) === where.length - 1 ? where.slice(1, -1) : where;
	const { name, next } = nameAt(bare, 0);
	if (!name) return null;
	if (bare[next]?.text === '=' && bare.length === next + 2) {
		const value = operandOf(bare.slice(next + 1));
		return value && { column: name, values: [value] };
	}
	const list = word(bare[next]) === 'in' ? parenthesized(bare, next + 1) : null;
	if (!list || list.next !== bare.length) return null;
	const values = list.items.map(operandOf);
	return values.every((value) => value !== null) ? { column: name, values } : null;
}

/** The table of `schema.table as alias`, or null where there is more than one. */
function tableOf(from: Token[]): string | null {
	const skipped = word(from[0]) === 'only' || word(from[0]) === 'low_priority' || word(from[0]) === 'ignore' ? 1 : 0;
	const { name, next } = nameAt(from, skipped);
	const alias = from.slice(next);
	if (skipped > 0 && word(from[0]) !== 'only') return null;
	if (alias.length === 0 || (alias.length === 1 && nameOf(alias[0]) !== null)) return name;
	return alias.length === 2 && word(alias[0]) === 'as' ? name : null;
}

function operandOf(tokens: readonly Token[]): Operand | null {
	const [token] = tokens;
	if (!token || tokens.length !== 1) return null;
	if (token.binding !== null) return { binding: token.binding };
	if (/^\d+$/.test(token.text)) return { value: Number(token.text) };
	const text = /^'((?:[^'\\]|'')*)'$/.exec(token.text);
	return text ? { value: (text[1] ?? '').replaceAll("''", "'") } : null;
}

/** Every table that a statement may write to, where no more of it is understood. */
function looseWrites(sql: string, tokens: readonly Token[] = []): Statement | null {
	const first = word(tokens[0]);
	const loose = (table: string, event: Write['event']): Write => ({
		table,
		event,
		columns: null,
		picked: null,
		rows: null,
		conflicts: 'unknown',
		conflictOn: null,
	});
	const parsed = [...sql.matchAll(WRITING)].map((match) => {
		const [, insert, , , deleted, truncate, name = ''] = match;
		const last = /(?:^|\.\s*)("[^"]+"|`[^`]+`|[\w$]+)$/.exec(name)?.[1] ?? name;
		const table = nameOf({ text: last, binding: null, spaced: false }) ?? last;
		return loose(table, insert ? 'create' : deleted || truncate ? 'delete' : 'update');
	});
	// MySQL writes to several tables at once: `update a join b …`, `delete a, b from a join b …`.
	const joined =
		first === 'update' || first === 'delete'
			? tokens.flatMap((token, at) => {
					if (!['update', 'delete', 'from', 'using', 'join', ','].includes(word(token))) return [];
					const { name } = nameAt(tokens, at + 1);
					return name ? [loose(name, first)] : [];
				})
			: [];
	const writes = [...new Map([...joined, ...parsed].map((write) => [`${write.event} ${write.table}`, write])).values()];
	return writes.length > 0 ? { kind: 'write', writes } : null;
}
