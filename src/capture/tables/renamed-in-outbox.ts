import type { Knex } from 'knex';
import type { Row } from '../../kernel/core/row.js';
import { isRecord } from '../../kernel/core/is-record.js';

const TABLE = 'downstream_outbox';

/** What is recorded and not planned yet is of a collection that has another name now. */
export async function renameCollectionInOutbox(database: Knex, from: string, to: string): Promise<void> {
	await database(TABLE).where({ collection: from }).update({ collection: to });
}

/** The same of a field: which fields were written, and what was in them. */
export async function renameFieldInOutbox(database: Knex, collection: string, from: string, to: string): Promise<void> {
	type Recorded = { id: number | string; before: string | null; fields: string | null };
	const rows = await database(TABLE).where({ collection }).select<Recorded[]>('id', 'before', 'fields');
	for (const { id, before, fields } of rows) {
		const values = before === null ? null : (JSON.parse(before) as unknown);
		const columns = isRecord(values) ? values['columns'] : null;
		const written = fields === null ? null : (JSON.parse(fields) as string[]);
		const after: Row = {};
		if (isRecord(columns) && Object.hasOwn(columns, from)) {
			const renamed = Object.entries(columns).map(([name, value]) => [name === from ? to : name, value]);
			after['before'] = JSON.stringify({ ...Object(values), columns: Object.fromEntries(renamed) });
		}
		if (written?.includes(from)) after['fields'] = JSON.stringify(written.map((name) => (name === from ? to : name)));
		if (Object.keys(after).length > 0) await database(TABLE).where({ id }).update(after);
	}
}
