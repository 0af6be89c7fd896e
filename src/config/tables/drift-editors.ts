import type { Knex } from 'knex';
import type { Row } from '../../kernel/core/row.js';
import { isElementKind, kinds } from '../core/elements/kinds.js';
import type { ConfigState } from '../core/elements/config-state.js';
import type { Editor } from '../core/drift.js';

/** How far Directus' activity had come when the reference was kept: newer entries are not from a push. */
const KEY = 'activity:drift';
/** How many parts are looked up; texts name fewer. */
const MOST = 50;

export async function keepActivityMark(database: Knex): Promise<void> {
	const row = await database('directus_activity').max<Row | undefined>({ id: 'id' }).first();
	const value = String(Number(row?.['id'] ?? 0));
	await database('downstream_meta').insert({ key: KEY, value }).onConflict('key').merge({ value });
}

/**
 * Who changed parts of the configuration last since the reference was kept. What was written past Directus, or by a
 * Directus that keeps no activity, is nobody's.
 * @param parts by their key: `roles:4f…` (SyncID), `fields:articles.title`
 */
export async function readEditors(
	database: Knex,
	parts: readonly { key: string; name: string }[],
	ids: ConfigState['ids'],
): Promise<Record<string, Editor>> {
	const mark = await database('downstream_meta').where({ key: KEY }).first<{ value: string } | undefined>('value');
	if (!mark) return {};
	const editors: Record<string, Editor> = {};
	for (const { key, name } of parts.slice(0, MOST)) {
		const place = await placeOf(database, key, ids);
		if (!place) continue;
		const last = await database('directus_activity as a')
			.leftJoin('directus_users as u', 'u.id', 'a.user')
			.where({ 'a.collection': place.collection, 'a.item': place.item })
			.whereIn('a.action', ['create', 'update', 'delete'])
			.where('a.id', '>', Number(mark.value))
			.orderBy('a.id', 'desc')
			.first<Row | undefined>('a.timestamp', 'a.user', 'u.first_name', 'u.last_name', 'u.email');
		if (!last) continue;
		const at = new Date(last['timestamp'] as string | number | Date);
		editors[name] = { name: nameOf(last), at: Number.isNaN(at.getTime()) ? '' : at.toISOString() };
	}
	return editors;
}

async function placeOf(
	database: Knex,
	key: string,
	ids: ConfigState['ids'],
): Promise<{ collection: string; item: string } | null> {
	const colon = key.indexOf(':');
	const [kind, id] = [key.slice(0, colon), key.slice(colon + 1)];
	if (isElementKind(kind)) {
		const known = ids[kind].find(({ syncId }) => syncId === id);
		const item = known?.localId ?? (kinds[kind].singleton ? '1' : null);
		return item === null ? null : { collection: kinds[kind].table, item };
	}
	if (kind === 'collections') return { collection: 'directus_collections', item: id };
	const [collection = '', field = ''] = id.split('.');
	const table = kind === 'fields' ? 'directus_fields' : 'directus_relations';
	const where = kind === 'fields' ? { collection, field } : { many_collection: collection, many_field: field };
	if (kind !== 'fields' && kind !== 'relations') return null;
	const row = await database(table).where(where).first<Row | undefined>('id');
	return row ? { collection: table, item: String(row['id']) } : null;
}

function nameOf(row: Row): string | null {
	if (row['user'] === null) return null;
	const name = [row['first_name'], row['last_name']]
		.filter((part) => typeof part === 'string' && part !== '')
		.join(' ');
	return name !== '' ? name : String(row['email'] ?? row['user']);
}
