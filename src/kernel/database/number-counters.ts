import { isPostgres } from './dialect.js';
import type { Knex } from 'knex';

/**
 * Sees to it that numbers which rows were given are past, in a transaction: PostgreSQL counts without looking at what is
 * there, and would give one of them to the next new row, which then fails. The counter never goes back: a number that was
 * given once may be known elsewhere.
 */
export async function countPast(
	transaction: Knex,
	given: Iterable<{ collection: string; primary: string }>,
): Promise<void> {
	if (!isPostgres(transaction)) return;
	for (const { collection, primary } of given) {
		const sequence = await transaction.raw<{ rows: { counter: string | null }[] }>(
			'select pg_get_serial_sequence(quote_ident(?), ?) as counter',
			[collection, primary],
		);
		const counter = sequence.rows[0]?.counter;
		if (!counter) continue;
		// The name comes quoted from the database.
		const isBehind = `(select last_value from ${counter.replaceAll('?', '\\?')})`;
		await transaction.raw(
			`select setval(?::regclass, highest) from (select max(??) as highest from ??) as numbers where highest > ${isBehind}`,
			[counter, primary, collection],
		);
	}
}
