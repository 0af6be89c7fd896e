import type { Knex } from 'knex';
import { createIndex, createTable } from '../../kernel/database/create-table.js';
import type { CHECK_STATES } from '../../contract/vocabulary.js';

const TABLE = 'downstream_checks';

/** What was seen of one page after a delivery. Times are ms since 1970. */
export interface PageCheck {
	id: string;
	delivery: string;
	target: string;
	path: string;
	state: (typeof CHECK_STATES)[number];
	at: number;
	/** From the save until the page was seen to be new; null where it was not. */
	tookMs: number | null;
	/** What the last answer said of itself. */
	detail: string;
}

export async function createCheckTable(database: Knex): Promise<void> {
	await createTable(database, TABLE, (table) => {
		table.string('id', 36).primary();
		table.string('delivery', 36).notNullable();
		table.string('target', 36).notNullable();
		table.text('path').notNullable();
		table.string('state', 8).notNullable();
		table.bigInteger('at').notNullable();
		table.bigInteger('took_ms');
		table.text('detail').notNullable();
	});
	await createIndex(database, TABLE, 'downstream_checks_by_delivery', ['delivery']);
	await createIndex(database, TABLE, 'downstream_checks_by_time', ['at']);
}

type Raw = Record<string, string | number | null>;

const readCheck = (row: Raw): PageCheck => ({
	id: String(row['id']),
	delivery: String(row['delivery']),
	target: String(row['target']),
	path: String(row['path']),
	state: row['state'] as PageCheck['state'],
	at: Number(row['at']),
	tookMs: row['took_ms'] === null ? null : Number(row['took_ms']),
	detail: String(row['detail']),
});

export async function insertCheck(database: Knex, { tookMs, ...check }: PageCheck): Promise<void> {
	await database(TABLE).insert({ ...check, took_ms: tookMs });
}

export const checksOf = async (database: Knex, delivery: string): Promise<PageCheck[]> =>
	(await database(TABLE).where({ delivery }).orderBy('at').limit(100).select<Raw[]>('*')).map(readCheck);

/** How many checks the figures of a status are made of, at most. */
const MOST = 5_000;

/** The newest checks of all targets since then, newest first. */
export const recentChecks = async (database: Knex, since: number): Promise<PageCheck[]> =>
	(await database(TABLE).where('at', '>=', since).orderBy('at', 'desc').limit(MOST).select<Raw[]>('*')).map(readCheck);

export async function removeOldChecks(database: Knex, before: number): Promise<void> {
	await database(TABLE).where('at', '<', before).delete();
}
