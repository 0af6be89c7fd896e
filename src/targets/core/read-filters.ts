import { isRecord } from '../../kernel/core/is-record.js';

/** Who has which policies, and what these let their readers see. */
export interface ReadRights {
	access: readonly { role: string | null; user: string | null; policy: string }[];
	permissions: readonly { policy: string; collection: string; permissions: unknown }[];
}

/**
 * The filters that a reader's permissions put on what is read, by collection. Policies that hold only for some addresses
 * count too: a filter too many costs a tag, one too few an answer that stays stale.
 */
export function filtersOfReader(
	{ access, permissions }: ReadRights,
	{ user, roles }: { user: string | null; roles: readonly string[] },
): Map<string, unknown[]> {
	const has = (row: ReadRights['access'][number]) =>
		(user !== null && row.user === user) ||
		(roles.length > 0 ? row.role !== null && roles.includes(row.role) : row.role === null && row.user === null);
	const policies = new Set(access.filter(has).map(({ policy }) => policy));
	const filters = new Map<string, unknown[]>();
	for (const { policy, collection, permissions: given } of permissions) {
		if (!policies.has(policy)) continue;
		const filter: unknown = typeof given === 'string' ? JSON.parse(given) : given;
		if (isRecord(filter) && Object.keys(filter).length > 0)
			filters.set(collection, [...(filters.get(collection) ?? []), filter]);
	}
	return filters;
}
