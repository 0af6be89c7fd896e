import type { Row } from '../../../kernel/core/row.js';
import { isRecord } from '../../../kernel/core/is-record.js';

/** Rules of permissions, each with the fields that it holds for. */
type Rules = readonly { fields: ReadonlySet<string>; rule: Row }[];

/** Whom `$CURRENT_USER` and its like stand for. */
interface Asking {
	user: string | null;
	role: string | null;
	roles: readonly string[];
}

/**
 * The filter of the rows that a user may be told these fields of: those that a permission for all of them holds for.
 * null where that is every row. A rule that asks for more of the user than who that is holds for none.
 */
export function filterOfRevealed(fields: Iterable<string>, rules: Rules, asking: Asking): Row | null {
	const asked = [...fields];
	const whole = rules.filter(
		(candidate) => candidate.fields.has('*') || asked.every((field) => candidate.fields.has(field)),
	);
	if (whole.some(({ rule }) => Object.keys(rule).length === 0)) return null;
	const filters = whole.flatMap(({ rule }) => {
		try {
			return [standIn(rule, asking) as Row];
		} catch (error) {
			if (error instanceof NotKnown) return [];
			throw error;
		}
	});
	return { _or: filters };
}

class NotKnown extends Error {}

function standIn(value: unknown, asking: Asking): unknown {
	if (Array.isArray(value)) return value.flatMap((entry) => standIn(entry, asking));
	if (isRecord(value))
		return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, standIn(entry, asking)]));
	if (typeof value !== 'string' || !value.startsWith('$')) return value;
	if (value === '$CURRENT_USER') return asking.user;
	if (value === '$CURRENT_ROLE') return asking.role;
	if (value === '$CURRENT_ROLES') return [...asking.roles];
	throw new NotKnown();
}
