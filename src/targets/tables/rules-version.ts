import type { Knex } from 'knex';

const TABLE = 'downstream_meta';
const KEY = { key: 'rules' };

/** Changes with every change of a target: nodes that have read the rules at another value read them again. */
export const rulesVersion = async (database: Knex): Promise<string> =>
	(await database(TABLE).where(KEY).first<{ value: string } | undefined>('value'))?.value ?? '0';

/** Has every node read the rules again. In the transaction that changes a target, so that neither is seen without the other. */
export async function moveRulesVersion(database: Knex, value: string): Promise<void> {
	await database(TABLE).where(KEY).update({ value });
}
