import type { Directus } from '../kit/directus.js';
import { normalised, type World } from './sync-ledger.js';

type Row = Record<string, unknown>;

interface Shape {
	label: string;
	key?: string;
	fields: string[];
	references?: Record<string, string>;
}

/**
 * How rows are known over all instances, whatever their keys are: by a field that is given once and never changed, or
 * by what they link.
 */
export const SHAPES: Record<string, Shape> = {
	authors: { label: 'bio', fields: ['name'] },
	tags: { label: 'name', fields: [] },
	block_text: { label: 'text', fields: [] },
	block_quote: { label: 'source', fields: ['quote'] },
	posts: { label: 'slug', fields: ['title', 'views'] },
	docs: { label: 'file', fields: ['title'] },
	countries: { label: 'code', key: 'code', fields: ['name'] },
	articles: {
		label: 'slug',
		fields: ['status', 'sort', 'title', 'body', 'rating', 'featured', 'seo', 'published_at'],
		references: { author: 'authors' },
	},
	comments: { label: 'text', fields: [], references: { article: 'articles' } },
};

/** Of collections that only some worlds have. */
export const EVERYDAY_SHAPES: Record<string, Shape> = {
	pages: { label: 'name', fields: ['permalink'] },
	notes: { label: 'name', fields: ['title'] },
};

/** All synced rows of an instance in normal form, read through its items API. */
export async function readWorld(directus: Directus, everyday = false): Promise<World> {
	const world: World = new Map();
	const labels = new Map<string, Map<string, string>>();
	const all = (collection: string) => directus.data<Row[]>('GET', `/items/${collection}?limit=-1`);
	const labelOf = (collection: string, key: unknown) =>
		key === null || key === undefined ? 'null' : (labels.get(collection)?.get(String(key)) ?? `dangling ${collection}`);
	// A block that was deleted leaves its place behind: what that still says of the block means nothing.
	const blockOf = (collection: string, item: unknown) =>
		labels.get(collection)?.has(String(item)) ? `${collection}:${labelOf(collection, item)}` : 'nothing';
	const add = (collection: string, label: string, fields: Record<string, string>) => {
		let place = `${collection}/${label}`;
		for (let count = 2; world.has(place); count += 1) place = `${collection}/${label}#${count}`;
		world.set(place, fields);
	};
	for (const [collection, { label, key = 'id', fields, references = {} }] of Object.entries({
		...SHAPES,
		...(everyday ? EVERYDAY_SHAPES : {}),
	})) {
		const rows = await all(collection);
		labels.set(collection, new Map(rows.map((row) => [String(row[key]), String(row[label])])));
		for (const row of rows)
			add(collection, String(row[label]), {
				...Object.fromEntries(fields.map((field) => [field, normalised(row[field])])),
				...Object.fromEntries(Object.entries(references).map(([field, to]) => [field, labelOf(to, row[field])])),
			});
	}
	for (const row of await all('articles_tags'))
		add('articles_tags', `${labelOf('articles', row['articles_id'])}+${labelOf('tags', row['tags_id'])}`, {});
	// Rows of the same label are told apart by what they hold, which is the same everywhere, as their order is not.
	const addSorted = (collection: string, rows: { label: string; fields: Record<string, string> }[]) => {
		for (const { label, fields } of rows.toSorted((one, other) => (normalised(one) < normalised(other) ? -1 : 1)))
			add(collection, label, fields);
	};
	addSorted(
		'articles_translations',
		(await all('articles_translations')).map(({ articles_id, languages_code, title, body }) => ({
			label: `${labelOf('articles', articles_id)}+${String(languages_code)}`,
			fields: { title: normalised(title), body: normalised(body) },
		})),
	);
	addSorted(
		'articles_blocks',
		(await all('articles_blocks')).map(({ articles_id, collection, item, sort }) => ({
			label: blockOf(String(collection), item),
			fields: { articles_id: labelOf('articles', articles_id), sort: normalised(sort) },
		})),
	);
	const site = await directus.data<Row>('GET', '/items/site');
	add('site', 'site', { title: normalised(site['title']), motto: normalised(site['motto']) });
	return world;
}
