import type { SchemaOverview } from '@directus/types';
import { buildSyncModel } from './core/rules/build-sync-model.js';
import { languageFields, type CompiledSyncRule } from './core/rules/compile-sync-rules.js';
import { refusedCollection } from './core/rules/refused-collections.js';
import type { SyncModel } from './core/rules/sync-model.js';
import { unionOf } from './core/rules/union-of-models.js';

/** How the collections of this instance travel, by all rules together. */
export function createSyncModels(
	schema: () => SchemaOverview | null,
	syncRulesOf: (collection: string) => CompiledSyncRule[],
) {
	const models = new WeakMap<SchemaOverview, Map<string, SyncModel | null>>();

	/** All that any rule has to do with of a collection, or `["*"]` of it where none has. */
	function modelOf(collection: string): SyncModel | null {
		const now = schema();
		if (!now || !isThere(now, collection)) return null;
		const known = models.get(now) ?? new Map<string, SyncModel | null>();
		models.set(now, known);
		const cached = known.get(collection);
		if (cached !== undefined) return cached;
		const ruled = syncRulesOf(collection).map(({ model }) => model);
		const made = ruled.length > 0 ? unionOf(ruled) : unruled(now, collection, ['*']);
		known.set(collection, made);
		return made;
	}

	/** Fields of a collection that may be synced, as any rule reads them, and as rules would where none names them. */
	function modelWith(collection: string, fields: string[]): SyncModel | null {
		const now = schema();
		if (!now || !isThere(now, collection) || refusedCollection(collection)) return null;
		return asRead(unruled(now, collection, fields));
	}

	/** Values are read the same way for every sender and receiver. */
	function asRead(model: SyncModel): SyncModel {
		const read = modelOf(model.collection)?.fields;
		return { ...model, fields: new Map([...model.fields].map(([name, field]) => [name, read?.get(name) ?? field])) };
	}

	return { modelOf, modelWith, asRead };
}

/** Also of names that mean something to JavaScript. */
const isThere = (schema: SchemaOverview, collection: string) => Object.hasOwn(schema.collections, collection);

const unruled = (schema: SchemaOverview, collection: string, fields: string[]) =>
	buildSyncModel(schema, collection, fields, languageFields({ collection }, [], schema));
