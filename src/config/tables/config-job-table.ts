import type { Knex } from 'knex';
import type { PushProgress } from '../ports.js';
import { createTable } from '../../kernel/database/create-table.js';
import { isSqlite } from '../../kernel/database/dialect.js';

const TABLE = 'downstream_config_jobs';

/** What the request would have been answered, had its client waited. */
export interface JobAnswer {
	status: number;
	body: unknown;
}

/** A push that goes on whether or not its client waits for it. */
export interface PushJob extends PushProgress {
	id: string;
	/** ms since 1970. */
	at: number;
	user: string | null;
	answer: JobAnswer | null;
	/** Whether its process ended before it did. */
	lost: boolean;
}

/** Where jobs are kept, so that other nodes can be asked for them too. */
export interface JobStore {
	begin(job: PushJob): Promise<void>;
	further(job: PushJob): Promise<void>;
	end(job: PushJob): Promise<void>;
	find(id: string): Promise<PushJob | null>;
	/** Whether it can be written while a push writes: SQLite has one connection. */
	isOpenMeanwhile: boolean;
}

export const createJobTable = (database: Knex): Promise<void> =>
	createTable(database, TABLE, (table) => {
		table.string('id', 36).primary();
		table.bigInteger('at').notNullable();
		table.string('user', 36);
		table.string('node', 36).notNullable();
		table.text('progress').notNullable();
		table.text('answer', 'longtext');
		table.index(['at'], 'downstream_config_jobs_at');
	});

/** A day, in ms: who asks later looks into the history. */
const KEPT_MS = 86_400_000;
/** A process without a sign of life for this long, in ms, counts as dead. */
const SILENCE_MS = 60_000;

/** @param node this process, as `downstream_nodes` knows it */
export function createJobStore(database: Knex, { node, now }: { node: string; now: () => number }): JobStore {
	const progressOf = ({ stage, step, of, name }: PushProgress) => JSON.stringify({ stage, step, of, name });
	return {
		isOpenMeanwhile: !isSqlite(database),
		async begin(job) {
			await database(TABLE).insert({ id: job.id, at: job.at, user: job.user, node, progress: progressOf(job) });
		},
		async further(job) {
			await database(TABLE)
				.where({ id: job.id })
				.whereNull('answer')
				.update({ progress: progressOf(job) });
		},
		async end(job) {
			await database(TABLE)
				.where({ id: job.id })
				.update({ progress: progressOf(job), answer: JSON.stringify(job.answer) });
		},
		async find(id) {
			const row = await database(TABLE)
				.where({ id })
				.first<
					| { at: number | string; user: string | null; node: string; progress: string; answer: string | null }
					| undefined
				>();
			if (!row) return null;
			const lives = await database('downstream_nodes')
				.where({ id: row.node })
				.where('seen_at', '>', now() - SILENCE_MS)
				.first<unknown>('id');
			return {
				id,
				at: Number(row.at),
				user: row.user,
				...(JSON.parse(row.progress) as PushProgress),
				answer: row.answer === null ? null : (JSON.parse(row.answer) as JobAnswer),
				lost: row.answer === null && lives === undefined,
			};
		},
	};
}

export async function removeOldJobs(database: Knex, now: number): Promise<void> {
	await database(TABLE)
		.where('at', '<', now - KEPT_MS)
		.delete();
}
