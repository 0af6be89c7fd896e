import type { Dialect } from '../kernel/core/dialect.js';
import type { Write } from './core/statement.js';
import type { Connection, Outcome } from './seen-statement.js';

interface Inserted {
	write: Write;
	primary: string;
	bindings: readonly unknown[];
	outcome: Outcome;
	/** Whether keys are numbers, so that the database may have made them up. */
	isNumber: boolean;
	on: Connection;
}

/** The keys of inserted rows, as strings; null if they cannot be found out. */
async function of({ write, primary, bindings, outcome, isNumber, on }: Inserted): Promise<string[] | null> {
	const known = named(write, primary, bindings, on.dialect) ?? returned(outcome, primary);
	if (known) return known;
	const count = write.rows?.length ?? (write.columns === null && outcome.affected === 1 ? 1 : null);
	if (!isNumber || count === null) return null;
	const made =
		outcome.made ?? (count === 1 || on.dialect === 'sqlite' ? await on.lastMade(write.table, primary) : null);
	if (made === null) return null;
	const first = on.dialect === 'sqlite' ? made - count + 1 : made;
	const keys = Array.from({ length: count }, (_, index) => first + index);
	if (count === 1) return keys.map(String);
	// If the database counts in larger steps, or other inserts ran meanwhile, these are not the rows.
	const rows = await on.rows(write.table, primary, keys, [primary], count);
	return rows.length === count ? keys.map(String) : null;
}

/** The keys that the statement gives itself. For MySQL a 0 asks for the next number. */
function named(write: Write, primary: string, bindings: readonly unknown[], dialect: Dialect): string[] | null {
	const at = write.columns?.indexOf(primary) ?? -1;
	if (at === -1 || !write.rows) return null;
	const values = write.rows.map((row) => {
		const operand = row[at];
		return operand && ('binding' in operand ? bindings[operand.binding] : operand.value);
	});
	const isKey = (value: unknown) =>
		['string', 'number', 'bigint'].includes(typeof value) && !(dialect === 'mysql' && String(value) === '0');
	return values.every(isKey) ? [...new Set(values.map(String))] : null;
}

function returned({ rows }: Outcome, primary: string): string[] | null {
	if (!rows || rows.length === 0 || !rows.every((row) => row[primary] !== undefined && row[primary] !== null))
		return null;
	return [...new Set(rows.map((row) => String(row[primary])))];
}

export const keysInserted = { of, named, returned };
