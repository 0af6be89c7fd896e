import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import { askTogether } from '../../kernel/database/ask-together.js';

const TABLE = 'downstream_deliveries';

/** SQLite takes at most 500 selects in one statement, and every one of these brings up to four variables. */
const QUESTIONS_PER_QUERY = 50;

/** The oldest deliveries of one target and status that are due at some time, at most `limit`. */
export interface DueQuestion {
	status: 'pending' | 'retrying';
	target: string;
	/** ms since 1970, itself included. */
	before: number;
	limit: number;
	/** Only what belongs to an operation. */
	byHand?: boolean;
}

export interface DueDelivery {
	id: string;
	batch: string | null;
	/** ms since 1970. */
	nextAt: number;
	collection: string;
	item: string;
}

interface Raw {
	question: number | string;
	id: string;
	batch: string | null;
	next_at: number | string;
	collection: string;
	item: string;
}

/**
 * Looks for what is due, oldest first. What several senders ask at the same time is one query, in which each keeps a
 * select of its own: one over all targets would sort the whole backlog, and one target's would push out another's.
 */
export const createDueDeliveries = (database: Knex) =>
	askTogether(async (questions: DueQuestion[]): Promise<DueDelivery[][]> => {
		const answers: DueDelivery[][] = [];
		for (const group of inGroupsOf(QUESTIONS_PER_QUERY, questions)) answers.push(...(await answer(database, group)));
		return answers;
	});

async function answer(database: Knex, questions: DueQuestion[]): Promise<DueDelivery[][]> {
	const [first, ...others] = questions.map(({ status, target, before, limit, byHand }, index) =>
		database(TABLE)
			.select(database.raw(`${index} as question`), 'id', 'batch', 'next_at', 'collection', 'item')
			.where({ status, target })
			.where((query) => void (byHand && query.whereNotNull('operation')))
			.andWhere('next_at', '<=', before)
			.orderBy('next_at')
			.limit(limit)
			.as(`due_${index}`),
	);
	if (!first) return [];
	const select = (from: Knex.QueryBuilder) => database.select<Raw[]>('*').from(from);
	const rows: Raw[] = await select(first).unionAll(others.map(select));
	const answers = questions.map((): DueDelivery[] => []);
	for (const { question, next_at, id, batch, collection, item } of rows)
		answers[Number(question)]?.push({ id, batch, nextAt: Number(next_at), collection, item });
	// A union says nothing of its order. Ids tell what was added first.
	for (const due of answers) due.sort((a, b) => a.nextAt - b.nextAt || (a.id < b.id ? -1 : 1));
	return answers;
}
