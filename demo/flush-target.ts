/** What the storefront wants to hear of. */

/** The path of the storefront's route that takes flushes. */
export const FLUSH_PATH = '/flush';

/** Signs what Directus sends. For this machine only, like every key of the demo. */
export const SIGNING_SECRET = `whsec_${Buffer.from('the demo of downstream, local!!!').toString('base64')}`;

/** The rules: which changes drop which pages. */
export const RULES = [
	{
		// The article's own pages: everything that they show counts.
		collection: 'articles',
		events: ['create', 'update', 'delete'],
		payload: ['id', 'slug', 'author.name'],
		when: { status: { _eq: 'published' } },
		via: ['author', 'translations', 'tags', 'cover'],
		changed: [
			'slug',
			'published_at',
			'author',
			'author.name',
			'cover',
			'cover.filesize',
			'cover.modified_on',
			'translations.title',
			'translations.body',
		],
		paths: ['/blog/{{slug}}', '/nl/blog/{{slug}}'],
	},
	{
		// The lists that name it: only what a list shows counts.
		collection: 'articles',
		events: ['create', 'update', 'delete'],
		payload: ['id'],
		when: { status: { _eq: 'published' } },
		via: ['author', 'translations', 'tags'],
		changed: ['slug', 'published_at', 'author', 'author.name', 'translations.title'],
		tags: ['articles', 'author:{{author.id}}', 'tag:{{tags.tags_id.slug}}'],
	},
	{ collection: 'authors', events: ['update', 'delete'], payload: ['id', 'name'], tags: ['author:{{id}}'] },
	{ collection: 'tags', events: ['update', 'delete'], payload: ['id', 'slug'], tags: ['tag:{{slug}}'] },
];

/** The item of `cache_flush_targets`, but for its URL. Retries are quick, as nobody wants to wait long here. */
export const FLUSH_TARGET = {
	name: 'Storefront',
	status: 'published',
	adapter: 'webhook',
	auth_header: 'no-auth',
	signing_secret: SIGNING_SECRET,
	schema: RULES,
	options: { max_wait_ms: 20, retry: { tries: 10, min_ms: 500, max_ms: 2000 } },
};
