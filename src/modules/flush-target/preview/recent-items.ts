import type { ContentModel } from '../document/content-model.js';

/** How to ask for the items of a collection that changed last, and how to tell them apart. */
export interface RecentItems {
	path: string;
	params: { fields: string; limit: number; sort?: string };
	key: string;
	label: string | null;
}

const TITLES = ['title', 'name', 'headline', 'label', 'subject', 'filename_download', 'email', 'slug'];
const LIMIT = 5;

export function recentItems(model: ContentModel, collection: string): RecentItems {
	const fields = model.fieldsOf(collection);
	const key = fields.find(({ primaryKey }) => primaryKey)?.field ?? 'id';
	const texts = fields.filter(({ type, primaryKey }) => (type === 'string' || type === 'text') && !primaryKey);
	const label =
		TITLES.find((title) => texts.some(({ field }) => field === title)) ??
		texts.find(({ field, leadsTo }) => leadsTo.length === 0 && field !== 'status')?.field ??
		null;
	const stamp =
		fields.find((field) => field.stamp === 'updated')?.field ??
		fields.find((field) => field.stamp === 'created')?.field;
	const singleton = model.collections.some(
		(modelCollection) => modelCollection.collection === collection && modelCollection.singleton,
	);
	return {
		path: collection.startsWith('directus_') ? `/${collection.slice('directus_'.length)}` : `/items/${collection}`,
		params: {
			fields: [...new Set([key, ...(label ? [label] : []), ...(stamp ? [stamp] : [])])].join(','),
			limit: LIMIT,
			...(singleton ? {} : { sort: `-${stamp ?? key}` }),
		},
		key,
		label,
	};
}

/** What somebody typed as a value, in the type of its field: numbers, booleans and JSON as such, all else as text. */
export function typedValue(text: string, type: string): unknown {
	if (text === '') return null;
	if (['integer', 'bigInteger', 'float', 'decimal'].includes(type) && Number.isFinite(Number(text)))
		return Number(text);
	if (type !== 'boolean' && type !== 'json') return text;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}
