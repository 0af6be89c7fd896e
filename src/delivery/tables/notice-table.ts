import type { Knex } from 'knex';
import { createIndex, createTable } from '../../kernel/database/create-table.js';

const TABLE = 'downstream_notices';

/** A message about an incident that a webhook is owed. */
export interface StoredNotice {
	/** Also the message's `webhook-id`. */
	id: string;
	/** Which webhook: a hash, since its address is a secret. */
	receiver: string;
	body: string;
	/** ms since 1970. */
	createdAt: number;
	nextAt: number;
	tries: number;
}

export async function createNoticeTable(database: Knex): Promise<void> {
	await createTable(database, TABLE, (table) => {
		table.string('id', 36).primary();
		table.string('receiver', 22).notNullable();
		table.text('body', 'longtext').notNullable();
		table.bigInteger('created_at').notNullable();
		table.bigInteger('next_at').notNullable();
		table.integer('tries').notNullable();
	});
	await createIndex(database, TABLE, 'downstream_notices_due', ['next_at']);
}

export async function insertNotices(database: Knex, notices: StoredNotice[]): Promise<void> {
	await database(TABLE).insert(
		notices.map(({ createdAt, nextAt, ...notice }) => ({ ...notice, created_at: createdAt, next_at: nextAt })),
	);
}

/** What is due for these webhooks, oldest first. */
export async function dueNotices(database: Knex, receivers: string[], now: number): Promise<StoredNotice[]> {
	const rows = await database(TABLE)
		.whereIn('receiver', receivers)
		.where('next_at', '<=', now)
		.orderBy('id')
		.limit(50)
		.select<Record<string, string | number>[]>('*');
	return rows.map((row) => ({
		id: String(row['id']),
		receiver: String(row['receiver']),
		body: String(row['body']),
		createdAt: Number(row['created_at']),
		nextAt: Number(row['next_at']),
		tries: Number(row['tries']),
	}));
}

/** Takes a try of a notice until then; false where another process was faster. */
export async function claimNotice(
	database: Knex,
	{ id, nextAt, tries }: StoredNotice,
	until: number,
): Promise<boolean> {
	const claimed = await database(TABLE)
		.where({ id, next_at: nextAt, tries })
		.update({ next_at: until, tries: tries + 1 });
	return claimed === 1;
}

export async function postponeNotice(database: Knex, id: string, nextAt: number): Promise<void> {
	await database(TABLE).where({ id }).update({ next_at: nextAt });
}

export async function removeNotice(database: Knex, id: string): Promise<void> {
	await database(TABLE).where({ id }).delete();
}

/** Notices for webhooks that are no longer set. */
export async function removeOldNotices(database: Knex, before: number): Promise<void> {
	await database(TABLE).where('created_at', '<', before).delete();
}
