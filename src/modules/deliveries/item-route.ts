import { ALL_ITEMS_WRITTEN, itemOfWritten } from '../../contract/vocabulary.js';

/** Where the Studio shows an item; null where it shows none: it is deleted, or of a collection without a page. */
export function itemRoute(of: { collection: string; item: string; event: string }): string | null {
	const { collection, item, event } = of;
	if (event === 'delete' || event === 'test' || collection === '') return null;
	const place = PLACES[collection] ?? (collection.startsWith('directus_') ? null : `/content/${encode(collection)}`);
	if (place === null) return null;
	return item === ALL_ITEMS_WRITTEN || item === '' ? place : `${place}/${encode(itemOfWritten(item))}`;
}

const PLACES: Record<string, string> = { directus_users: '/users', directus_files: '/files' };
const encode = encodeURIComponent;
