import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';

interface ForeignKey {
	child: string;
	column: string;
	parent: string;
	on_delete: string;
}

/**
 * What SQLite would do with the rows that refer to deleted ones, done by hand: for as long as tables change, its foreign
 * keys are off. Rows that keep a reference to nothing (`NO ACTION`) are found by the check before the commit.
 */
export async function cascadeByHand(database: Knex, table: string, keys: string[]): Promise<void> {
	const foreignKeys = (await database.raw(
		`select m.name as child, f."from" as "column", f."table" as parent, f.on_delete
		from sqlite_master m join pragma_foreign_key_list(m.name) f where m.type = 'table'`,
	)) as ForeignKey[];
	await cascade(database, foreignKeys, table, keys);
}

async function cascade(database: Knex, foreignKeys: ForeignKey[], table: string, keys: string[]): Promise<void> {
	for (const { child, column, on_delete } of foreignKeys.filter(({ parent }) => parent === table)) {
		for (const group of inGroupsOf(500, keys)) {
			const rows = () => database(child).whereIn(column, group);
			if (on_delete === 'SET NULL') await rows().update({ [column]: null });
			if (on_delete !== 'CASCADE') continue;
			const [primary] = (await database.raw('select name from pragma_table_info(?) where pk = 1', [child])) as {
				name: string;
			}[];
			if (primary) {
				const deletedRows = await rows().select<{ key: string | number }[]>({ key: primary.name });
				if (deletedRows.length > 0)
					await cascade(
						database,
						foreignKeys,
						child,
						deletedRows.map(({ key }) => String(key)),
					);
			}
			await rows().delete();
		}
	}
}
