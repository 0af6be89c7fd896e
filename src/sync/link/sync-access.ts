import type { Row } from '../../kernel/core/row.js';
import type { Accountability, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { BlockList, isIP } from 'node:net';
import { isRecord } from '../../kernel/core/is-record.js';
import { isSyncPolicy } from '../../identity/core/sync-account.js';
import type { Permitted } from '../core/wire/permitted-change.js';
import type { DirectusServices } from '../../kernel/directus-services.js';

/** What a user may do with the items of one collection. Which items, Directus decides at each write. */
export interface CollectionAccess extends Permitted {
	/** The rules of its permissions to update or read, which say which items they hold for; `{}` = all. */
	items: { action: 'update' | 'read'; fields: ReadonlySet<string>; rule: Row }[];
}

/** What a user may do here. */
export interface SyncAccess {
	of(collection: string): CollectionAccess;
	/** Whether it is a user that another instance may come as: an admin, or one with the policy "Data Sync". */
	isPeer: boolean;
}

const ALL = new Set(['*']);

/** The access of an admin. */
export const EVERYTHING: CollectionAccess = {
	create: ALL,
	update: ALL,
	read: ALL,
	delete: true,
	updatesSome: false,
	items: [{ action: 'read', fields: ALL, rule: {} }],
};

const NOTHING: CollectionAccess = {
	create: new Set(),
	update: new Set(),
	read: new Set(),
	delete: false,
	updatesSome: false,
	items: [],
};

/** The access of a user who is not another instance. */
export const NO_ACCESS: SyncAccess = {
	of: () => NOTHING,
	isPeer: false,
};

type Asking = Pick<Accountability, 'user' | 'roles' | 'admin' | 'ip'>;

/**
 * What a user may do: what any of the policies permits that are theirs or their roles' and in force for the address
 * that they come from (`anywhere`: for some address). Custom rules that the licence does not cover count as little as they
 * do for Directus.
 */
export async function readSyncAccess(
	ports: { database: Knex; services: DirectusServices; getSchema: () => Promise<SchemaOverview> },
	asking: Asking,
	{ anywhere = false } = {},
): Promise<SyncAccess> {
	if (asking.admin) return { of: () => EVERYTHING, isPeer: true };
	const { database, services, getSchema } = ports;
	const options = { knex: database, schema: await getSchema(), accountability: null };
	const policies = await policiesOf({ services, options }, anywhere ? { ...asking, ip: undefined } : asking);
	const permissions =
		policies.length === 0
			? []
			: await new services.PermissionsService(options).readByQuery(
					{ filter: { policy: { _in: policies.map(({ id }) => id) } }, fields: ['*'], limit: -1 },
					{ emitEvents: false },
				);
	return { of: (collection) => union(permissions, collection), isPeer: policies.some(isSyncPolicy) };
}

/** The policies of a user that are in force; where their address is not known, wherever they come from. */
export async function policiesOf(
	{
		services,
		options,
	}: { services: DirectusServices; options: { knex: Knex; schema: SchemaOverview; accountability: null } },
	asking: Pick<Accountability, 'user' | 'roles'> & { ip?: string | null | undefined },
): Promise<Row[]> {
	const rows = await new services.ItemsService('directus_access', options).readByQuery(
		{
			filter: whose(asking),
			fields: ['id', 'name', 'admin_access', 'app_access', 'ip_access'].map((field) => `policy.${field}`),
			limit: -1,
		},
		{ emitEvents: false },
	);
	return rows
		.map(({ policy }) => policy)
		.filter(isRecord)
		.filter((policy) => asking.ip === undefined || isFrom(asking.ip, policy['ip_access']));
}

/** The access rows that apply, as Directus chooses them: who has no role is like the public. */
function whose({ user, roles }: Pick<Asking, 'user' | 'roles'>): Row {
	const byRole =
		roles.length > 0 ? { role: { _in: roles } } : { _and: [{ role: { _null: true } }, { user: { _null: true } }] };
	return user === null ? byRole : { _or: [{ user: { _eq: user } }, byRole] };
}

function union(permissions: Row[], collection: string): CollectionAccess {
	const of = (action: string) =>
		permissions.filter((permission) => permission['collection'] === collection && permission['action'] === action);
	const fieldsOf = (permission: Row): string[] => (Array.isArray(permission['fields']) ? permission['fields'] : []);
	const fields = (action: string) => new Set(of(action).flatMap(fieldsOf));
	const items = (['update', 'read'] as const).flatMap((action) =>
		of(action).map((permission) => ({
			action,
			fields: new Set(fieldsOf(permission)),
			rule: isRecord(permission['permissions']) ? permission['permissions'] : {},
		})),
	);
	return {
		create: fields('create'),
		update: fields('update'),
		read: fields('read'),
		delete: of('delete').length > 0,
		updatesSome: items.some(({ action, rule }) => action === 'update' && Object.keys(rule).length > 0),
		items,
	};
}

/** Whether a policy is in force for an address: all are, where it names none. An entry that cannot be read admits no address. */
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
