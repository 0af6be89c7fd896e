import type { Snapshot } from '../../src/contract/bundle.js';
import { KINDS_OF_COLUMNS, type Vendor } from './column-kinds.js';

const DEFAULT = {
	default_value: null,
	max_length: null,
	numeric_precision: null,
	numeric_scale: null,
	is_nullable: true,
	is_unique: false,
	is_indexed: false,
	is_primary_key: false,
	is_generated: false,
	generation_expression: null,
	has_auto_increment: false,
	foreign_key_table: null,
	foreign_key_column: null,
};

/** Types that a database's dump has in the place of the one that the field was made with. */
const CALLED: Partial<Record<Vendor, Record<string, string>>> = {
	sqlite: { price: 'float', loose: 'float', code: 'string', owner: 'string' },
	mysql: { code: 'string', owner: 'string', counted: 'integer' },
	postgres: { id: 'bigInteger', loose: 'integer' },
};

/** A schema of one collection with a column of every kind, as a dump of that database and version has it. */
export function snapshotOf(vendor: Vendor, directus: string, collection: string): Snapshot {
	return {
		version: 1,
		directus,
		vendor,
		collections: [
			{
				collection,
				// Directus 12 knows a status; dumps of before 11.10 have collections without any meta.
				meta: vendor === 'mysql' ? null : { collection, accountability: 'all', status: 'active', note: `of ${vendor}` },
				schema: { name: collection },
			},
		],
		fields: Object.entries(KINDS_OF_COLUMNS).map(([field, { type, special, column }]) => ({
			collection,
			field,
			type: CALLED[vendor]?.[field] ?? type,
			meta:
				vendor === 'mysql' && field === 'day'
					? null
					: { collection, field, interface: 'input', special: special?.[vendor] ?? null },
			schema: { name: field, table: collection, ...DEFAULT, ...column[vendor] },
		})),
		relations: [
			{
				collection,
				field: 'owner',
				related_collection: 'directus_users',
				meta: { many_collection: collection, many_field: 'owner', one_collection: 'directus_users' },
				schema: {
					table: collection,
					column: 'owner',
					foreign_key_table: 'directus_users',
					foreign_key_column: 'id',
					constraint_name: vendor === 'sqlite' ? null : 'fk_owner',
					on_update: vendor === 'mysql' ? 'RESTRICT' : 'NO ACTION',
					on_delete: 'SET NULL',
				},
			},
		],
		systemFields: SYSTEM_INDEXES[vendor].map(([name, field]) => ({
			collection: `directus_${name}`,
			field,
			schema: { is_indexed: true },
		})),
	};
}

/** MySQL has an index for each foreign key. */
const SYSTEM_INDEXES: Record<Vendor, [string, string][]> = {
	sqlite: [],
	postgres: [
		['activity', 'timestamp'],
		['revisions', 'activity'],
		['revisions', 'parent'],
	],
	mysql: [
		['access', 'policy'],
		['access', 'role'],
		['activity', 'timestamp'],
		['users', 'role'],
	],
};
