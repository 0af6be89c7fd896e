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
	const last = await lastEdits(
		now,
		moved.map(({ path }) => path),
		instance,
	);
	return moved.map((issue) => {
		const who = last.get(issue.path);
		return who ? { ...issue, message: `${issue.message} (last changed by ${who})` } : issue;
	});
}

/**
 * Who changed elements of a plan last, and when, by `kind:sync_id`; of those that Directus' activity tells of. If that
 * cannot be read, of none.
 */
export async function lastEdits(
	now: Pick<Plan, 'changes'>,
	steps: readonly string[],
	instance: Pick<Connection, 'data'>,
): Promise<Map<string, string>> {
	const places = new Map<string, { collection: string; item: string }>();
	for (const { kind, sync_id, local_id } of now.changes)
		if (isElementKind(kind) && local_id !== null)
			places.set(`${kind}:${sync_id}`, { collection: kinds[kind].table, item: local_id });
	const asked = [...new Set(steps)].flatMap((path) => places.get(path) ?? []).slice(0, ASKED);
	if (asked.length === 0) return new Map();
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
	return new Map(
		[...places].flatMap(([step, { collection, item }]) => {
			const who = last.get(`${collection}/${item}`);
			return who === undefined ? [] : [[step, who] as const];
		}),
	);
}

function nameOf(user: unknown): string {
	if (!isRecord(user)) return 'an unknown user';
	const name = [user['first_name'], user['last_name']]
		.filter((part) => typeof part === 'string' && part !== '')
		.join(' ');
	return name !== '' ? name : String(user['email'] ?? 'an unknown user');
}
