import type { Row } from '../../kernel/core/row.js';
import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { CONTENT_COLUMNS, FILES } from '../../kernel/core/file-content.js';
import { isKeyOfNone } from '../core/merge/absent-key.js';
import type { KnownUser, SyncReads } from './sync-reads.js';
import { keepsMs, rawReading } from '../../kernel/database/raw-reading.js';
import { readUnplanned } from '../../capture/tables/outbox-table.js';
import { findByLocalKey, findBySyncId } from '../tables/sync-id-table.js';
import { readChangedSince, readOverridden, readVersions } from '../tables/sync-version-table.js';

const USER_COLUMNS = ['id', 'email', 'external_identifier'] as const;

interface UserRow {
	id: string;
	email: string | null;
	external_identifier: string | null;
}

/**
 * Rows as they are, past Directus' permissions and hooks.
 * @param of.primary the primary key field of a collection
 * @param of.schema as it was when the rules were last read
 * @param addContent adds to rows of files what their bytes are
 */
export function createSyncReads(
	database: Knex,
	{ primary, schema }: { primary(collection: string): string; schema(): SchemaOverview | null },
	addContent: (rows: Map<string, Row>) => Promise<void>,
): SyncReads {
	const readUser = ({ id, email, external_identifier }: UserRow): KnownUser => ({
		id,
		email: email?.toLowerCase() ?? null,
		external: external_identifier,
	});

	return {
		keepsMs: keepsMs(database),
		async rows(collection, keys, columns, { lock } = { lock: false }) {
			const key = primary(collection);
			const byKey = new Map<string, Row>();
			const raw = rawReading(database, schema(), collection);
			const known = keys.filter((candidate) => !isKeyOfNone(candidate));
			for (const group of inGroupsOf(500, known)) {
				const query = database(collection)
					.select<Row[]>(raw.select([key, ...columns]))
					.whereIn(key, group);
				const rows = raw.read(await (lock ? query.orderBy(key).forUpdate() : query));
				for (const row of rows) byKey.set(String(row[key]), row);
			}
			if (collection === FILES && CONTENT_COLUMNS.every((column) => columns.includes(column))) await addContent(byKey);
			return byKey;
		},
		async matching(collection, key, values) {
			const query = database(collection).select<Row[]>(key).limit(2);
			// If a singleton has two rows, Directus shows the one with the lower key.
			if (Object.keys(values).length === 0) query.orderBy(key);
			for (const [column, value] of Object.entries(values)) {
				if (value === null) query.whereNull(column);
				else query.where(column, value as string);
			}
			return (await query).map((row) => String(row[key]));
		},
		async having(collection, column, values, columns) {
			const rows: Row[] = [];
			const raw = rawReading(database, schema(), collection);
			for (const group of inGroupsOf(500, [...new Set(values)]))
				rows.push(
					...(await database(collection)
						.select<Row[]>(raw.select([primary(collection), ...columns]))
						.whereIn(column, group as string[])),
				);
			return raw.read(rows);
		},
		byLocalKey: (collection, keys) => findByLocalKey(database, collection, keys),
		bySyncId: (collection, syncIds) => findBySyncId(database, collection, syncIds),
		async users(ids) {
			const users: KnownUser[] = [];
			for (const group of inGroupsOf(500, ids)) {
				const rows = await database('directus_users')
					.select<UserRow[]>(...USER_COLUMNS)
					.whereIn('id', group);
				users.push(...rows.map(readUser));
			}
			return users;
		},
		async usersKnownBy({ external, email }) {
			if (external.length + email.length === 0) return [];
			const rows = await database('directus_users')
				.select<UserRow[]>(...USER_COLUMNS)
				.where((either) => either.whereIn('external_identifier', external).orWhereIn('email', email));
			return rows.map(readUser);
		},
		changedSince: (collections, since) => readChangedSince(database, collections, since),
		leftEmpty: () => readOverridden(database),
		unplanned: (refs) => readUnplanned(database, refs),
		versions: (refs) => readVersions(database, refs, database.isTransaction === true),
	};
}
