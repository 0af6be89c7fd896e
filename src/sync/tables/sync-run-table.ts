import type { Knex } from 'knex';

const TABLE = 'downstream_operations';

/** How far a run has come with one collection. */
export interface RunCollection {
	collection: string;
	/** Rows when it began. */
	total: number;
	/** Rows that were looked at. */
	read: number;
	/** Rows that had to be sent. */
	queued: number;
	/** The key after which it goes on; null at the beginning. */
	after: string | number | null;
	done: boolean;
	/** Rows that were sent are sent again, since they arrived in part; and no others. */
	again?: boolean;
}

/** A backfill or a repair: what is done, and where it goes on after a restart. */
export interface SyncRun {
	id: string;
	action: 'backfill' | 'repair';
	target: string;
	/** ms since 1970. */
	at: number;
	user: string | null;
	/** `running` until everything has been queued; what is queued is sent like any delivery. */
	status: 'running' | 'queued' | 'cancelled' | 'failed';
	collections: RunCollection[];
	/** Collections that the other side is asked to send in its turn, once all of this has arrived. */
	to_ask: string[];
	/** What the other side was asked to send, or why it could not be. */
	asked: { collection: string; message: string }[];
	error: string | null;
}

type Raw = { id: string; at: number | string; user: string | null; action: string; target: string; detail: string };

export async function insertRun(database: Knex, run: SyncRun): Promise<void> {
	const { id, at, user, action, target } = run;
	await database(TABLE).insert({ id, at, user, action, target, detail: detailOf(run) });
}

/** Says how far it has come; in the same transaction as what it did, so that a kill repeats and loses nothing. */
export async function saveRun(transaction: Knex, run: SyncRun): Promise<void> {
	await transaction(TABLE)
		.where({ id: run.id })
		.update({ detail: detailOf(run) });
}

export async function findRun(database: Knex, id: string): Promise<SyncRun | null> {
	const row = await database(TABLE).where({ id }).whereIn('action', ['backfill', 'repair']).first<Raw | undefined>();
	return row ? readRun(row) : null;
}

/** The latest run of a source. */
export async function latestRun(database: Knex, target: string): Promise<SyncRun | null> {
	const row = await database(TABLE)
		.where({ target })
		.whereIn('action', ['backfill', 'repair'])
		.orderBy('at', 'desc')
		.orderBy('id', 'desc')
		.first<Raw | undefined>();
	return row ? readRun(row) : null;
}

/** Runs that have not queued everything yet. */
export async function runningRuns(database: Knex): Promise<SyncRun[]> {
	const rows = await database(TABLE)
		.where({ action: 'backfill' })
		.where('detail', 'like', '{"status":"running"%')
		.select<Raw[]>('*');
	return rows.map(readRun);
}

// The status comes first: it is what is looked for.
const detailOf = ({ status, collections, to_ask, asked, error }: SyncRun) =>
	JSON.stringify({ status, collections, to_ask, asked, error });

function readRun(row: Raw): SyncRun {
	const detail = JSON.parse(row.detail) as Pick<SyncRun, 'status' | 'collections' | 'to_ask' | 'asked' | 'error'>;
	return {
		id: row.id,
		action: row.action as SyncRun['action'],
		target: row.target,
		at: Number(row.at),
		user: row.user,
		...detail,
	};
}
