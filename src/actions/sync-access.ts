import type { Accountability, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { BlockList, isIP } from 'node:net';
import type { Row } from '../core/item-change.js';
import { isRecord } from '../core/is-record.js';
import { isSyncPolicy } from '../core/sync/sync-account.js';
import type { DirectusServices } from '../io/directus-services.js';

/** What a user may do with the items of one collection. Which items, Directus decides at each write. */
export interface CollectionAccess {
	/** Fields that may be set, `*` for all of them; none where nothing may be created. */
	create: ReadonlySet<string>;
	update: ReadonlySet<string>;
	delete: boolean;
}

/** What a user may do here. */
export interface SyncAccess {
	of(collection: string): CollectionAccess;
	/** Whether it is a user that another instance may come as: an admin, or one with the policy "Data Sync". */
	isPeer: boolean;
}

/** Of whoever is no other instance. */
export const NO_ACCESS: SyncAccess = {
	of: () => ({ create: new Set(), update: new Set(), delete: false }),
	isPeer: false,
};

type Asking = Pick<Accountability, 'user' | 'roles' | 'admin' | 'ip'>;

const EVERYTHING: CollectionAccess = { create: new Set(['*']), update: new Set(['*']), delete: true };

/**
 * What somebody may do: what any of the policies permits that are theirs or their roles' and in force for the address
 * that they come from. Custom rules that the licence does not cover count as little as they do for Directus.
 */
export async function readSyncAccess(
	doors: { database: Knex; services: DirectusServices; getSchema: () => Promise<SchemaOverview> },
	asking: Asking,
): Promise<SyncAccess> {
	if (asking.admin) return { of: () => EVERYTHING, isPeer: true };
	const { database, services, getSchema } = doors;
	const options = { knex: database, schema: await getSchema(), accountability: null };
	const policies = (
		await new services.ItemsService('directus_access', options).readByQuery(
			{
				filter: whose(asking),
				fields: ['id', 'name', 'admin_access', 'app_access', 'ip_access'].map((field) => `policy.${field}`),
				limit: -1,
			},
			{ emitEvents: false },
		)
	)
		.map(({ policy }) => policy)
		.filter(isRecord)
		.filter((policy) => isFrom(asking.ip, policy['ip_access']));
	const permissions =
		policies.length === 0
			? []
			: await new services.PermissionsService(options).readByQuery(
					{ filter: { policy: { _in: policies.map(({ id }) => id) } }, fields: ['*'], limit: -1 },
					{ emitEvents: false },
				);
	return { of: (collection) => union(permissions, collection), isPeer: policies.some(isSyncPolicy) };
}

/** The access rows that apply, as Directus chooses them: who has no role is like the public. */
function whose({ user, roles }: Asking): Row {
	const byRole =
		roles.length > 0 ? { role: { _in: roles } } : { _and: [{ role: { _null: true } }, { user: { _null: true } }] };
	return user === null ? byRole : { _or: [{ user: { _eq: user } }, byRole] };
}

function union(permissions: Row[], collection: string): CollectionAccess {
	const of = (action: string) =>
		permissions.filter((permission) => permission['collection'] === collection && permission['action'] === action);
	const fields = (action: string) =>
		new Set(of(action).flatMap((permission) => (Array.isArray(permission['fields']) ? permission['fields'] : [])));
	return { create: fields('create'), update: fields('update'), delete: of('delete').length > 0 };
}

/** Whether a policy is in force for an address: all are, where it names none. An entry that cannot be read admits nobody. */
function isFrom(ip: string | null | undefined, allowed: unknown): boolean {
	if (!Array.isArray(allowed) || allowed.length === 0) return true;
	if (!ip) return false;
	const list = new BlockList();
	const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
	for (const entry of allowed.map((one) => String(one).trim())) {
		const [network = '', prefix] = entry.split('/');
		const [from = '', to] = entry.split('-');
		if (prefix !== undefined && isIP(network)) list.addSubnet(network, Number(prefix), family(network));
		else if (to !== undefined && isIP(from) && isIP(to)) list.addRange(from, to, family(from));
		else if (isIP(entry)) list.addAddress(entry, family(entry));
	}
	return isIP(ip) !== 0 && list.check(ip, family(ip));
}
