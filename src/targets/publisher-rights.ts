import type { Row } from '../kernel/core/row.js';
import type { Accountability, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { isRecord } from '../kernel/core/is-record.js';
import { flushRightsIssues, syncRightsIssues, type ReadPermission } from './core/rule-rights.js';
import { TARGET_COLLECTIONS } from '../contract/vocabulary.js';
import type { CompiledRule } from '../capture/core/watch.js';
import type { FlushTarget } from '../flush/flush-target.js';
import type { RemoteSource } from '../sync/remote-source.js';
import type { DirectusServices } from '../kernel/directus-services.js';
import { areEarlierKnown, noteEarlierKnown, readPublishers, rememberPublisher } from './tables/publisher-table.js';
import { policiesOf } from '../sync/link/sync-access.js';

interface Ports {
	database: Knex;
	services: DirectusServices;
	schema: SchemaOverview;
}

/** What a user may read; null: everything, since they are an admin. */
export async function readPermissionsOf(
	{ database, services, schema }: Ports,
	asking: Pick<Accountability, 'user' | 'roles' | 'admin'> & { ip?: string | null | undefined },
): Promise<ReadPermission[] | null> {
	if (asking.admin) return null;
	const options = { knex: database, schema, accountability: null };
	const policies = await policiesOf({ services, options }, asking);
	if (policies.some(({ admin_access }) => admin_access === true || admin_access === 1)) return null;
	if (policies.length === 0) return [];
	const rows = await new services.PermissionsService(options).readByQuery(
		{
			filter: { policy: { _in: policies.map(({ id }) => id) }, action: { _eq: 'read' } },
			fields: ['collection', 'fields', 'permissions'],
			limit: -1,
		},
		{ emitEvents: false },
	);
	return rows.map(({ collection, fields, permissions }) => ({
		collection: String(collection),
		fields: Array.isArray(fields) ? fields.map(String) : [],
		filter: isRecord(permissions) && Object.keys(permissions).length > 0 ? permissions : null,
	}));
}

/** A user by its id, with its roles and their parents; null where there is none. */
async function findUser(
	database: Knex,
	id: string,
): Promise<{ name: string; isActive: boolean; roles: string[] } | null> {
	const user = await database('directus_users')
		.where({ id })
		.first<{ status: string; role: string | null; first_name: string | null; last_name: string | null } | undefined>(
			'status',
			'role',
			'first_name',
			'last_name',
		);
	if (!user) return null;
	const roles: string[] = [];
	for (let role = user.role; role !== null && !roles.includes(role);) {
		roles.push(role);
		const above = await database('directus_roles')
			.where({ id: role })
			.first<{ parent: string | null } | undefined>('parent');
		role = above?.parent ?? null;
	}
	const name = [user.first_name, user.last_name].filter(Boolean).join(' ') || id;
	return { name, isActive: user.status === 'active', roles };
}

/** Whether a user may read everything. The id is empty where no user was logged in. */
export async function isAdmin(ports: Ports, id: string): Promise<boolean> {
	const user = id === '' ? null : await findUser(ports.database, id);
	if (!user?.isActive) return false;
	return (await readPermissionsOf(ports, { user: id, roles: user.roles, admin: false })) === null;
}

/**
 * The targets without the rules that send what their publisher may not read by now; why stands among their issues. A target
 * that an admin published, or whose publisher is unknown, keeps all.
 */
async function withinRights<Target extends FlushTarget | RemoteSource>(
	targets: Target[],
	ports: Ports,
): Promise<Target[]> {
	const publishers = await readPublishers(ports.database);
	if (publishers.size === 0) return targets;
	const known = new Map<string, { whose: string; permissions: ReadPermission[] | null }>();
	const rightsOf = async (user: string) => {
		const found = known.get(user) ?? (await rightsOfUser(ports, user));
		known.set(user, found);
		return found;
	};
	const judged: Target[] = [];
	for (const target of targets) {
		const publisher = publishers.get(target.id);
		if (publisher === undefined) {
			judged.push(target);
			continue;
		}
		const { whose, permissions } = await rightsOf(publisher);
		judged.push(permissions === null ? target : without(target, permissions, ports.schema, whose));
	}
	return judged;
}

/** Why a rule that is in force no more must not send what it still owes; null where it may. */
async function rightsRefusal(rule: CompiledRule, ports: Ports): Promise<string | null> {
	const publisher = (await readPublishers(ports.database)).get(rule.target);
	if (publisher === undefined) return null;
	const { whose, permissions } = await rightsOfUser(ports, publisher);
	return permissions === null
		? null
		: (flushRightsIssues([rule], permissions, ports.schema, whose)[0]?.message ?? null);
}

async function rightsOfUser(ports: Ports, id: string) {
	const user = id === '' ? { name: 'nobody', isActive: true, roles: [] } : await findUser(ports.database, id);
	const whose = user ? `the user who published it (${user.name})` : 'the user who published it, and is gone,';
	if (!user?.isActive) return { whose, permissions: [] };
	const asking = { user: id === '' ? null : id, roles: user.roles, admin: false };
	return { whose, permissions: await readPermissionsOf(ports, asking) };
}

function without<Target extends FlushTarget | RemoteSource>(
	target: Target,
	permissions: ReadPermission[],
	schema: SchemaOverview,
	whose: string,
): Target {
	const issues =
		target.kind === 'flush'
			? flushRightsIssues(target.rules, permissions, schema, whose)
			: syncRightsIssues(target.rules, permissions, schema, whose);
	if (issues.length === 0) return target;
	const off = new Set(issues.map(({ path }) => Number(path.slice(1))));
	const judged = {
		...target,
		rules: (target.rules as { index: number }[]).filter(({ index }) => !off.has(index)),
		issues: [...target.issues, ...issues.map((issue) => ({ ...issue, path: `/schema${issue.path}` }))],
	};
	if (target.kind === 'sync') {
		const messageOf = (at: number) => issues.find(({ path }) => path === `/${at}`)?.message ?? '';
		const turnedOff = target.rules.filter(({ index }) => off.has(index));
		const more = turnedOff.map(({ rule, index }) => ({ collection: rule.collection, message: messageOf(index) }));
		Object.assign(judged, { off: [...target.off, ...more] });
	}
	return judged as Target;
}

/**
 * Finds out once who published the targets that were there before publishers were kept. Whom an admin wrote, and whom
 * nobody knows of, is left alone.
 */
export async function rememberEarlierPublishers(ports: Ports, now: number): Promise<void> {
	const { database, schema } = ports;
	if (await areEarlierKnown(database)) return;
	for (const collection of TARGET_COLLECTIONS) {
		const { fields } = schema.collections[collection] ?? { fields: {} };
		const asked = ['user_updated', 'user_created'].filter((field) => Object.hasOwn(fields, field));
		if (asked.length === 0) continue;
		const rows = await database(collection)
			.select<Row[]>(['id', ...asked])
			.where({ status: 'published' });
		for (const row of rows) {
			const user = row['user_updated'] ?? row['user_created'];
			if (typeof user !== 'string' || !(await findUser(database, user)) || (await isAdmin(ports, user))) continue;
			await rememberPublisher(database, { target: String(row['id']), user, admin: false, at: now });
		}
	}
	await noteEarlierKnown(database);
}

type FoundRule = CompiledRule | { refusal: string } | null;

/** Holds what is served to the rights of its publisher it. */
export function createPublisherRights({
	getSchema,
	...ports
}: Omit<Ports, 'schema'> & { getSchema: () => Promise<SchemaOverview> }) {
	return {
		within: async <Target extends FlushTarget | RemoteSource>(targets: Target[]): Promise<Target[]> =>
			withinRights(targets, { ...ports, schema: await getSchema() }),
		/** Rules that are looked up by their hash, with the refusal of those that may not be sent any more. */
		ofRules:
			(find: (hash: string, target: string) => Promise<FoundRule>) =>
			async (hash: string, target: string): Promise<FoundRule> => {
				const found = await find(hash, target);
				if (found === null || 'refusal' in found) return found;
				const refusal = await rightsRefusal(found, { ...ports, schema: await getSchema() });
				return refusal === null ? found : { refusal };
			},
	};
}
