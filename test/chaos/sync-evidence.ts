import type { Directus } from '../kit/directus.js';
import { SHAPES } from './sync-rows.js';

/**
 * What every instance knows of the rows that something is wrong with: the row, its record, and what other instances
 * have written to it. One line each, for whoever looks for the reason.
 */
export async function evidenceOf(instances: Directus[], lines: string[]): Promise<string[]> {
	const places = new Set(lines.flatMap((line) => /^([a-z_]+\/[^\s.]+)/.exec(line)?.[1] ?? []));
	const found: string[] = [];
	for (const place of places) {
		const [collection = '', label = ''] = place.split('/');
		const shape = SHAPES[collection];
		if (!shape) continue;
		const { key = 'id' } = shape;
		for (const [index, { sql }] of instances.entries()) {
			const row = await sql(collection)
				.where({ [shape.label]: label })
				.first<Record<string, unknown> | undefined>();
			const like = `%${label}"%`;
			const records = await sql('downstream_sync_versions')
				.where({ collection })
				.andWhere('state', 'like', like)
				.select<Record<string, unknown>[]>('*');
			found.push(`${place} at ${index}: ${JSON.stringify(row ?? null)}`);
			for (const { state, seen_by, revision, changed_at, sync_id, agreed, here } of records) {
				found.push(
					`  record ${String(sync_id)}, revision ${String(revision)}, changed at ${String(changed_at)}: ${String(state)}, seen by ${String(seen_by)}, agreed ${String(agreed)}, here ${String(here)}`,
				);
				const log = await sql('downstream_sync_log')
					.where({ collection, sync_id: String(sync_id) })
					.orderBy('id')
					.select<Record<string, unknown>[]>('*');
				for (const { at, peer, event, before, after } of log)
					found.push(`  ${String(at)} ${String(event)} by ${String(peer)}: ${String(before)} → ${String(after)}`);
			}
			if (!row) continue;
			const tracks = await sql('directus_activity')
				.leftJoin('directus_revisions', 'directus_revisions.activity', 'directus_activity.id')
				.where({ 'directus_activity.collection': collection, 'directus_activity.item': String(row[key]) })
				.orderBy('directus_activity.id')
				.select<Record<string, unknown>[]>(
					'directus_activity.action',
					'directus_activity.timestamp',
					'directus_revisions.delta',
				);
			for (const { action, timestamp, delta } of tracks)
				found.push(
					`  ${String(timestamp)} ${String(action)}: ${typeof delta === 'string' ? delta : JSON.stringify(delta)}`,
				);
		}
	}
	return found;
}
