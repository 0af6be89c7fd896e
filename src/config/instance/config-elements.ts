import type { Accountability, PrimaryKey, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { ElementKind } from '../../contract/bundle.js';
import type { ConfigRow } from '../core/elements/config-state.js';
import { kinds } from '../core/elements/kinds.js';
import { QUIET } from '../core/plan/quiet-writes.js';
import type { ConfigWriter } from '../ports.js';
import type { DirectusServices } from '../../kernel/directus-services.js';
import { messageOf } from '../../kernel/core/message-of.js';

/** What writing elements needs. The transaction is the only connection that is used. */
export interface ElementPorts {
	database: Knex;
	services: DirectusServices;
	/** As it is after the schema has been changed. */
	schema: () => Promise<SchemaOverview>;
	accountability: Accountability;
	/** Removes what refers to rows that go, where the database will not do so by itself. */
	cascade: (table: string, keys: string[]) => Promise<void>;
}

/** Both checks that Directus runs when rights change: an admin is left, and no more users than the environment allows. */
const REMAINING_ADMINS_AND_LIMITS = 3;

type ElementWriter = Pick<ConfigWriter, 'create' | 'update' | 'remove' | 'attachPolicy'>;

/**
 * Writes rows of the tables `directus_<kind>`, through Directus' own service for items, not the one of the kind: that one would reload all flows or clear all caches for each
 * row, and on SQLite a reload waits for the very connection that this transaction has. What those services do beside that
 * is done here, once: refusals before the first write (`askForRefusals`), what goes with a deleted role or flow below.
 */
export function createElementWriter(ports: ElementPorts): ElementWriter & { checkRights(): Promise<void> } {
	const { database, services, accountability, cascade } = ports;
	const service = async (table: string) =>
		new services.ItemsService(table, { knex: database, schema: await ports.schema(), accountability });

	async function remove(kind: ElementKind, localIds: string[]): Promise<void> {
		const { table } = kinds[kind];
		if (kind === 'roles') await letGoOfRoles(localIds);
		if (kind === 'flows') {
			// Operations of a flow refer to each other, which would keep the database from deleting them with it.
			await database('directus_operations').whereIn('flow', localIds).update({ resolve: null, reject: null });
		}
		if (kind === 'operations') await unlinkOperations(localIds);
		await cascade(table, localIds);
		await (await service(table)).deleteMany(keysOf(kind, localIds), { ...QUIET });
	}

	/** As Directus does it: users of a role that goes are suspended, so that they keep no rights that were not given to them. */
	async function letGoOfRoles(roles: string[]): Promise<void> {
		const of = { filter: { role: { _in: roles } }, limit: -1 };
		await (await service('directus_access')).deleteByQuery(of, { ...QUIET });
		await (await service('directus_presets')).deleteByQuery(of, { ...QUIET });
		await (await service('directus_users')).updateByQuery(of, { status: 'suspended', role: null }, { ...QUIET });
		await database('directus_roles').whereIn('parent', roles).update({ parent: null });
	}

	async function unlinkOperations(operations: string[]): Promise<void> {
		for (const field of ['resolve', 'reject'])
			await database('directus_operations')
				.whereIn(field, operations)
				.update({ [field]: null });
		await database('directus_flows').whereIn('operation', operations).update({ operation: null });
	}

	return {
		async create(kind, row) {
			return String(await (await service(kinds[kind].table)).createOne(row, { ...QUIET }));
		},
		async update(kind, localId, values) {
			const [key = localId] = keysOf(kind, [localId]);
			await (await service(kinds[kind].table)).updateOne(key, values, { ...QUIET });
		},
		remove,
		async attachPolicy(policy, roles) {
			const access = await service('directus_access');
			const rows = await access.readByQuery(
				{ fields: ['id', 'role', 'sort'], filter: { policy: { _eq: policy }, user: { _null: true } }, limit: -1 },
				{ emitEvents: false },
			);
			const left = new Map(rows.map((row) => [row['role'] as string | null, row]));
			const surplus = rows.filter((row) => left.get(row['role'] as string | null) !== row);
			for (const { role, sort } of roles) {
				const row = left.get(role);
				left.delete(role);
				if (!row) await access.createOne({ policy, role, user: null, sort }, { ...QUIET });
				else if ((row['sort'] ?? null) !== sort) await access.updateOne(String(row['id']), { sort }, { ...QUIET });
			}
			const removed = [...left.values(), ...surplus].map((row) => String(row['id']));
			if (removed.length > 0) await access.deleteMany(removed, { ...QUIET });
		},
		async checkRights() {
			const options = { ...QUIET, userIntegrityCheckFlags: REMAINING_ADMINS_AND_LIMITS };
			await (await service('directus_access')).updateMany([], {}, options);
		},
	};
}

/** Keys as the table has them: some kinds are numbered. */
function keysOf(kind: ElementKind, localIds: string[]): PrimaryKey[] {
	return ['permissions', 'presets', 'settings'].includes(kind) ? localIds.map(Number) : [...localIds];
}

/** A kind's values as its own service sees them, for `refusals`. */
export interface Judged {
	kind: ElementKind;
	row: ConfigRow;
}

const PASSED = new Error('nothing was refused');

/** The services that refuse what the licence or the format forbids before they write. */
const JUDGES = {
	settings: 'SettingsService',
	policies: 'PoliciesService',
	permissions: 'PermissionsService',
} as const;

/**
 * What Directus' own services say to values, in their own words: each is asked to write them to no row at all, and
 * stopped at the point where it would begin. Nothing is written, cleared or reloaded.
 */
export async function askForRefusals(
	ports: Pick<ElementPorts, 'database' | 'services' | 'accountability'> & { schema: SchemaOverview },
	rows: Judged[],
): Promise<(string | null)[]> {
	const { database, services, schema, accountability } = ports;
	const options = { knex: database, schema, accountability };
	const answers: (string | null)[] = [];
	for (const { kind, row } of rows) {
		if (!(kind in JUDGES)) {
			answers.push(null);
			continue;
		}
		const judge = new services[JUDGES[kind as keyof typeof JUDGES]](options);
		try {
			await judge.updateMany([], row, { emitEvents: false, bypassLimits: true, preMutationError: PASSED });
			answers.push(null);
		} catch (error) {
			answers.push(error === PASSED ? null : messageOf(error));
		}
	}
	return answers;
}
