import { inGroupsOf } from '../kernel/core/in-groups-of.js';
import { isRecord } from '../kernel/core/is-record.js';
import type { Connection } from './connection.js';
import { Failure } from './failure.js';

export type Row = Record<string, unknown>;

/** Where items are read. */
export interface Readable {
	name: string;
	/** In Directus' API, without a slash at the end. */
	path: string;
	primaryKey: string;
}

/** So many keys fit into an address that every server and proxy takes, and below usual limits of a query. */
const KEYS_PER_READ = 80;
const READS_AT_ONCE = 4;

/**
 * The items with these keys, by key. What is not among them is not there: an answer that is cut short, by a limit on
 * queries or a connection that broke, is an error.
 */
export async function readByKeys(
	instance: Connection,
	model: Readable,
	keys: readonly string[],
	fields: readonly string[],
): Promise<Map<string, Row>> {
	const chunks = inGroupsOf(KEYS_PER_READ, [...new Set(keys)]);
	const answers = await atOnce(chunks, READS_AT_ONCE, (chunk) =>
		readComplete(instance, model, { filter: { [model.primaryKey]: { _in: chunk } }, fields, limit: chunk.length }),
	);
	return new Map(answers.flat().map((row) => [String(row[model.primaryKey]), row]));
}

/**
 * All items that fit a query; refused where it is not certain that these are all.
 *
 * @param query as Directus takes it. With a limit, so many are known to be the most that there can be.
 */
export async function readComplete(
	instance: Connection,
	model: Readable,
	query: Row & { fields: readonly string[] },
): Promise<Row[]> {
	const most = typeof query['limit'] === 'number' ? query['limit'] : -1;
	const rows = await instance.data<unknown>('GET', model.path, {
		query: {
			sort: model.primaryKey,
			...query,
			fields: [...new Set([model.primaryKey, ...query.fields])],
			limit: most,
		},
	});
	const where = `GET ${instance.url}${model.path}`;
	if (!Array.isArray(rows) || !rows.every((row) => isRecord(row) && row[model.primaryKey] != null))
		throw new Failure('STRANGE_ANSWER', `The items of ${model.name} are not a list of items with keys.`, { where });
	if (most >= 0 && rows.length >= most) return rows as Row[];
	// Fewer than there may be: gone, or cut off? A count is not subject to limits.
	const total = await countItems(instance, model, query['filter']);
	if (total === rows.length) return rows as Row[];
	throw new Failure('PARTIAL_READ', `Of ${total} items of ${model.name} only ${rows.length} could be read.`, {
		where,
		advice:
			'Look for a limit on queries (QUERY_LIMIT_MAX), or something that filters what is read. Nothing was written.',
	});
}

export async function countItems(instance: Connection, model: Readable, filter?: unknown): Promise<number> {
	const [counted] = await instance.data<unknown[]>('GET', model.path, {
		query: { 'aggregate[count]': model.primaryKey, filter },
	});
	const value = isRecord(counted) ? counted['count'] : undefined;
	const total = Number(isRecord(value) ? value[model.primaryKey] : value);
	if (Number.isInteger(total)) return total;
	throw new Failure('STRANGE_ANSWER', `The number of items of ${model.name} cannot be read.`, {
		where: `GET ${instance.url}${model.path}`,
	});
}

/** Runs work for each entry, so many at a time; results in the order of the entries. */
export async function atOnce<T, R>(entries: readonly T[], most: number, work: (entry: T) => Promise<R>): Promise<R[]> {
	const results: R[] = [];
	let next = 0;
	const worker = async () => {
		for (let index = next++; index < entries.length; index = next++) results[index] = await work(entries[index] as T);
	};
	await Promise.all(Array.from({ length: Math.min(most, entries.length) }, worker));
	return results;
}
