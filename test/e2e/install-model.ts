import type { Directus } from '../kit/directus.js';

export const TARGETS = 'cache_flush_targets';
export const USERS = 'cache_flush_targets_directus_users';
export const SOURCES = 'data_sync_remote_sources';
export const SOURCES_USERS = 'data_sync_remote_sources_directus_users';

/** A field as `GET /fields/<collection>` tells it. */
export interface ToldField {
	field: string;
	type: string;
	schema: Record<string, unknown> | null;
	meta: Record<string, unknown> | null;
}

/** The fields of a collection by name, with what decides how they behave. */
export async function fieldsOf(directus: Directus, collection: string): Promise<Record<string, ToldField>> {
	const fields = await directus.data<ToldField[]>('GET', `/fields/${collection}`);
	return Object.fromEntries(fields.map((field) => [field.field, field]));
}

/** The names of a collection's fields, in the order in which the studio shows them. */
export async function formOf(directus: Directus, collection: string): Promise<string[]> {
	return Object.values(await fieldsOf(directus, collection))
		.filter(({ meta }) => meta?.['hidden'] !== true)
		.toSorted((one, other) => Number(one.meta?.['sort']) - Number(other.meta?.['sort']))
		.map(({ field }) => field);
}

/** What decides how the collections behave and look, whatever order it was made in. */
export async function essenceOf(directus: Directus): Promise<unknown> {
	const collections = await directus.data<{ collection: string; meta: unknown }[]>('GET', '/collections');
	const relations = await directus.data<
		{ collection: string; field: string; schema: Record<string, unknown>; meta: Record<string, unknown> }[]
	>('GET', '/relations');
	const fields = async (name: string) =>
		Object.values(await fieldsOf(directus, name))
			.map(({ field, type, schema, meta }) => ({
				field,
				type,
				schema: { ...schema, table: null, schema: null },
				meta: { ...meta, id: null, sort: null },
			}))
			.toSorted((one, other) => one.field.localeCompare(other.field));
	return {
		collections: [TARGETS, USERS].map((name) => collections.find(({ collection }) => collection === name)?.meta),
		fields: [await fields(TARGETS), await fields(USERS)],
		relations: relations
			.filter(({ collection }) => [TARGETS, USERS].includes(collection))
			.map(({ schema, meta, ...relation }) => ({
				...relation,
				on_delete: schema['on_delete'],
				meta: { ...meta, id: null },
			}))
			.toSorted((one, other) => `${one.collection}.${one.field}`.localeCompare(`${other.collection}.${other.field}`)),
	};
}

/** All that Directus and the database say of the collections: equal before and after means that nothing changed. */
export async function modelOf(
	directus: Directus,
	names = [TARGETS, USERS],
): Promise<{
	collections: unknown[];
	fields: unknown[];
	relations: unknown[];
	columns: unknown[];
	items: (Record<string, unknown>[] | null)[];
}> {
	const { sql } = directus;
	const rows = async (table: string, column: string, order: string) =>
		await sql(table).whereIn(column, names).orderBy(order);
	return {
		collections: await rows('directus_collections', 'collection', 'collection'),
		fields: await rows('directus_fields', 'collection', 'id'),
		relations: await rows('directus_relations', 'many_collection', 'id'),
		columns: await Promise.all(
			names.map((name) =>
				sql(name)
					.columnInfo()
					.catch(() => null),
			),
		),
		items: await Promise.all(
			names.map(async (name) => ((await sql.schema.hasTable(name)) ? await sql(name).orderBy('id') : null)),
		),
	};
}

/** The messages that Downstream logged, in order. */
export function logged(directus: Directus): { level: number; msg: string }[] {
	return directus
		.log()
		.split('\n')
		.filter((line) => line.startsWith('{'))
		.map((line) => JSON.parse(line) as { level: number; msg: string })
		.filter(({ msg }) => typeof msg === 'string' && msg.startsWith('[downstream]'));
}

/** What a start logged that it made, added or refused of the part that these words are about. */
export function installLog(directus: Directus, about = /cache_flush/i): string[] {
	return logged(directus)
		.filter(({ level, msg }) => about.test(msg) && (level >= 40 || /created|extended/.test(msg)))
		.map(({ msg }) => msg);
}

/** Makes the collections as `directus-extension-cache-flush` and `directus-extension-data-sync` do, over the API. */
export async function installPredecessor(
	directus: Directus,
	[targets, users] = [TARGETS, USERS] as [string, string],
): Promise<void> {
	const field = (name: string, type: string, schema: object | null, meta: object = {}) => ({
		field: name,
		type,
		schema,
		meta,
	});
	const key = field(
		'id',
		'uuid',
		{ is_primary_key: true, is_nullable: false, is_unique: true },
		{ special: ['uuid'], interface: 'input', hidden: true, readonly: true },
	);
	const header = field(
		'auth_header',
		'string',
		{ default_value: 'bearer', max_length: 255 },
		{ interface: 'select-dropdown', required: true, sort: 4 },
	);
	await directus.request('POST', '/collections', {
		collection: targets,
		schema: { name: targets },
		meta: {
			icon: 'storage',
			note: 'Where flush requests go',
			display_template: '{{ url }}',
			archive_field: 'status',
			archive_value: 'archived',
			unarchive_value: 'draft',
			accountability: 'all',
		},
		fields: [
			key,
			field(
				'status',
				'string',
				{ default_value: 'draft', is_nullable: false },
				{ interface: 'select-dropdown', sort: 2 },
			),
			field(
				'url',
				'string',
				{ is_nullable: false, is_unique: true },
				{ interface: 'input', required: true, sort: 3, note: 'The note that its users know' },
			),
			...(targets === TARGETS ? [header] : []),
			field(
				'api_key',
				'string',
				{ is_nullable: true },
				{
					interface: 'input',
					options: { masked: true },
					display: 'formatted-value',
					display_options: { masked: true },
					width: 'half',
					sort: 5,
				},
			),
			field('users_notification', 'alias', null, { special: ['m2m'], interface: 'list-m2m', sort: 6 }),
			field(
				'schema',
				'json',
				{ is_nullable: true },
				{ special: ['cast-json'], interface: 'input-code', required: true, sort: 7 },
			),
			field('user_created', 'uuid', {}, { special: ['user-created'], sort: 8 }),
			field('date_created', 'timestamp', {}, { special: ['date-created'], sort: 9 }),
			field('user_updated', 'uuid', {}, { special: ['user-updated'], sort: 10 }),
			field('date_updated', 'timestamp', {}, { special: ['date-updated'], sort: 11 }),
		],
	});
	await directus.request('POST', '/collections', {
		collection: users,
		schema: { name: users },
		meta: { icon: 'import_export', hidden: true },
		fields: [
			field('id', 'integer', { is_primary_key: true, has_auto_increment: true }, { hidden: true }),
			field(`${targets}_id`, 'uuid', {}, { hidden: true }),
			field('directus_users_id', 'uuid', {}, { hidden: true }),
		],
	});
	const relations = [
		{
			collection: targets,
			field: 'user_created',
			related_collection: 'directus_users',
			schema: { on_delete: 'NO ACTION' },
			meta: {},
		},
		{
			collection: targets,
			field: 'user_updated',
			related_collection: 'directus_users',
			schema: { on_delete: 'NO ACTION' },
			meta: {},
		},
		{
			collection: users,
			field: 'directus_users_id',
			related_collection: 'directus_users',
			schema: { on_delete: 'SET NULL' },
			meta: { junction_field: `${targets}_id` },
		},
		{
			collection: users,
			field: `${targets}_id`,
			related_collection: targets,
			schema: { on_delete: 'SET NULL' },
			meta: { one_field: 'users_notification', junction_field: 'directus_users_id' },
		},
	];
	for (const relation of relations) await directus.request('POST', '/relations', relation);
}
