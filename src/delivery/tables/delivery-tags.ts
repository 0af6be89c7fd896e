import type { Knex } from 'knex';
import type { OldValues } from '../core/old-values.js';

const MOST_ROWS = 2_000;

/** When the tags of what was planned for flush targets since then (ms since 1970) were planned last; null where that is too much to look through. */
export async function tagsPlannedSince(database: Knex, since: number): Promise<Map<string, number> | null> {
	const rows = await database('downstream_deliveries')
		.select<{ old: string; created_at: number | string }[]>('old', 'created_at')
		.where('created_at', '>=', since)
		.andWhere({ kind: 'flush' })
		.whereNotNull('old')
		.limit(MOST_ROWS);
	if (rows.length === MOST_ROWS) return null;
	const planned = new Map<string, number>();
	for (const { old, created_at } of rows)
		for (const tag of (JSON.parse(String(old)) as OldValues).tags)
			planned.set(tag, Math.max(planned.get(tag) ?? 0, Number(created_at)));
	return planned;
}
