import { isRecord } from '../../kernel/core/is-record.js';
import { nearestName } from '../../kernel/core/near-miss.js';
import type { Connection } from '../connection.js';
import { Failure, type FailureDetail } from '../failure.js';
import type { Seed } from './seed-shape.js';

/** What seeding must know of a collection of the instance. */
export interface SeedCollection {
	name: string;
	/** Its path in Directus' API, without a slash at the end. */
	path: string;
	primaryKey: string;
	/** Who makes a key: `uuid`: we · `auto`: the database · `given`: the seed. */
	keys: 'uuid' | 'auto' | 'given';
	fields: Map<string, SeedField>;
}

export interface SeedField {
	type: string;
	/** It can be written, but is never shown as it is. */
	concealed: boolean;
	/** Directus fills it whenever an item is created, or whenever it is updated. */
	setOn: 'creation' | 'update' | null;
	/** The collection of what it refers to; of many-to-any, the field beside it that says which. */
	refersTo: { collection: string } | { collectionField: string } | null;
}

/** Reads the collections that are seeded, all at once; refuses seeds that the instance has no place for. */
export async function readModel(instance: Connection, seeds: readonly Seed[]): Promise<Map<string, SeedCollection>> {
	const [collections, fields, relations] = await Promise.all([
		instance.data<unknown>('GET', '/collections'),
		instance.data<unknown>('GET', '/fields'),
		instance.data<unknown>('GET', '/relations'),
	]);
	for (const [path, list] of Object.entries({ collections, fields, relations }))
		if (!Array.isArray(list))
			throw new Failure('STRANGE_ANSWER', `The list of ${path} is no list.`, { where: `GET ${instance.url}/${path}` });
	const lists = { collections: rows(collections), fields: rows(fields), relations: rows(relations) };
	const model = new Map<string, SeedCollection>();
	const details: FailureDetail[] = [];
	for (const seed of seeds) {
		const seedModel = modelOf(seed.collection, lists);
		if (typeof seedModel === 'string') details.push({ place: seed.collection, message: seedModel });
		else {
			model.set(seed.collection, seedModel);
			checkFields(seed, seedModel, details);
		}
	}
	if (details.length > 0)
		throw new Failure('INVALID_SEED', 'The seeds do not fit the instance.', {
			where: instance.url,
			details,
			advice: 'Push the schema first ("downstream push"), or correct the seeds. Nothing was written.',
		});
	return model;
}

type Row = Record<string, unknown>;
const rows = (list: unknown): Row[] => (Array.isArray(list) ? list.filter(isRecord) : []);
const part = (row: Row, key: string): Row => (isRecord(row[key]) ? (row[key] as Row) : {});

/** The collection, or why it cannot be seeded. */
function modelOf(name: string, lists: Record<'collections' | 'fields' | 'relations', Row[]>): SeedCollection | string {
	const collection = lists.collections.find((row) => row['collection'] === name);
	if (!collection) {
		const near = nearestName(
			name,
			lists.collections.map((row) => String(row['collection'])),
		);
		return `the instance has no such collection${near ? `; did you mean "${near}"?` : ''}`;
	}
	if (part(collection, 'meta')['singleton'] === true) return 'a singleton has one item and cannot be seeded';
	const own = lists.fields.filter((row) => row['collection'] === name);
	const key = own.find((row) => part(row, 'schema')['is_primary_key'] === true);
	if (!key) return 'it has no primary key';
	return {
		name,
		path: name.startsWith('directus_') ? `/${name.slice('directus_'.length)}` : `/items/${name}`,
		primaryKey: String(key['field']),
		keys: keysOf(key),
		fields: new Map(own.map((field) => [String(field['field']), fieldOf(field, lists.relations)])),
	};
}

function keysOf(field: Row): SeedCollection['keys'] {
	if (field['type'] === 'uuid') return 'uuid';
	const schema = part(field, 'schema');
	const isNumber = ['integer', 'bigInteger'].includes(String(field['type']));
	return isNumber && (schema['has_auto_increment'] === true || schema['default_value'] != null) ? 'auto' : 'given';
}

function fieldOf(field: Row, relations: readonly Row[]): SeedField {
	const special = part(field, 'meta')['special'];
	const relation = relations.find(
		(row) => row['collection'] === field['collection'] && row['field'] === field['field'],
	);
	const collectionField = relation ? part(relation, 'meta')['one_collection_field'] : null;
	const audits = (event: string) =>
		Array.isArray(special) && special.some((flag) => String(flag).endsWith(`-${event}`));
	const related = relation?.['related_collection'];
	return {
		type: String(field['type']),
		concealed:
			field['type'] === 'hash' ||
			(Array.isArray(special) && ['conceal', 'hash', 'encrypt'].some((flag) => special.includes(flag))),
		setOn: audits('created') ? 'creation' : audits('updated') ? 'update' : null,
		refersTo:
			typeof related === 'string'
				? { collection: related }
				: typeof collectionField === 'string'
					? { collectionField }
					: null,
	};
}

function checkFields(seed: Seed, model: SeedCollection, details: FailureDetail[]): void {
	for (const item of seed.items) {
		const place = seed.places.get(item._sync_id);
		const at = `${place?.file ?? seed.collection} ${place?.path ?? ''}`;
		for (const [name, value] of Object.entries(item)) {
			if (name === '_sync_id' || name === '_file_path') continue;
			const field = model.fields.get(name);
			if (!field) {
				const suggestion = nearestName(name, model.fields.keys());
				details.push({ place: `${at}/${name}`, message: `${model.name} has no field "${name}"`, suggestion });
			} else if (field.type === 'alias' && value !== null)
				details.push({
					place: `${at}/${name}`,
					message: `"${name}" is a list of related items; seed their collection (or the junction) instead`,
				});
		}
		const needsKey = model.keys === 'given' && !seed.meta.preserve_ids && item[model.primaryKey] == null;
		if (needsKey) details.push({ place: at, message: `it needs a value for its key "${model.primaryKey}"` });
	}
}
