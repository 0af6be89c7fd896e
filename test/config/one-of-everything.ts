import type { Bundle, Snapshot } from '../../src/contract/bundle.js';
import { randomFrom } from '../kit/random.js';
import type { Vendor } from './column-kinds.js';
import { add, KEY, relate, UUID_KEY } from './edit-schema.js';
import { largeConfig } from './large-config.js';
import { snapshotOf } from './vendor-snapshots.js';

/**
 * A configuration with some of everything: every kind of column as a dump of the database has it, every kind of relation
 * and key, groups, a field of a system collection, and an element or two of every kind. Which columns a table has, how
 * long they are and what their defaults say is up to the seed.
 */
export function oneOfEverything(vendor: Vendor, directus: string, seed: number): Bundle {
	const bundle = largeConfig({ seed, directus, scale: 0.04 });
	const { schema } = bundle;
	if (!schema) throw new Error('no schema was made');
	const random = randomFrom(seed);
	const columns = snapshotOf(vendor, directus, 'every_column');
	schema.vendor = vendor;
	schema.collections.push(...columns.collections.map((entry) => ({ ...entry, meta: { collection: 'every_column' } })));
	schema.fields.push(...columns.fields);
	schema.relations.push(...columns.relations);
	add(schema, 'uuid_keys', { id: UUID_KEY, name: {} });
	add(schema, 'text_keys', { code: { schema: { is_primary_key: true, is_nullable: false, max_length: 40 } } });
	add(schema, 'big_keys', { id: { ...KEY, type: 'bigInteger' }, name: {} });
	add(schema, 'relating', {
		id: KEY,
		to_big: { type: 'bigInteger', meta: { special: ['m2o'] }, schema: { foreign_key_table: 'big_keys' } },
		to_uuid: { type: 'uuid', meta: { special: ['m2o'] } },
		to_text: { meta: { special: ['m2o'] }, schema: { max_length: 40 } },
		to_itself: { type: 'integer', meta: { special: ['m2o'] } },
		to_user: { type: 'uuid', meta: { special: ['user-created'] } },
		to_file: { type: 'uuid', meta: { special: ['file'] } },
		asks: { schema: { max_length: 40, default_value: "Why? It's a \\ and a ?" } },
		...randomColumns(random),
	});
	relate(schema, 'relating', 'to_uuid', 'uuid_keys');
	relate(schema, 'relating', 'to_text', 'text_keys');
	relate(schema, 'relating', 'to_big', 'big_keys');
	relate(schema, 'relating', 'to_itself', 'relating');
	relate(schema, 'relating', 'to_user', 'directus_users');
	relate(schema, 'relating', 'to_file', 'directus_files');
	addJunction(schema);
	addAnyRelation(schema);
	schema.collections.push({
		collection: 'in_a_group',
		meta: { collection: 'in_a_group', icon: 'folder' },
		schema: null,
	});
	for (const { collection, meta } of schema.collections)
		if (collection === 'text_keys') Object.assign(Object(meta), { group: 'in_a_group' });
	schema.fields.push({
		collection: 'directus_users',
		field: 'nickname',
		type: 'string',
		meta: { collection: 'directus_users', field: 'nickname', interface: 'input' },
		schema: { name: 'nickname', table: 'directus_users', is_nullable: true, max_length: 60 },
	});
	return bundle;
}

function randomColumns(random: () => number): Parameters<typeof add>[2] {
	const below = (limit: number) => Math.floor(random() * limit);
	const texts = ["it's", '"quoted"', 'a\\b', 'ünïcode ✓', 'plain', '', '0', 'null', 'CURRENT_TIMESTAMP?'];
	const kinds: (() => Parameters<typeof add>[2][string])[] = [
		() => ({ schema: { max_length: 1 + below(250), default_value: texts[below(texts.length)] ?? null, max: null } }),
		() => ({ type: 'integer', schema: { default_value: below(2_000) - 1_000 } }),
		() => ({ type: 'boolean', meta: { special: ['cast-boolean'] }, schema: { default_value: random() < 0.5 } }),
		() => ({ type: 'text' }),
		() => ({ type: 'json', meta: { special: ['cast-json'] } }),
		() => ({ type: 'csv', meta: { special: ['cast-csv'] } }),
		() => ({ type: 'date' }),
		() => ({ type: 'time' }),
		() => ({ type: 'dateTime' }),
		() => ({ type: 'timestamp' }),
		() => ({ type: 'bigInteger' }),
		() => ({ type: 'float' }),
		() => ({ type: 'decimal', schema: { numeric_precision: 6 + below(20), numeric_scale: below(6) } }),
		() => ({ schema: { max_length: 1 + below(250), is_unique: true } }),
		() => ({ schema: { max_length: 1 + below(250), is_indexed: true } }),
	];
	const chosen = Array.from({ length: 12 }, () => kinds[below(kinds.length)]?.() ?? {});
	return Object.fromEntries(
		chosen.map(({ schema, ...rest }, index) => {
			const { max: _, ...column } = schema ?? {};
			return [`random_${index}`, { ...rest, schema: column }];
		}),
	);
}

function addJunction(schema: Snapshot): void {
	add(schema, 'relating_uuid_keys', { id: KEY, relating: { type: 'integer' }, other: { type: 'uuid' } });
	relate(schema, 'relating_uuid_keys', 'relating', 'relating');
	relate(schema, 'relating_uuid_keys', 'other', 'uuid_keys');
	const many = { junction_field: 'other', one_field: 'others' };
	for (const { collection, field, meta } of schema.relations) {
		if (collection !== 'relating_uuid_keys') continue;
		Object.assign(Object(meta), field === 'relating' ? many : { junction_field: 'relating' });
	}
	schema.fields.push({
		collection: 'relating',
		field: 'others',
		type: 'alias',
		meta: { collection: 'relating', field: 'others', special: ['m2m'], interface: 'list-m2m' },
	});
}

function addAnyRelation(schema: Snapshot): void {
	add(schema, 'relating_any', {
		id: KEY,
		relating: { type: 'integer' },
		item: { schema: { max_length: 255 } },
		collection: { schema: { max_length: 255 } },
	});
	relate(schema, 'relating_any', 'relating', 'relating');
	const back = schema.relations.find(({ collection }) => collection === 'relating_any');
	Object.assign(Object(back?.['meta']), { junction_field: 'item', one_field: 'anything' });
	schema.relations.push({
		collection: 'relating_any',
		field: 'item',
		related_collection: null,
		meta: {
			many_collection: 'relating_any',
			many_field: 'item',
			one_collection: null,
			one_collection_field: 'collection',
			one_allowed_collections: ['uuid_keys', 'text_keys'],
			junction_field: 'relating',
		},
	});
	schema.fields.push({
		collection: 'relating',
		field: 'anything',
		type: 'alias',
		meta: { collection: 'relating', field: 'anything', special: ['m2a'], interface: 'list-m2a' },
	});
}
