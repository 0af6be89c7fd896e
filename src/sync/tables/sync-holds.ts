import type { Knex } from 'knex';
import type { Holds } from '../core/rules/held-back.js';

const keyOf = (target: string) => `holds:${target}`;

/** What was held back from a remote source when that was last acted upon. The fields' reasons are not kept. */
export async function readHolds(database: Knex, target: string): Promise<Holds> {
	const row = await database('downstream_meta')
		.where({ key: keyOf(target) })
		.first<{ value: string } | undefined>('value');
	return row ? (JSON.parse(row.value) as Holds) : {};
}

export async function saveHolds(database: Knex, target: string, holds: Holds): Promise<void> {
	const kept = Object.entries(holds).map(([collection, { fields, ...hold }]) => [
		collection,
		{ ...hold, fields: Object.fromEntries(Object.keys(fields).map((field) => [field, ''])) },
	]);
	await database('downstream_meta')
		.insert({ key: keyOf(target), value: JSON.stringify(Object.fromEntries(kept)) })
		.onConflict('key')
		.merge(['value']);
}
