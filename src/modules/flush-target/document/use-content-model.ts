import { useStores } from '@directus/extensions-sdk';
import { computed, type ComputedRef } from 'vue';
import { readContentModel, type ContentModel, type StudioStores } from './content-model.js';

/** The live data model, from the Studio's own stores: nothing is asked for. */
export function useContentModel(): ComputedRef<ContentModel> {
	const { useCollectionsStore, useFieldsStore, useRelationsStore } = useStores();
	const collections = useCollectionsStore() as Pick<StudioStores, 'collections'>;
	const fields = useFieldsStore() as Pick<StudioStores, 'fields'>;
	const relations = useRelationsStore() as Pick<StudioStores, 'relations'>;
	return computed(() =>
		readContentModel({
			collections: collections.collections,
			fields: fields.fields,
			relations: relations.relations,
		}),
	);
}
