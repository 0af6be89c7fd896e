import { createHash } from 'node:crypto';
import type { ConfigRow } from '../elements/config-state.js';
import { FIXED_SYNC_IDS } from '../elements/kinds.js';

/** An id that is made of values, and so the same whenever the same files are imported; in the form of a UUID. */
export function madeId(...parts: unknown[]): string {
	const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
	return [
		hash.slice(0, 8),
		hash.slice(8, 12),
		`8${hash.slice(13, 16)}`,
		`8${hash.slice(17, 20)}`,
		hash.slice(20, 32),
	].join('-');
}

/** Rows by table, as files of another tool have them. */
export interface Rights {
	roles: ConfigRow[];
	policies: ConfigRow[];
	permissions: ConfigRow[];
}

/** What said of a role what its people may do, before there were policies. */
const OF_POLICIES = ['admin_access', 'app_access', 'enforce_tfa', 'ip_access'] as const;

/** Whether permissions belong to roles, as up to Directus 10. */
export const hasOlderRights = ({ roles, policies, permissions }: Rights): boolean =>
	policies.length === 0 &&
	(permissions.some((row) => 'role' in row && !('policy' in row)) ||
		roles.some((row) => 'admin_access' in row || 'app_access' in row));

/**
 * The rights of Directus 10 as Directus 11 has them after its own migration: each role has one policy of its own, with its
 * permissions; those of nobody's role are the public policy's. People may do exactly what they might do before.
 */
export function upgradeRights({ roles, permissions }: Rights): Rights {
	const policyOf = (role: unknown) =>
		role === null || role === undefined ? FIXED_SYNC_IDS.publicPolicy : madeId('policy', role);
	const isPublic = permissions.some(({ role }) => role === null || role === undefined);
	const policies = roles.map((role): ConfigRow => ({
		id: policyOf(role['id']),
		name: role['name'],
		icon: role['icon'] ?? 'badge',
		description: role['description'] ?? null,
		ip_access: role['ip_access'] ?? null,
		enforce_tfa: role['enforce_tfa'] === true,
		admin_access: role['admin_access'] === true,
		app_access: role['app_access'] === true,
		roles: [{ role: role['id'], user: null, sort: 1 }],
	}));
	if (isPublic)
		policies.push({
			id: FIXED_SYNC_IDS.publicPolicy,
			name: '$t:public_label',
			icon: 'public',
			description: '$t:public_description',
			ip_access: null,
			enforce_tfa: false,
			admin_access: false,
			app_access: false,
			roles: [{ role: null, user: null, sort: 1 }],
		});
	return {
		roles: roles.map((role) => Object.fromEntries(Object.entries(role).filter(([key]) => !isOfPolicies(key)))),
		policies,
		permissions: permissions.map(({ role, ...others }) => ({ ...others, policy: policyOf(role) })),
	};
}

const isOfPolicies = (key: string): boolean => (OF_POLICIES as readonly string[]).includes(key);
