import type { Row } from '../../kernel/core/row.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { ELEMENT_KINDS, type ElementKind, type Snapshot } from '../../contract/bundle.js';
import type { ConfigLimits, ConfigRow, ConfigState, InstalledExtension } from '../core/elements/config-state.js';
import { kinds } from '../core/elements/kinds.js';
import { RULES_COLUMN, tableOf, type TargetRules } from '../core/moves/move-rules.js';
import { TARGET_KINDS } from '../../contract/vocabulary.js';
import { schemaWithoutOwn } from '../core/elements/own-parts.js';
import { isKeptSecret } from '../../kernel/core/never-sent.js';
import type { StateChoice } from '../ports.js';
import { readIdMap } from '../tables/config-id-map.js';
import { countRows } from '../tables/config-facts.js';
import type { SnapshotReader } from './config-snapshot.js';
import type { DirectusServices } from '../../kernel/directus-services.js';

/** What reading needs. The transaction is the only connection that is used. */
export interface StatePorts {
	database: Knex;
	services: DirectusServices;
	/** Read before the transaction began: Directus reads it through its own connection, and SQLite has no other. */
	schema: SchemaOverview;
	snapshots: Pick<SnapshotReader, 'read'>;
	vendor: string;
	limits: (database: Knex) => Promise<ConfigLimits>;
	extensions: (database: Knex) => Promise<InstalledExtension[]>;
}

/** The whole configuration of this instance, through Directus' own services: decoded as Directus decodes it. */
export async function readConfigState(ports: StatePorts, choice: StateChoice): Promise<ConfigState> {
	const { database, schema } = ports;
	const { directus, taken } = await readSnapshot(ports, choice);
	const columns = {} as Record<ElementKind, string[]>;
	const rows = {} as Record<ElementKind, ConfigRow[]>;
	const hidden: ConfigState['hidden'] = {};
	for (const kind of ELEMENT_KINDS) {
		columns[kind] = columnsOf(schema, kind);
		rows[kind] = await readRows(ports, kind, columns[kind]);
	}
	columns.policies.push('roles');
	await addAttachments(ports, rows.policies);
	const permissions = await countRows(database, 'directus_permissions');
	if (permissions > rows.permissions.length) hidden.permissions = permissions - rows.permissions.length;
	return {
		directus,
		vendor: ports.vendor,
		snapshot: taken,
		rows,
		columns,
		ids: await readIdMap(database),
		hidden,
		adminRole: choice.role,
		limits: await ports.limits(database),
		extensions: await ports.extensions(database),
		targets: await readTargetRules(ports),
	};
}

/** Of every flush target and remote, drafts too: what it is called, and what names collections and fields. */
async function readTargetRules({ database, services, schema }: StatePorts): Promise<TargetRules[]> {
	const targets: TargetRules[] = [];
	for (const kind of TARGET_KINDS) {
		const table = tableOf({ kind });
		const known = schema.collections[table]?.fields;
		if (!known) continue;
		// What the predecessor made may lack some.
		const fields = ['id', 'name', 'url', RULES_COLUMN, 'options'].filter((field) => field in known);
		const service = new services.ItemsService(table, { knex: database, schema, accountability: null });
		const rows = await service.readByQuery({ fields, sort: ['id'], limit: -1 }, { emitEvents: false });
		targets.push(
			...rows.map((row): TargetRules => ({
				kind,
				id: String(row['id']),
				name: String(row['name'] ?? row['url'] ?? row['id']),
				rules: row[RULES_COLUMN] ?? null,
				options: row['options'] ?? null,
			})),
		);
	}
	return targets;
}

/** The fields that Directus has for a kind and that may be read: everything but aliases and credentials. */
function columnsOf(schema: SchemaOverview, kind: ElementKind): string[] {
	const { table, secret } = kinds[kind];
	return Object.values(schema.collections[table]?.fields ?? {})
		.filter(({ field, alias, special }) => !alias && !secret.includes(field) && !isKeptSecret(special))
		.map(({ field }) => field);
}

async function readRows(
	{ database, services, schema }: StatePorts,
	kind: ElementKind,
	fields: string[],
): Promise<ConfigRow[]> {
	const options = { knex: database, schema, accountability: null };
	// Its own service hides the permissions that the licence does not allow; a bundle must not hold them.
	const service =
		kind === 'permissions'
			? new services.PermissionsService(options)
			: new services.ItemsService(kinds[kind].table, options);
	const filter = kind === 'presets' ? { user: { _null: true } } : {};
	return service.readByQuery({ fields, filter, sort: ['id'], limit: -1 }, { emitEvents: false });
}

/**
 * Which roles have which policy. What is attached to a user is no configuration, and must never be mistaken for what is
 * attached to nobody: that is the public.
 */
async function addAttachments({ database, services, schema }: StatePorts, policies: ConfigRow[]): Promise<void> {
	const access = await new services.ItemsService('directus_access', {
		knex: database,
		schema,
		accountability: null,
	}).readByQuery(
		{ fields: ['role', 'user', 'policy', 'sort'], filter: { user: { _null: true } }, sort: ['sort', 'id'], limit: -1 },
		{ emitEvents: false },
	);
	const byPolicy = Map.groupBy(access, (row: Row) => String(row['policy']));
	for (const policy of policies) {
		const rows = byPolicy.get(String(policy['id'])) ?? [];
		policy['roles'] = rows.map(({ role, user, sort }) => ({ role, user, sort }));
	}
}

async function readSnapshot(
	{ database, snapshots, vendor }: StatePorts,
	{ own }: StateChoice,
): Promise<{ directus: string; taken: Snapshot }> {
	const taken = await snapshots.read(database);
	return {
		directus: taken.directus,
		taken: { ...(own ? taken : schemaWithoutOwn(taken)), vendor: taken.vendor ?? vendor },
	};
}
