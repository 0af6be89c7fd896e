import type { Items, Time } from './ports.js';
import type { Row } from './core/row.js';
import { inGroupsOf } from './core/in-groups-of.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { Hop } from './filter/field-path.js';
import { isRow } from './core/is-record.js';
import { resolveFilter } from './filter/resolve-filter.js';
import { isMysql, isSqlite } from './database/dialect.js';
import type { DirectusServices } from './directus-services.js';

/** How far another clock is believed to be ahead of this one, in ms: the database's, or that of another node. */
const MOST_AHEAD = 5_000;

/** Keys in one query: well below the fewest bind variables that a supported database takes. */
const KEYS_PER_QUERY = 500;

/**
 * This instance's items, read with full rights, through Directus' own services where values are cast or relations are
 * followed, and without its events, so that reading sets off nothing.
 */
export function createItems(
	database: Knex,
	services: DirectusServices,
	getSchema: () => Promise<SchemaOverview>,
): Items {
	const castRows = (schema: SchemaOverview, collection: string, rows: Row[]): Promise<Row[]> =>
		castAll(new services.PayloadService(collection, { accountability: null, knex: database, schema }), rows);

	async function columns(collection: string, keys: string[], wanted: string[]): Promise<Map<string, Row>> {
		const schema = await getSchema();
		const primary = primaryOf(schema, collection);
		const rows = await inChunks(keys, (chunk) =>
			database(collection)
				.select<Row[]>([...new Set([primary, ...wanted])])
				.whereIn(primary, chunk),
		);
		return byKey(await castRows(schema, collection, rows), primary);
	}

	/** Plain columns without a filter need no more than a select and Directus' casts, a tenth of what its query costs. */
	async function readNow(
		collection: string,
		keys: string[],
		fields: string[],
		when?: Record<string, unknown>,
	): Promise<Map<string, Row>> {
		const schema = await getSchema();
		const primary = primaryOf(schema, collection);
		const wanted = [...new Set([primary, ...fields])];
		const known = schema.collections[collection]?.fields ?? {};
		const isPlain = wanted.every((field) => known[field]?.alias === false && !known[field].type.startsWith('geometry'));
		if (isPlain && (!when || Object.keys(when).length === 0)) return columns(collection, keys, wanted);
		const service = new services.ItemsService(collection, { accountability: null, knex: database, schema });
		const query = (chunk: string[]) => ({ fields: wanted, limit: -1, filter: withKeys(primary, chunk, when) });
		return byKey(await inChunks(keys, (chunk) => service.readByQuery(query(chunk), { emitEvents: false })), primary);
	}

	/** Keys as Directus' own query finds them, whose way of comparing dates depends on the database and on the type of the field. */
	async function keysOf(
		collection: string,
		{ sort = [], filter, limit }: { sort?: string[]; filter: Record<string, unknown> | undefined; limit: number },
	): Promise<string[]> {
		const schema = await getSchema();
		const primary = primaryOf(schema, collection);
		const service = new services.ItemsService(collection, { accountability: null, knex: database, schema });
		const query = { fields: [primary], limit, sort: [...sort, primary], ...(filter ? { filter } : {}) };
		return (await service.readByQuery(query, { emitEvents: false })).map((row) => String(row[primary]));
	}

	const read = createSharedReads(readNow);

	const matching: Items['matching'] = async (collection, keys, when, time) => {
		if (keys.length === 0) return new Set();
		// Another one may have asked for more keys in the same breath.
		if (when) {
			const matchingRows = await read(collection, keys, [], when, time);
			return new Set(keys.filter((key) => matchingRows.has(key)));
		}
		const primary = primaryOf(await getSchema(), collection);
		const rows = await inChunks(keys, (chunk) => database(collection).select<Row[]>(primary).whereIn(primary, chunk));
		return new Set(rows.map((row) => String(row[primary])));
	};

	return {
		columns,
		cast: async (collection, rows) => castRows(await getSchema(), collection, rows),
		read,
		matching,
		list: (collection, when, limit) => keysOf(collection, { filter: when && resolveFilter(when, Date.now()), limit }),
		reached: (collection, field, after, upTo, limit) =>
			keysOf(collection, {
				filter: { _and: [{ [field]: { _gt: after } }, { [field]: { _lte: upTo } }] },
				sort: [field],
				limit,
			}),
		showing: async (hop, keys, limit) => showing(database, await getSchema(), { hop, keys, limit }),
		revisions: (collection, item) => revisions(database, collection, item),
		dialect: isSqlite(database) ? 'sqlite' : isMysql(database) ? 'mysql' : 'postgres',
	};
}

/** Rows may hold different columns, and Directus casts the columns that the first row has. */
const castAll = (payload: InstanceType<DirectusServices['PayloadService']>, rows: Row[]): Promise<Row[]> =>
	Promise.all(rows.map(async (row) => (await payload.processValues('read', { ...row })) as Row));

const primaryOf = (schema: SchemaOverview, collection: string) => schema.collections[collection]?.primary ?? 'id';

async function showing(
	database: Knex,
	schema: SchemaOverview,
	{ hop, keys, limit }: { hop: Hop; keys: string[]; limit: number },
): Promise<{ shows: string; shown: string }[]> {
	const primary = primaryOf(schema, hop.from);
	const pairs: { shows: string; shown: string }[] = [];
	for (const chunk of inGroupsOf(KEYS_PER_QUERY, keys)) {
		if (hop.type === 'o2m') {
			const rows = await database(hop.to)
				.select<Row[]>({ shows: hop.field, shown: primaryOf(schema, hop.to) })
				.whereIn(primaryOf(schema, hop.to), chunk)
				.whereNotNull(hop.field)
				.limit(limit);
			pairs.push(...rows.map((row) => ({ shows: String(row['shows']), shown: String(row['shown']) })));
		} else {
			const query = database(hop.from)
				.select<Row[]>({ shows: primary, shown: hop.field })
				.whereIn(hop.field, chunk)
				.limit(limit);
			const rows = await (hop.type === 'a2o' ? query.where(hop.collectionField, hop.to) : query);
			pairs.push(...rows.map((row) => ({ shows: String(row['shows']), shown: String(row['shown']) })));
		}
		if (pairs.length >= limit) break;
	}
	return pairs;
}

async function revisions(database: Knex, collection: string, item: string): Promise<Row[]> {
	// Saving a content version does not change the item.
	const rows = await database('directus_revisions')
		.select<{ data: unknown }[]>('data')
		.where({ collection, item, version: null })
		.orderBy('id', 'desc')
		.limit(2);
	return rows.reverse().flatMap(({ data }) => {
		const read: unknown = typeof data === 'string' ? JSON.parse(data) : data;
		return isRow(read) ? [read] : [];
	});
}

/** Reads now, without waiting for others. */
type ReadNow = (
	collection: string,
	keys: string[],
	fields: string[],
	when?: Record<string, unknown>,
) => Promise<Map<string, Row>>;

/** Joins what is asked for in one turn of the event loop. */
function createSharedReads(readNow: ReadNow): Items['read'] {
	/** Reads that wait for the end of this turn of the event loop, by what they read. */
	const asked = new Map<string, Asking>();

	/**
	 * Several targets are told of the same change at the same time: what they ask for in one turn of the event loop is
	 * read once, after all have asked, so that none is given what was read before its own change was committed.
	 */
	function read(
		collection: string,
		keys: string[],
		fields: string[],
		when?: Record<string, unknown>,
		time: Time = { notBefore: 0 },
	): Promise<Map<string, Row>> {
		const what = JSON.stringify([collection, fields, when, 'at' in time ? time.at : null]);
		const known = asked.get(what);
		if (known) {
			for (const key of keys) known.keys.add(key);
			known.notBefore = Math.max(known.notBefore, 'at' in time ? 0 : time.notBefore);
			return known.rows;
		}
		const asking: Asking = { keys: new Set(keys), notBefore: 'at' in time ? 0 : time.notBefore, rows: NOTHING };
		asking.rows = new Promise((resolve) => setImmediate(resolve)).then(() => {
			asked.delete(what);
			const local = Date.now();
			const now = 'at' in time ? time.at : Math.max(local, Math.min(asking.notBefore, local + MOST_AHEAD));
			return readNow(collection, [...asking.keys], fields, when && resolveFilter(when, now));
		});
		asked.set(what, asking);
		return asking.rows;
	}

	return read;
}

interface Asking {
	keys: Set<string>;
	notBefore: number;
	rows: Promise<Map<string, Row>>;
}

const NOTHING = Promise.resolve(new Map<string, Row>());

const withKeys = (primary: string, keys: string[], when?: Record<string, unknown>) => ({
	_and: [{ [primary]: { _in: keys } }, ...(when && Object.keys(when).length > 0 ? [when] : [])],
});

const byKey = (rows: Row[], primary: string) => new Map(rows.map((row) => [String(row[primary]), row]));

async function inChunks<T>(keys: string[], query: (chunk: string[]) => PromiseLike<T[]>): Promise<T[]> {
	const rows: T[] = [];
	for (const chunk of inGroupsOf(KEYS_PER_QUERY, keys)) rows.push(...(await query(chunk)));
	return rows;
}
