import type { Knex } from 'knex';

/** How many users have each role, and each policy, through their role or themselves; by key. */
export async function countConfigUsers(
	database: Knex,
): Promise<{ usersOfRole: Record<string, number>; usersOfPolicy: Record<string, number> }> {
	const roles = await database('directus_users')
		.whereNotNull('role')
		.groupBy('role')
		.select<{ role: string; users: number | string }[]>('role', database.raw('count(*) as users'));
	const usersOfRole = Object.fromEntries(roles.map(({ role, users }) => [role, Number(users)]));
	const parents = await database('directus_roles').select<{ id: string; parent: string | null }[]>('id', 'parent');
	const access = await database('directus_access').select<
		{ policy: string; role: string | null; user: string | null }[]
	>('policy', 'role', 'user');
	const usersOfPolicy: Record<string, number> = {};
	for (const { policy, role, user } of access) {
		const users = user === null ? (role === null ? 0 : usersBelow(role, parents, usersOfRole)) : 1;
		usersOfPolicy[policy] = (usersOfPolicy[policy] ?? 0) + users;
	}
	return { usersOfRole, usersOfPolicy };
}

/** Users of a role and of those that inherit from it. */
function usersBelow(
	role: string,
	roles: { id: string; parent: string | null }[],
	usersOfRole: Record<string, number>,
): number {
	const below = new Set([role]);
	// Iterating over a set also visits entries that are added meanwhile.
	for (const id of below) for (const child of roles) if (child.parent === id) below.add(child.id);
	return [...below].reduce((sum, id) => sum + (usersOfRole[id] ?? 0), 0);
}
