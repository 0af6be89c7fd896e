import type { SchemaOverview } from '@directus/types';
import { buildSyncModel } from './core/sync/build-sync-model.js';
import { languageFields, type CompiledSyncRule } from './core/sync/compile-sync-rules.js';
import type { SyncModel } from './core/sync/sync-model.js';
import { unionOf } from './core/sync/union-of-models.js';

/** How the collections of this instance travel, by all rules together. */
export function createSyncModels(
	schema: () => SchemaOverview | null,
	syncRulesOf: (collection: string) => CompiledSyncRule[],
) {
	const models = new WeakMap<SchemaOverview, Map<string, SyncModel | null>>();

	/** All that any rule has to do with of a collection, or `["*"]` of it where none has. */
	function modelOf(collection: string): SyncModel | null {
		const now = schema();
		if (!now?.collections[collection]) return null;
		const known = models.get(now) ?? new Map<string, SyncModel | null>();
		models.set(now, known);
		const found = known.get(collection);
		if (found !== undefined) return found;
		const ruled = syncRulesOf(collection).map(({ model }) => model);
		const made = ruled.length > 0 ? unionOf(ruled) : unruled(now, collection, ['*']);
		known.set(collection, made);
		return made;
	}

	/** Fields of a collection as any rule reads them, and as rules would where none names them. */
	function modelWith(collection: string, fields: string[]): SyncModel | null {
		const now = schema();
		if (!now?.collections[collection]) return null;
		return asRead(unruled(now, collection, fields));
	}

	/** Values are read alike whoever they came from, and whoever they are for. */
	function asRead(model: SyncModel): SyncModel {
		const read = modelOf(model.collection)?.fields;
		return { ...model, fields: new Map([...model.fields].map(([name, field]) => [name, read?.get(name) ?? field])) };
	}

	return { modelOf, modelWith, asRead };
}

const unruled = (schema: SchemaOverview, collection: string, fields: string[]) =>
	buildSyncModel(schema, collection, fields, languageFields({ collection }, [], schema));
