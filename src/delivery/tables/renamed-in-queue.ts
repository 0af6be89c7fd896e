import type { Knex } from 'knex';

/** Deliveries of a collection that has another name now, as far as they still have to be sent. */
export async function renameCollectionInQueue(database: Knex, from: string, to: string): Promise<void> {
	await database('downstream_deliveries')
		.where({ collection: from, kind: 'flush' })
		.whereNotIn('status', ['delivered', 'cancelled'])
		.update({ collection: to });
}

/** The rules that deliveries remember, in the names of today; each keeps the hash that deliveries know it by. */
export async function rewriteRememberedRules(database: Knex, rewritten: (rule: unknown) => unknown): Promise<void> {
	const rows = await database('downstream_rules').select<{ hash: string; rule: string }[]>('hash', 'rule');
	for (const { hash, rule } of rows) {
		const after = JSON.stringify(rewritten(JSON.parse(rule) as unknown));
		if (after !== JSON.stringify(JSON.parse(rule)))
			await database('downstream_rules').where({ hash }).update({ rule: after });
	}
}
