import type { StudioStores } from './content-model.js';

const field = (collection: string, name: string, type = 'string', special: string[] = []) => ({
	collection,
	field: name,
	name: name.toUpperCase(),
	type,
	schema: { is_primary_key: name === 'id' || name === 'code' },
	meta: { special },
});

/** For tests: a small magazine as the Studio's stores hold it. */
export const magazine: StudioStores = {
	collections: [
		{ collection: 'directus_users', name: 'Users', type: 'table' },
		{ collection: 'articles_blocks', name: 'Blocks', type: 'table', meta: { hidden: true } },
		{ collection: 'authors', name: 'Authors', type: 'table', icon: 'person' },
		{ collection: 'untracked', name: 'Untracked', type: 'table', meta: null },
		{ collection: 'cache_flush_targets', name: 'Targets', type: 'table' },
		{ collection: 'folder', name: 'Folder', type: 'alias' },
		{ collection: 'articles', name: 'Articles', type: 'table' },
	],
	fields: [
		field('articles', 'id', 'integer'),
		field('articles', 'title'),
		field('articles', 'slug'),
		field('articles', 'status'),
		field('articles', 'author', 'integer', ['m2o']),
		field('articles', 'blocks', 'alias', ['m2a']),
		field('articles', 'divider', 'alias', ['alias', 'no-data']),
		field('authors', 'code'),
		field('authors', 'name'),
		field('authors', 'articles', 'alias', ['o2m']),
		field('articles_blocks', 'id', 'integer'),
		field('articles_blocks', 'articles_id', 'integer'),
		field('articles_blocks', 'item'),
		field('untracked', 'id'),
		field('cache_flush_targets', 'id'),
		field('directus_users', 'id', 'uuid'),
		field('directus_users', 'email'),
		field('directus_users', 'password', 'hash', ['hash', 'conceal']),
	],
	relations: [
		{ collection: 'articles', field: 'author', related_collection: 'authors', meta: { one_field: 'articles' } },
		{
			collection: 'articles_blocks',
			field: 'articles_id',
			related_collection: 'articles',
			meta: { one_field: 'blocks' },
		},
		{
			collection: 'articles_blocks',
			field: 'item',
			related_collection: null,
			meta: { one_allowed_collections: ['authors', 'articles'] },
		},
	],
};
