import type { Knex } from 'knex';

/** A value that differs by target, for one update of several targets' rows; a column's own for the targets not named. */
export function caseOfTarget(
	database: Knex,
	values: [target: string, value: string | number][],
	column: string,
): Knex.Raw {
	const branches = values.map(() => 'when ? then ?').join(' ');
	// The column gives all branches its type, without which PostgreSQL takes a number for text.
	return database.raw(`case ?? ${branches} else ?? end`, ['target', ...values.flat(), column]);
}
