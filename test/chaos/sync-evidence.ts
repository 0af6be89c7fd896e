import type { Directus } from '../kit/directus.js';
import { askedOf, type Ledger } from './sync-ledger.js';
import { SHAPES } from './sync-rows.js';

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
			found.push(...(await recordsOf(directus, about)));
			for (const row of about.rows) found.push(...(await tracksOf(directus, about.collection, row[about.key])));
		}
	}
	return found;
}

async function lookUp({ sql }: Directus, place: string): Promise<Place | null> {
	const [collection = '', label = ''] = place.split('/');
	if (collection === 'articles_translations') {
		const [slug = '', language = ''] = label.split('+');
		const article = await sql('articles').where({ slug }).first<{ id: string } | undefined>();
		if (!article) return { collection, key: 'id', rows: [], like: [`%${slug}%`] };
		const rows = await sql(collection).where({ articles_id: article.id, languages_code: language }).select<Row[]>('*');
		return { collection, key: 'id', rows, like: [`%${article.id}%`, `%${language}%`] };
	}
	const shape = SHAPES[collection];
	if (!shape) return null;
	const rows = await sql(collection)
		.where({ [shape.label]: label })
		.select<Row[]>('*');
	return { collection, key: shape.key ?? 'id', rows, like: [`%${label}"%`] };
}

async function recordsOf({ sql }: Directus, { collection, like }: Place): Promise<string[]> {
	const found: string[] = [];
	const query = sql('downstream_sync_versions').where({ collection });
	for (const text of like) void query.andWhere('state', 'like', text);
	for (const { state, seen_by, revision, changed_at, sync_id, agreed, here } of await query.select<Row[]>('*')) {
		found.push(
			`  record ${String(sync_id)}, revision ${String(revision)}, changed at ${String(changed_at)}: ${String(state)}, seen by ${String(seen_by)}, agreed ${String(agreed)}, here ${String(here)}`,
		);
		const log = await sql('downstream_sync_log')
			.where({ collection, sync_id: String(sync_id) })
			.orderBy('id')
			.select<Row[]>('*');
		for (const { at, peer, event, before, after, local_key } of log)
			found.push(
				`  ${String(at)} ${String(event)} of ${String(local_key)} by ${String(peer)}: ${String(before)} → ${String(after)}`,
			);
	}
	return found;
}

async function tracksOf({ sql }: Directus, collection: string, key: unknown): Promise<string[]> {
	const tracks = await sql('directus_activity')
		.leftJoin('directus_revisions', 'directus_revisions.activity', 'directus_activity.id')
		.where({ 'directus_activity.collection': collection, 'directus_activity.item': String(key) })
		.orderBy('directus_activity.id')
		.select<Row[]>('directus_activity.action', 'directus_activity.timestamp', 'directus_revisions.delta');
	return tracks.map(
		({ action, timestamp, delta }) =>
			`  ${String(timestamp)} ${String(action)} of ${String(key)}: ${typeof delta === 'string' ? delta : JSON.stringify(delta)}`,
	);
}
