import type { Knex } from 'knex';
import type { Hands } from './writes-hands.js';

const TITLE: Record<string, string> = { posts: 'title', authors: 'name', docs: 'title' };

/** What another process does on the same tables: Directus hears nothing of it, its database triggers do. */
export async function elsewhere(hands: Hands): Promise<string[]> {
	const { directus, random, pick, nodes } = hands;
	const did: string[] = [];

	async function write(sql: Knex): Promise<void> {
		const tables = ['posts', ...nodes];
		const table = tables[pick(tables.length)] ?? 'posts';
		const keys: number[] = await sql(table).pluck('id');
		const some = Array.from({ length: 1 + pick(3) }, () => keys[pick(keys.length)] ?? 0);
		const title = TITLE[table] ?? 'title';
		const what = ['insert', 'update', 'bulk', 'delete', 'raw'][pick(5)];
		did.push(`${what} ${table} ${some.join(',')}`);
		if (what === 'insert') {
			const references = nodes.includes(table) && keys.length > 0 ? { f0: await anyOf(sql, table) } : {};
			await sql(table).insert({ [title]: hands.value(), ...references });
		} else if (what === 'update')
			await sql(table)
				.whereIn('id', some)
				.update({ [title]: hands.value() });
		else if (what === 'bulk') await sql(table).update({ [title]: hands.value() });
		else if (what === 'delete') await sql(table).whereIn('id', some.slice(0, 1)).del();
		else await sql.raw(`update ${table} set ${title} = '${hands.value()}' where id > ${some[0]}`);
	}

	/** A row that `f0` of this table leads to: the first node to the last of them, each other one to the one before it. */
	async function anyOf(sql: Knex, table: string): Promise<number | null> {
		const at = nodes.indexOf(table);
		const to = at === 0 ? nodes[0] : nodes[at - 1];
		const keys: number[] = await sql(to ?? table).pluck('id');
		return keys[pick(keys.length)] ?? null;
	}

	async function undone(sql: Knex): Promise<void> {
		await sql
			.transaction(async (inner) => {
				await write(inner);
				throw new GivenUp();
			})
			.catch((error: unknown) => {
				if (!(error instanceof GivenUp)) throw error;
			});
	}

	if (random() < 0.5) await write(directus.sql);
	else
		await directus.sql.transaction(async (transaction) => {
			// SQLite lets nobody write who has read before somebody else wrote.
			await transaction('posts').where({ id: -1 }).update({ title: '' });
			for (let count = 1 + pick(3); count > 0; count -= 1)
				await (random() < 0.3 ? undone(transaction) : write(transaction));
		});
	return did;
}

class GivenUp extends Error {}
