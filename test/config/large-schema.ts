import type { Snapshot } from '../../src/contract/bundle.js';

type Part = Record<string, unknown>;

export const many = <T>(count: number, make: (index: number) => T): T[] =>
	Array.from({ length: count }, (_, index) => make(index));

/** Collections with fields of every type, and relations of every kind; only what Directus does not fill in by itself. */
export function largeSchema(directus: string, mains: number): Snapshot {
	const names = many(mains, (index) => `c_${String(index + 1).padStart(3, '0')}`);
	const junctions = many(Math.min(3, mains - 1), (index) => `${names[index]}_${names[index + 1]}`);
	const builder = names[0] ?? 'c_001';
	const blocks = `${builder}_blocks`;
	const group = (name: string, sort: number) => ({ collection: name, meta: { collection: name, sort }, schema: null });
	const collections: Snapshot['collections'] = [
		group('group_one', 1),
		group('group_two', 2),
		...[...names, ...junctions, blocks].map((collection, index) => ({
			collection,
			meta: {
				collection,
				sort: index + 3,
				group: index % 2 === 0 ? 'group_one' : 'group_two',
				icon: 'article',
				note: `Collection number ${index + 1}`,
				hidden: index >= names.length,
				accountability: 'all',
			},
			schema: { name: collection },
		})),
	];
	const fields: Snapshot['fields'] = [];
	const relations: Snapshot['relations'] = [];
	const add = (collection: string, field: string, type: string, meta: Part = {}, schema: Part | null = {}) =>
		void fields.push({
			collection,
			field,
			type,
			meta: { collection, field, sort: fields.filter((one) => one.collection === collection).length + 1, ...meta },
			schema: schema === null ? null : { name: field, table: collection, ...schema },
		});
	const key = (collection: string) =>
		add(
			collection,
			'id',
			'integer',
			{ hidden: true, readonly: true },
			{ is_primary_key: true, has_auto_increment: true },
		);
	const relate = (collection: string, field: string, related: string | null, meta: Part = {}) =>
		void relations.push({
			collection,
			field,
			related_collection: related,
			meta: {
				many_collection: collection,
				many_field: field,
				one_collection: related,
				one_deselect_action: 'nullify',
				...meta,
			},
			schema: related === null ? null : { on_delete: 'SET NULL' },
		});
	for (const [index, name] of names.entries()) {
		key(name);
		add(name, 'status', 'string', { interface: 'select-dropdown' }, { default_value: 'draft' });
		add(name, 'sort', 'integer', { interface: 'input', hidden: true });
		add(name, 'title', 'string', { interface: 'input', required: true }, { max_length: 255 });
		add(name, 'slug', 'string', { interface: 'input' }, { max_length: 255 });
		for (const text of ['body', 'summary', 'notes']) add(name, text, 'text', { interface: 'input-multiline' });
		add(name, 'price', 'decimal', { interface: 'input' }, { numeric_precision: 10, numeric_scale: 2 });
		add(name, 'featured', 'boolean', { interface: 'boolean', special: ['cast-boolean'] }, { default_value: false });
		add(name, 'data', 'json', { interface: 'input-code', special: ['cast-json'] });
		add(name, 'published_at', 'timestamp', { interface: 'datetime' });
		add(name, 'owner_role', 'string', { interface: 'input' }, { max_length: 36 });
		add(name, 'views', 'integer', { interface: 'input' }, { default_value: 0 });
		add(name, 'related', 'integer', { interface: 'select-dropdown-m2o', special: ['m2o'] });
		if (index > 0) relate(name, 'related', names[(index + 1) % names.length] ?? null);
	}
	for (const [index, junction] of junctions.entries()) {
		const [from = '', to = ''] = [names[index], names[index + 1]];
		key(junction);
		add(junction, `${from}_id`, 'integer', { hidden: true });
		add(junction, `${to}_id`, 'integer', { hidden: true });
		add(junction, 'sort', 'integer', { hidden: true });
		add(from, `with_${to}`, 'alias', { interface: 'list-m2m', special: ['m2m'] }, null);
		relate(junction, `${from}_id`, from, { one_field: `with_${to}`, junction_field: `${to}_id` });
		relate(junction, `${to}_id`, to, { junction_field: `${from}_id` });
	}
	key(blocks);
	for (const field of ['item', 'collection']) add(blocks, field, 'string', { hidden: true }, { max_length: 255 });
	add(blocks, `${builder}_id`, 'integer', { hidden: true });
	add(builder, 'blocks', 'alias', { interface: 'list-m2a', special: ['m2a'] }, null);
	relate(blocks, `${builder}_id`, builder, { one_field: 'blocks', junction_field: 'item' });
	relate(blocks, 'item', null, {
		one_allowed_collections: names.slice(1, 4),
		one_collection_field: 'collection',
		junction_field: `${builder}_id`,
	});
	return { version: 1, directus, collections, fields, relations };
}
