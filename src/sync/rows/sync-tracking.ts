import type { Row } from '../../kernel/core/row.js';
import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Accountability, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { EventName } from '../../contract/vocabulary.js';
import type { Activity } from '../../capture/capture.js';
import { isMysql } from '../../kernel/database/dialect.js';
import type { DirectusServices } from '../../kernel/directus-services.js';

/** A write that Directus was told not to track. */
export interface TrackedWrite {
	event: EventName;
	collection: string;
	key: string;
	/** What was written, as Directus passed it on to hooks; empty for a deletion. */
	payload: Row;
}

/** In which transaction, and in whose name. */
interface WrittenBy {
	knex: Knex;
	schema: SchemaOverview;
	accountability: Accountability;
}

interface TrackingPorts extends WrittenBy {
	services: DirectusServices;
}

/** Rows in one statement: SQLite takes so many values at once. */
const AT_ONCE = 80;

/**
 * Tells of writes that Directus was told not to track, in the writes' own transaction: their activity, their revisions,
 * and the capture that listens to the activity. All of a batch at once: Directus does it for each row by itself, at two
 * services' cost, which is two thirds of what taking a row in costs.
 *
 * The rules are those of Directus' ItemsService: activity of the collections that keep it; a revision holds what was
 * written and, of an update, the whole item besides, without relations.
 */
export function createTracking(
	services: DirectusServices,
	captured: (activities: Activity[], transaction: Knex) => Promise<void>,
): (writes: readonly TrackedWrite[], by: WrittenBy) => Promise<void> {
	return async (writes, by) => {
		const { collections } = by.schema;
		const { user } = by.accountability;
		const kept = writes.filter(({ collection }) => (collections[collection]?.accountability ?? null) !== null);
		await insertTracks(kept, { ...by, services });
		await captured(
			kept.map(({ event, collection, key }) => ({ action: event, collection, item: key, user, received: true })),
			by.knex,
		);
	};
}

async function insertTracks(writes: TrackedWrite[], ports: TrackingPorts): Promise<void> {
	if (writes.length === 0) return;
	const activities = await insertActivities(writes, ports);
	const revised = writes.flatMap((write, index) =>
		write.event !== 'delete' && ports.schema.collections[write.collection]?.accountability === 'all'
			? [{ ...write, activity: activities[index] }]
			: [],
	);
	const snapshots = await snapshotsOf(revised, ports);
	const revisions: Row[] = [];
	for (const { event, collection, key, payload, activity } of revised) {
		const delta = await deltaOf(collection, event, payload, ports);
		const data = event === 'create' ? delta : (snapshots.get(`${collection}/${key}`) ?? null);
		if (delta) revisions.push({ activity, collection, item: key, data, delta });
	}
	const rows = await prepared('directus_revisions', revisions, ports);
	for (const group of inGroupsOf(AT_ONCE, rows)) await ports.knex('directus_revisions').insert(group);
}

/** Gives the ids, in order. */
async function insertActivities(
	writes: TrackedWrite[],
	ports: TrackingPorts,
): Promise<(string | number | undefined)[]> {
	const { user, ip, userAgent: user_agent, origin } = ports.accountability;
	const rows = await prepared(
		'directus_activity',
		writes.map(({ event, collection, key }) => ({
			action: event,
			user,
			collection,
			ip: ip ?? null,
			user_agent: user_agent ?? null,
			origin: origin ?? null,
			item: key,
		})),
		ports,
	);
	const table = ports.knex('directus_activity');
	const ids: (string | number | undefined)[] = [];
	// MySQL says only the first id of a statement, and in a cluster the next is not one more.
	const atOnce = isMysql(ports.knex) ? 1 : AT_ONCE;
	for (const group of inGroupsOf(atOnce, rows)) {
		const inserted = (await table.clone().insert(group, ['id'])) as (number | { id: number })[];
		ids.push(...inserted.map((result) => (typeof result === 'object' ? result.id : result)));
	}
	return ids;
}

/** The items as they are by now, without relations, by `collection/key`. */
async function snapshotsOf(
	writes: readonly TrackedWrite[],
	{ knex, services, schema, accountability }: TrackingPorts,
): Promise<Map<string, Row | null>> {
	const rows = new Map<string, Row | null>();
	const updates = writes.filter(({ event }) => event === 'update');
	for (const [collection, some] of Map.groupBy(updates, (write) => write.collection)) {
		const primary = schema.collections[collection]?.primary ?? 'id';
		const items = new services.ItemsService(collection, { schema, knex });
		const payloads = new services.PayloadService(collection, { schema, knex, accountability });
		const keys = [...new Set(some.map(({ key }) => key))];
		const fields = [...plainFieldsOf(collection, schema)];
		for (const group of inGroupsOf(500, keys)) {
			for (const row of await items.readMany(group, { fields, limit: -1 }))
				rows.set(`${collection}/${String(row[primary])}`, await payloads.prepareDelta(row));
		}
	}
	return rows;
}

async function deltaOf(
	collection: string,
	event: EventName,
	payload: Row,
	{ knex, services, schema, accountability }: TrackingPorts,
): Promise<Row | null> {
	const { fields = {} } = schema.collections[collection] ?? {};
	const plain = plainFieldsOf(collection, schema);
	const isKept = (name: string) => (event === 'create' ? plain.has(name) : fields[name]?.alias === false);
	const own = Object.fromEntries(Object.entries(payload).filter(([name]) => isKept(name)));
	const payloads = new services.PayloadService(collection, { schema, knex, accountability });
	return payloads.prepareDelta(event === 'create' ? own : await payloads.processValues('update', own));
}

/** Fields that lead to nothing else. */
function plainFieldsOf(collection: string, { collections, relations }: SchemaOverview): Set<string> {
	const relational = new Set(
		relations.flatMap(({ collection: many, field, related_collection: one, meta }) => [
			...(many === collection ? [field] : []),
			...(one === collection && meta?.one_field ? [meta.one_field] : []),
		]),
	);
	const { fields = {} } = collections[collection] ?? {};
	return new Set(Object.keys(fields).filter((field) => !relational.has(field)));
}

/** Values as Directus writes them to a table of its own. */
function prepared(collection: string, rows: Row[], { knex, services, schema }: TrackingPorts): Promise<Row[]> {
	return new services.PayloadService(collection, { schema, knex }).processValues('create', rows);
}
