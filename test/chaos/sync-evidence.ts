import type { Directus } from '../kit/directus.js';
import { askedOf, type Ledger, type Tried } from './sync-ledger.js';
import { EVERYDAY_SHAPES, SHAPES } from './sync-rows.js';

type Row = Record<string, unknown>;

/** Rows of a place, and how their records say so: in the text of the state. */
interface Place {
	collection: string;
	key: string;
	rows: Row[];
	like: string[];
}

/**
 * What every instance knows of the rows that something is wrong with: the row, its record, and what other instances
 * have written to it. One line each, for whoever looks for the reason.
 */
export async function evidenceOf(instances: Directus[], lines: string[], ledger: Ledger): Promise<string[]> {
	const places = new Set(lines.flatMap((line) => /([a-z_]+\/[^\s.#]+)/.exec(line)?.[1] ?? []));
	const found: string[] = [];
	for (const place of places) {
		found.push(place, ...askedOf(place, ledger));
		for (const [index, directus] of instances.entries()) {
			const about = await lookUp(directus, place);
			if (!about) continue;
			found.push(`${place} at ${index}: ${about.rows.map((row) => JSON.stringify(row)).join(' and ') || 'not there'}`);
			const { records, keys } = await recordsOf(directus, about);
			found.push(...records);
			for (const key of new Set([...keys, ...about.rows.map((row) => String(row[about.key]))]))
				found.push(...(await tracksOf(directus, about.collection, key)));
		}
	}
	return found;
}

/** Databases round the time of an activity to seconds. */
const ROUNDED_MS = 1_000;

/**
 * Whether Directus answered an edit with a success although the row was not there any more: its revision then holds what
 * was to be written, and nothing of the item. It is known by its value, or by its time alone where it is a reference, of
 * which it has the key.
 */
export async function hitNothing({ sql }: Directus, { row, field, value, start, end }: Tried): Promise<boolean> {
	const text = /mysql|maria/.test(String(sql.client.config.client)) ? 'char' : 'text';
	const revisions: Row[] = await sql('directus_revisions')
		.join('directus_activity', 'directus_activity.id', 'directus_revisions.activity')
		.where({ 'directus_revisions.collection': row.split('/')[0], 'directus_activity.action': 'update' })
		.whereRaw(`cast(directus_revisions.delta as ${text}) like ?`, [`%"${field}":%`])
		.select('directus_revisions.data', 'directus_revisions.delta', 'directus_activity.timestamp');
	const meant = revisions.filter(({ timestamp }) => {
		const at = new Date(timestamp as string | number | Date).getTime();
		return at >= start - ROUNDED_MS && at <= end + ROUNDED_MS;
	});
	const exact = meant.filter(({ delta }) => {
		const told = typeof delta === 'string' ? delta : JSON.stringify(delta);
		return told.includes(`"${field}":"${value}"`) || told.includes(`"${field}":${value}`);
	});
	return (exact.length > 0 ? exact : meant).some(({ data }) => data === null || data === 'null');
}

async function lookUp({ sql }: Directus, place: string): Promise<Place | null> {
	const [collection = '', label = ''] = place.split('/');
	const syncId = async (of: string, key: unknown) =>
		(
			await sql('downstream_sync_ids')
				.where({ collection: of, local_key: String(key) })
				.first<{ sync_id: string } | undefined>()
		)?.sync_id ?? 'nobody knows';
	if (collection === 'articles_translations') {
		const [slug = '', language = ''] = label.split('+');
		const article = await sql('articles').where({ slug }).first<{ id: number } | undefined>();
		if (!article) return null;
		const rows = await sql(collection).where({ articles_id: article.id, languages_code: language }).select<Row[]>('*');
		return { collection, key: 'id', rows, like: [`%${await syncId('articles', article.id)}%`, `%${language}%`] };
	}
	if (collection === 'site')
		return { collection, key: 'id', rows: await sql(collection).select<Row[]>('*'), like: ['%'] };
	if (collection === 'articles_blocks') {
		const [of = '', name = ''] = label.split(':');
		const shape = SHAPES[of];
		if (!shape) return null;
		const block = await sql(of)
			.where({ [shape.label]: name })
			.first<{ id: number } | undefined>();
		if (!block) return null;
		const rows = await sql(collection)
			.where({ collection: of, item: String(block.id) })
			.select<Row[]>('*');
		return { collection, key: 'id', rows, like: [`%${await syncId(of, block.id)}%`] };
	}
	const shape = SHAPES[collection] ?? EVERYDAY_SHAPES[collection];
	if (!shape) return null;
	const rows = await sql(collection)
		.where({ [shape.label]: label })
		.select<Row[]>('*');
	return { collection, key: shape.key ?? 'id', rows, like: [`%${label}"%`] };
}

async function recordsOf(
	{ sql }: Directus,
	{ collection, like }: Place,
): Promise<{ records: string[]; keys: string[] }> {
	const records: string[] = [];
	const keys: string[] = [];
	const query = sql('downstream_sync_versions').where({ collection });
	for (const text of like) void query.andWhere('state', 'like', text);
	for (const { state, seen_by, revision, changed_at, sync_id, agreed, here } of await query.select<Row[]>('*')) {
		const known = await sql('downstream_sync_ids')
			.where({ collection, sync_id: String(sync_id) })
			.first<{ local_key: string } | undefined>();
		if (known) keys.push(known.local_key);
		records.push(
			`  record ${String(sync_id)} of ${known?.local_key}, revision ${String(revision)}, changed at ${String(changed_at)}: ${String(state)}, seen by ${String(seen_by)}, agreed ${String(agreed)}, here ${String(here)}`,
		);
		const log = await sql('downstream_sync_log')
			.where({ collection, sync_id: String(sync_id) })
			.orderBy('id')
			.select<Row[]>('*');
		for (const { at, peer, event, before, after, local_key } of log)
			records.push(
				`  ${String(at)} ${String(event)} of ${String(local_key)} by ${String(peer)}: ${String(before)} → ${String(after)}`,
			);
	}
	return { records, keys };
}

async function tracksOf({ sql }: Directus, collection: string, key: string): Promise<string[]> {
	const tracks = await sql('directus_activity')
		.leftJoin('directus_revisions', 'directus_revisions.activity', 'directus_activity.id')
		.where({ 'directus_activity.collection': collection, 'directus_activity.item': key })
		.orderBy('directus_activity.id')
		.select<Row[]>(
			'directus_activity.action',
			'directus_activity.timestamp',
			'directus_activity.user',
			'directus_revisions.delta',
		);
	return tracks.map(
		({ action, timestamp, user, delta }) =>
			`  ${String(timestamp)} ${String(action)} of ${key} by user ${String(user)}: ${typeof delta === 'string' ? delta : JSON.stringify(delta)}`,
	);
}
