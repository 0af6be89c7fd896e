import type { Knex } from 'knex';

/** Sets a column to a different value per target in one update; targets without a value keep what the column holds. */
export function caseOfTarget(
	database: Knex,
	values: [target: string, value: string | number][],
	column: string,
): Knex.Raw {
	const branches = values.map(() => 'when ? then ?').join(' ');
	// The column gives all branches its type, without which PostgreSQL takes a number for text.
	return database.raw(`case ?? ${branches} else ?? end`, ['target', ...values.flat(), column]);
}
