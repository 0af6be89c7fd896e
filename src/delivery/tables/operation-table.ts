import type { Knex } from 'knex';
import type { OperationName } from '../../contract/vocabulary.js';

const TABLE = 'downstream_operations';

/** Something that an operator did: kept with user, time and, where one was given, the reason. */
export interface Operation {
	id: string;
	/** ms since 1970. */
	at: number;
	user: string | null;
	action: OperationName;
	target: string | null;
	/** What it was done to, and with which `reason`. */
	detail: Record<string, unknown>;
}

export async function recordOperation(database: Knex, operation: Operation): Promise<void> {
	await database(TABLE).insert({ ...operation, detail: JSON.stringify(operation.detail) });
}

type Raw = Omit<Operation, 'at' | 'detail'> & { at: number | string; detail: string };

/** One page of what operators did, and how much there is of it. */
export async function listOperations(
	database: Knex,
	filter: { target?: string | undefined; user?: string | undefined; action?: OperationName | undefined },
	page: { limit: number; page: number; sort: { field: string; descending: boolean } },
): Promise<{ rows: Operation[]; total: number }> {
	const matching = () =>
		database(TABLE).where(Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)));
	const [counted] = (await matching().count({ total: '*' })) as { total: number | string }[];
	const direction = page.sort.descending ? 'desc' : 'asc';
	const rows = await matching()
		.select<Raw[]>('id', 'at', 'user', 'action', 'target', 'detail')
		.orderBy(page.sort.field, direction)
		.orderBy('id', direction)
		.limit(page.limit)
		.offset((page.page - 1) * page.limit);
	return {
		rows: rows.map((row) => ({
			...row,
			at: Number(row.at),
			detail: JSON.parse(row.detail) as Record<string, unknown>,
		})),
		total: Number(counted?.total ?? 0),
	};
}
