import type { Knex } from 'knex';

/** Something that an operator did: kept with user and time. */
export async function recordOperation(
	database: Knex,
	operation: { id: string; at: number; user: string | null; action: string; target: string | null; detail: unknown },
): Promise<void> {
	await database('downstream_operations').insert({ ...operation, detail: JSON.stringify(operation.detail) });
}
