import type { Snapshot } from '../../src/contract/bundle.js';
import { many } from './large-schema.js';
import { someColumn } from './project-columns.js';

type Part = Record<string, unknown>;

/** How large the schema of a project is, and how its people write names. */
export interface SchemaShape {
	/** With a table, those of relations included. */
	collections: number;
	fields: number;
	/** How a name is written that consists of several words. */
	written(words: readonly string[]): string;
	/** What most of its items are known by. */
	key: 'integer' | 'uuid' | 'string' | 'bigInteger';
	/** Of ten collections, so many have translations, tags (many-to-many), blocks (many-to-any). */
	translated: number;
	tagged: number;
	blocks: number;
}

const THINGS =
	'article author order product price invoice customer page menu event ticket venue course lesson team contact deal activity order_line region store shelf supplier campaign banner form answer redirect job release episode podcast recipe step review rating asset report task sprint note group user key index'.split(
		' ',
	);
const WORDS =
	'title slug body summary order group key from to desc index limit value type rank level phone email street city zip country vat_id amount discount starts ends note code colour weight height width depth url path label alt caption source status_text kind state count total rate share score token hint text description keywords author_name'.split(
		' ',
	);
/** Collections with a table, and the plain columns that panels, filters and permissions may name. */
export interface ProjectSchema {
	schema: Snapshot;
	collections: { name: string; texts: string[]; numbers: string[] }[];
}

/** A schema as projects have them: pages in languages, tags, blocks, trees, groups of groups, fields of system collections. */
export function projectSchema(shape: SchemaShape, directus: string, random: () => number): ProjectSchema {
	const schema: Snapshot = { version: 1, directus, collections: [], fields: [], relations: [] };
	const made: ProjectSchema['collections'] = [];
	const below = (limit: number) => Math.floor(random() * limit);
	const one = <Item>(list: readonly Item[]): Item => list[below(list.length)] as Item;
	const { written } = shape;
	const names = new Set<string>();
	const groups = many(6, (index) => written(['area', String.fromCodePoint(97 + index)]));
	for (const [index, group] of groups.entries())
		schema.collections.push({
			collection: group,
			meta: { collection: group, icon: 'folder', sort: index + 1, group: index > 2 ? groups[index - 3] : null },
			schema: null,
		});

	/** A field of a collection that is there; an alias has no column. */
	function field(collection: string, name: string, type: string, meta: Part = {}, column: Part = {}): void {
		const sort = schema.fields.filter((entry) => entry.collection === collection).length + 1;
		schema.fields.push({
			collection,
			field: name,
			type,
			meta: { collection, field: name, sort, width: one(['half', 'full']), ...meta },
			schema: type === 'alias' ? null : { name, table: collection, is_nullable: true, ...column },
		});
	}

	function collection(words: readonly string[], key: string, meta: Part = {}): string {
		let name = written(words);
		for (let number = 2; names.has(name.toLowerCase()); number++) name = written([...words, String(number)]);
		names.add(name.toLowerCase());
		schema.collections.push({
			collection: name,
			meta: {
				collection: name,
				icon: 'article',
				note: random() < 0.3 ? `What people know as “${words.join(' ')}”` : null,
				group: random() < 0.7 ? one(groups) : null,
				sort: made.length + 1,
				accountability: one(['all', 'all', 'activity', null]),
				...meta,
			},
			schema: { name },
		});
		const counted = key === 'integer' || key === 'bigInteger';
		field(
			name,
			key === 'string' ? 'code' : 'id',
			key,
			{ hidden: counted, readonly: counted, ...(key === 'uuid' ? { special: ['uuid'] } : {}) },
			{
				is_primary_key: true,
				is_nullable: false,
				has_auto_increment: counted,
				...(key === 'string' ? { max_length: 60 } : {}),
			},
		);
		made.push({ name, texts: [], numbers: [] });
		return name;
	}

	const keyOf = (name: string) =>
		schema.fields.find(
			(entry) => entry.collection === name && (entry['schema'] as Part | null)?.['is_primary_key'] === true,
		);

	/** A column that leads to another collection, by a foreign key; half of them are seen from there as well. */
	function leadsTo(from: string, name: string, to: string, meta: Part = {}, options: Part = {}): void {
		const system = to.startsWith('directus_');
		const key = keyOf(to);
		const length = (key?.['schema'] as Part | undefined)?.['max_length'];
		const type = system ? 'uuid' : String(key?.['type']);
		field(
			from,
			name,
			type,
			{ interface: 'select-dropdown-m2o', special: ['m2o'], options: { template: '{{id}}' }, ...options },
			{ foreign_key_table: to, ...(length === undefined ? {} : { max_length: length }) },
		);
		schema.relations.push({
			collection: from,
			field: name,
			related_collection: to,
			meta: {
				many_collection: from,
				many_field: name,
				one_collection: to,
				one_deselect_action: one(['nullify', 'delete']),
				...meta,
			},
			schema: { on_delete: one(['SET NULL', 'CASCADE', 'NO ACTION', 'SET NULL']), on_update: 'NO ACTION' },
		});
	}

	function junction(from: string, to: string, alias: string, special: string): void {
		const name = collection([from, to], 'integer', { hidden: true, icon: 'import_export' });
		const [near, far] = [`${from}_id`, from === to ? `${to}_id_2` : `${to}_id`];
		field(name, 'sort', 'integer', { hidden: true });
		leadsTo(name, near, from, { one_field: alias, junction_field: far, sort_field: special === 'm2m' ? 'sort' : null });
		leadsTo(name, far, to, { junction_field: near });
		field(from, alias, 'alias', { interface: special === 'files' ? 'files' : 'list-m2m', special: [special] });
	}

	const languages = collection(['languages'], 'string', { icon: 'translate' });
	field(languages, 'name', 'string', { interface: 'input' }, { max_length: 80 });
	field(languages, 'direction', 'string', { interface: 'select-dropdown' }, { default_value: 'ltr', max_length: 3 });

	const room = () => shape.collections - made.length;
	const mains: string[] = [];
	for (let index = 0; room() > 0; index++) {
		const thing = THINGS[index % THINGS.length] ?? 'thing';
		const key = random() < 0.7 ? shape.key : one(['integer', 'uuid', 'string', 'bigInteger'] as const);
		const name = collection([...thing.split('_'), ...(index >= THINGS.length ? ['archive'] : [])], key, {
			singleton: index % 17 === 16,
			versioning: index % 9 === 4,
			display_template: '{{title}}',
			archive_field: 'status',
			archive_value: 'archived',
			unarchive_value: 'draft',
			sort_field: 'sort',
		});
		mains.push(name);
		ordinary(name);
		if (index > 0) {
			const to = one(mains);
			const back = random() < 0.5 && to !== name ? `${name}_list`.slice(0, 60) : null;
			leadsTo(name, 'belongs_to', to, { one_field: back, sort_field: back === null ? null : 'sort' });
			if (back !== null) field(to, back, 'alias', { interface: 'list-o2m', special: ['o2m'] });
		}
		if (index % 6 === 5) {
			leadsTo(name, 'parent', name, { one_field: 'children' });
			field(name, 'children', 'alias', { interface: 'list-o2m-tree-view', special: ['o2m'] });
		}
		const dice = random() * 10;
		if (room() > 0 && dice < shape.translated) {
			junction(name, languages, 'translations', 'translations');
			const words = made.at(-1)?.name ?? name;
			for (const text of ['title', 'body']) field(words, text, 'text', { interface: 'input-multiline' });
		}
		if (room() > 0 && index > 1 && dice >= 10 - shape.tagged) junction(name, one(mains), 'tags', 'm2m');
		if (room() > 0 && index > 3 && random() * 10 < shape.blocks) anything(name, mains.slice(0, 4));
		if (room() > 0 && index % 11 === 3) {
			const gallery = collection([name, 'files'], 'integer', { hidden: true });
			leadsTo(gallery, `${name}_id`, name, { one_field: 'gallery', junction_field: 'directus_files_id' });
			leadsTo(gallery, 'directus_files_id', 'directus_files', { junction_field: `${name}_id` });
			field(name, 'gallery', 'alias', { interface: 'files', special: ['files'] });
		}
	}
	for (let index = 0; schema.fields.length < shape.fields - 2; index++)
		plainColumn(mains[index % mains.length] ?? '', index);
	field('directus_users', 'nickname', 'string', { interface: 'input' }, { max_length: 60 });
	field(
		'directus_files',
		'licence',
		'string',
		{ interface: 'input', group: null },
		{ default_value: 'CC0', max_length: 40 },
	);
	return { schema, collections: made };

	/** What nearly every collection has: state, order, who and when, tabs and dividers. */
	function ordinary(name: string): void {
		const choices = ['published', 'draft', 'archived'].map((value) => ({
			text: `$t:${value}`,
			value,
			color: '#2ECDA7',
		}));
		field(
			name,
			'status',
			'string',
			{ interface: 'select-dropdown', display: 'labels', options: { choices }, required: true },
			{ default_value: 'draft', is_nullable: false, max_length: 20 },
		);
		field(name, 'sort', 'integer', { interface: 'input', hidden: true });
		field(name, 'title', 'string', {
			interface: 'input',
			translations: [{ language: 'nl-NL', translation: 'Titel' }],
			conditions: [{ name: 'Locked', rule: { _and: [{ status: { _eq: 'archived' } }] }, readonly: true, options: {} }],
			validation: { _and: [{ title: { _nempty: true } }] },
		});
		field(name, 'tabs', 'alias', { interface: 'group-accordion', special: ['alias', 'no-data', 'group'] });
		field(name, 'more', 'alias', { interface: 'group-detail', special: ['alias', 'no-data', 'group'], group: 'tabs' });
		leadsTo(name, 'user_created', 'directus_users', {}, { special: ['user-created'], readonly: true, group: 'more' });
		field(name, 'date_created', 'timestamp', { special: ['date-created'], readonly: true, group: 'more' });
		field(name, 'date_updated', 'timestamp', { special: ['date-updated'], readonly: true, group: 'more' });
		if (random() < 0.4) leadsTo(name, 'image', 'directus_files', {}, { special: ['file'], interface: 'file-image' });
		made.at(-1)?.texts.push('status', 'title');
		made.at(-1)?.numbers.push('sort');
	}

	function anything(name: string, allowed: string[]): void {
		const blocks = collection([name, 'blocks'], 'integer', { hidden: true });
		field(blocks, 'item', 'string', { hidden: true }, { max_length: 255 });
		field(blocks, 'collection', 'string', { hidden: true }, { max_length: 255 });
		leadsTo(blocks, `${name}_id`, name, { one_field: 'blocks', junction_field: 'item', sort_field: null });
		field(name, 'blocks', 'alias', { interface: 'list-m2a', special: ['m2a'] });
		schema.relations.push({
			collection: blocks,
			field: 'item',
			related_collection: null,
			meta: {
				many_collection: blocks,
				many_field: 'item',
				one_collection: null,
				one_collection_field: 'collection',
				one_allowed_collections: allowed,
				junction_field: `${name}_id`,
			},
			schema: null,
		});
	}

	function plainColumn(name: string, index: number): void {
		const taken = new Set(
			schema.fields.filter((entry) => entry.collection === name).map((entry) => entry.field.toLowerCase()),
		);
		const word = WORDS[(index + below(WORDS.length)) % WORDS.length] ?? 'value';
		let called = written(word.split('_'));
		for (let number = 2; taken.has(called.toLowerCase()); number++)
			called = written([...word.split('_'), String(number)]);
		const [type, meta, column] = someColumn(below, one);
		field(name, called, type, { ...meta, group: random() < 0.2 ? 'more' : null, hidden: random() < 0.1 }, column);
		const entry = made.find((known) => known.name === name);
		if (type === 'string') entry?.texts.push(called);
		if (type === 'integer' || type === 'float') entry?.numbers.push(called);
	}
}
