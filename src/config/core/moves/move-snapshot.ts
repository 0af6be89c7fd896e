import type { Snapshot } from '../../../contract/bundle.js';
import { isRecord } from '../../../kernel/core/is-record.js';
import { part } from '../schema/schema-vendors.js';
import type { Move } from './move-names.js';
import {
	leadsOf,
	movedCollections,
	movedFilter,
	movedOptions,
	movedPath,
	movedTemplate,
	type Rewriting,
} from './move-paths.js';

type Values = Record<string, unknown>;

/** A schema after moves: every place that names a collection or field has its new name. */
export const movedSnapshots = (schema: Snapshot, moves: readonly Move[]): Snapshot =>
	moves.reduce(movedSnapshot, schema);

export function movedSnapshot(schema: Snapshot, move: Move): Snapshot {
	const rewriting = { move, leads: leadsOf(schema) };
	return {
		...schema,
		collections: schema.collections.map((entry) => movedCollection(entry, rewriting)),
		fields: schema.fields.map((entry) => movedField(entry, rewriting)),
		relations: schema.relations.map((entry) => movedRelation(entry, rewriting)),
	};
}

/** The names that a move gives to what is named somewhere in a schema. */
function newNames(move: Move) {
	const field = (of: string, name: unknown) =>
		typeof name === 'string' && move.kind === 'fields' && of === move.collection && name === move.from ? move.to : name;
	const collection = (name: string) => (move.kind === 'collections' && name === move.from ? move.to : name);
	const named = (name: unknown) => (typeof name === 'string' ? collection(name) : name);
	return { field, collection, named };
}

/** Replaces values of an object within an entry, where they are there. */
function changed<Entry extends Values>(entry: Entry, key: string, values: Values): Entry {
	const before = entry[key];
	if (!isRecord(before)) return entry;
	const known = Object.entries(values).filter(([name]) => before[name] !== undefined && before[name] !== null);
	return { ...entry, [key]: { ...before, ...Object.fromEntries(known) } };
}

type Entries = { [Part in 'collections' | 'fields' | 'relations']: Snapshot[Part][number] };

function movedCollection(entry: Entries['collections'], rewriting: Rewriting): Entries['collections'] {
	const { field, collection, named } = newNames(rewriting.move);
	const of = entry.collection;
	const meta = part(entry['meta']);
	const template = (value: unknown) => (typeof value === 'string' ? movedTemplate(value, of, rewriting) : value);
	const copied = meta['item_duplication_fields'];
	const after = changed({ ...entry, collection: collection(of) }, 'meta', {
		collection: named(meta['collection']),
		group: named(meta['group']),
		display_template: template(meta['display_template']),
		preview_url: template(meta['preview_url']),
		archive_field: field(of, meta['archive_field']),
		sort_field: field(of, meta['sort_field']),
		item_duplication_fields: Array.isArray(copied)
			? copied.map((path) => movedPath(String(path), of, rewriting))
			: copied,
	});
	return changed(after, 'schema', { name: named(part(entry['schema'])['name']) });
}

function movedField(entry: Entries['fields'], rewriting: Rewriting): Entries['fields'] {
	const { move, leads } = rewriting;
	const { field, collection, named } = newNames(move);
	const { collection: of, field: name } = entry;
	const [meta, column] = [part(entry['meta']), part(entry['schema'])];
	const behind = leads(of, name);
	const options = (value: unknown) => movedCollections(movedOptions(value, behind, rewriting), move);
	const after = { ...entry, collection: collection(of), field: String(field(of, name)) };
	const withMeta = changed(after, 'meta', {
		collection: named(meta['collection']),
		field: field(of, meta['field']),
		group: field(of, meta['group']),
		options: options(meta['options']),
		display_options: options(meta['display_options']),
		validation: movedFilter(meta['validation'], of, rewriting),
		conditions: Array.isArray(meta['conditions'])
			? meta['conditions'].map((rule) =>
					isRecord(rule) ? { ...rule, rule: movedFilter(rule['rule'], of, rewriting) } : rule,
				)
			: meta['conditions'],
	});
	return changed(withMeta, 'schema', {
		name: field(of, column['name']),
		table: named(column['table']),
		foreign_key_table: named(column['foreign_key_table']),
		foreign_key_column: field(String(column['foreign_key_table']), column['foreign_key_column']),
	});
}

function movedRelation(entry: Entries['relations'], { move }: Rewriting): Entries['relations'] {
	const { field, collection, named } = newNames(move);
	const { collection: of, field: name, related_collection: related } = entry;
	const [meta, column] = [part(entry['meta']), part(entry['schema'])];
	const allowed = meta['one_allowed_collections'];
	const after = {
		...entry,
		collection: collection(of),
		field: String(field(of, name)),
		related_collection: related === null ? null : collection(related),
	};
	const withMeta = changed(after, 'meta', {
		many_collection: named(meta['many_collection']),
		many_field: field(of, meta['many_field']),
		one_collection: named(meta['one_collection']),
		one_field: field(String(related), meta['one_field']),
		one_collection_field: field(of, meta['one_collection_field']),
		one_allowed_collections: Array.isArray(allowed) ? allowed.map(named) : allowed,
		junction_field: field(of, meta['junction_field']),
		sort_field: field(of, meta['sort_field']),
	});
	return changed(withMeta, 'schema', {
		table: named(column['table']),
		column: field(of, column['column']),
		foreign_key_table: named(column['foreign_key_table']),
		foreign_key_column: field(String(column['foreign_key_table']), column['foreign_key_column']),
	});
}
