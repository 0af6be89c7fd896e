import type { Knex } from 'knex';
import { filtersOfReader, type ReadRights } from './core/read-filters.js';

type Filters = ReadonlyMap<string, readonly unknown[]>;

interface Reader {
	user: string | null;
	roles: readonly string[];
	admin: boolean;
}

const NO_FILTERS: Filters = new Map();

/** How many readers' filters are kept until the rights change. */
const MOST = 1_000;

/**
 * What readers' permissions ask of items, asked for at every read: read from the database once, and again whenever rights,
 * like everything that rules depend on, have changed.
 * @param epoch something else after each such change; null while one is under way, when nothing is kept
 */
export function createReadFilters(database: Knex, epoch: () => object | null) {
	let known: { epoch: object; rights: ReadRights; filters: Map<string, Filters> } | null = null;

	async function readRights(): Promise<ReadRights> {
		return {
			access: await database('directus_access').select<ReadRights['access']>('role', 'user', 'policy'),
			permissions: await database('directus_permissions')
				.where({ action: 'read' })
				.whereNotNull('permissions')
				.select<ReadRights['permissions']>('policy', 'collection', 'permissions'),
		};
	}

	return function filtersOf({ user, roles, admin }: Reader): Filters | Promise<Filters> {
		if (admin) return NO_FILTERS;
		const now = epoch();
		const current = known && known.epoch === now ? known : null;
		const name = `${user} ${roles.join(' ')}`;
		const found = current?.filters.get(name);
		if (found) return found;
		if (!current)
			return readRights().then((rights) => {
				const filters = filtersOfReader(rights, { user, roles });
				if (now !== null && epoch() === now) known = { epoch: now, rights, filters: new Map([[name, filters]]) };
				return filters;
			});
		const filters = filtersOfReader(current.rights, { user, roles });
		if (current.filters.size >= MOST) current.filters.clear();
		current.filters.set(name, filters);
		return filters;
	};
}
