/** The key of every target: must never be seen in a page. */
export const API_KEY = 'key-that-no-page-may-show';

const articles = {
	collection: 'articles',
	events: ['create', 'update', 'delete'],
	payload: ['id', 'title', 'slug', 'author.name'],
	when: { status: { _eq: 'published' } },
	changed: ['title', 'slug', 'body', 'author'],
	at: ['published_at'],
	via: ['author'],
	tags: ['articles', 'article:{{id}}'],
	paths: ['/articles/{{slug}}'],
};
const posts = { collection: 'posts', events: ['create', 'update', 'delete'], payload: ['id', 'title', 'slug'] };
const docs = { collection: 'docs', events: ['create', 'update', 'delete'], payload: ['id', 'title'] };

interface WorldTarget {
	name: string;
	/** The path at the receiver. */
	path: string;
	schema: unknown[];
	options: Record<string, unknown>;
	status?: 'draft';
	adapter?: string;
}

/** The targets of the world, by what they are called in tests. Where each ends up is said beside it. */
export const TARGETS = {
	/** Healthy, but for one delivery that it refused. */
	shop: {
		name: 'Shop',
		path: '/shop/api/flush',
		schema: [articles, posts, docs],
		options: { max_wait_ms: 0, batch_size: 4 },
	},
	/** Degraded: the last request was answered 503; the next try is hours away. */
	marketing: {
		name: 'Marketing site',
		path: '/marketing/revalidate',
		schema: [articles],
		options: { max_wait_ms: 50, batch_size: 100, retry: { tries: 5, min_ms: 7_200_000, max_ms: 14_400_000 } },
	},
	/** Open, with an incident that has been running for hours; its name is as long as people make them. */
	docs: {
		name: 'Documentation of the whole European organisation, its members, partners and guests (production)',
		path: '/docs/__internal/cache/flush/by-directus/with/a/path/that/goes/on',
		schema: [docs, { collection: 'articles', events: ['update'], payload: ['id'] }],
		options: { max_wait_ms: 0, batch_size: 1, retry: { tries: 100, min_ms: 20, max_ms: 100 } },
	},
	/** Paused with a reason, with changes that wait. */
	newsletter: { name: 'Newsletter', path: '/newsletter/hook', schema: [articles], options: {} },
	/** Invalid: a field that a rule names was removed from the data model. */
	search: {
		name: 'Search index',
		path: '/search/index',
		schema: [posts, { ...docs, payload: ['id', 'title', 'file'] }],
		options: { max_wait_ms: 0 },
	},
	/** Healthy after an incident yesterday; one delivery is under way. */
	cdn: {
		name: 'CDN',
		path: '/cdn/purge',
		schema: [posts],
		options: { max_wait_ms: 0, timeout_ms: 600_000 },
	},
	/** Draft. */
	preview: { name: 'Preview', path: '/preview/flush', schema: [articles], options: {}, status: 'draft' },
} satisfies Record<string, WorldTarget>;

export type TargetName = keyof typeof TARGETS;
