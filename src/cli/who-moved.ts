import { isElementKind, kinds } from '../config/core/elements/kinds.js';
import type { ConfigIssue, Plan } from '../contract/plan.js';
import { isRecord } from '../kernel/core/is-record.js';
import type { Connection } from './connection.js';

/** How many elements are looked up; mostly one or two have changed. */
const ASKED = 20;

/**
 * Adds who changed each element last, and when, from Directus' activity. If that cannot be read, nothing is added.
 *
 * @param now a new plan, which has the elements' keys
 */
export async function withWhoMoved(
	moved: ConfigIssue[],
	now: Plan,
	instance: Pick<Connection, 'data'>,
): Promise<ConfigIssue[]> {
	const places = new Map<string, { collection: string; item: string }>();
	for (const { kind, sync_id, local_id } of now.changes)
		if (isElementKind(kind) && local_id !== null)
			places.set(`${kind}:${sync_id}`, { collection: kinds[kind].table, item: local_id });
	const asked = [...new Set(moved.map(({ path }) => path))].flatMap((path) => places.get(path) ?? []).slice(0, ASKED);
	if (asked.length === 0) return moved;
	const rows = await instance
		.data<unknown>('GET', '/activity', {
			query: {
				filter: {
					_or: asked.map(({ collection, item }) => ({
						_and: [{ collection: { _eq: collection } }, { item: { _eq: item } }],
					})),
				},
				fields: ['collection', 'item', 'timestamp', 'user.first_name', 'user.last_name', 'user.email'],
				sort: ['-timestamp'],
				limit: 200,
			},
		})
		.catch(() => []);
	const last = new Map<string, string>();
	for (const row of Array.isArray(rows) ? rows.filter(isRecord) : []) {
		const place = `${String(row['collection'])}/${String(row['item'])}`;
		if (!last.has(place)) last.set(place, `${nameOf(row['user'])} at ${String(row['timestamp'])}`);
	}
	return moved.map((issue) => {
		const place = places.get(issue.path);
		const who = place && last.get(`${place.collection}/${place.item}`);
		return who ? { ...issue, message: `${issue.message} (last changed by ${who})` } : issue;
	});
}

function nameOf(user: unknown): string {
	if (!isRecord(user)) return 'an unknown user';
	const name = [user['first_name'], user['last_name']]
		.filter((part) => typeof part === 'string' && part !== '')
		.join(' ');
	return name !== '' ? name : String(user['email'] ?? 'an unknown user');
}
