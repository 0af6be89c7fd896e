/**
 * How the storefront reads its content: each page by a read of its own, with the tags of what it was made from. What it
 * asks for by key and along relations is told apart exactly, so that little else is dropped (docs/pages.md).
 */
import { collectTags } from '../src/client/index.js';
import {
	articlePage,
	articlePath,
	ARTICLE_FIELDS,
	authorPage,
	FRONT_PAGE_ARTICLES,
	frontPage,
	LISTED_FIELDS,
	tagPage,
	type Article,
	type Author,
	type Language,
	type ListedArticle,
	type Tag,
} from './pages.js';
import { connect, type Studio } from './studio.js';

/** What was made, and the tags that make it out of date; null where it must not be kept. */
export interface Made<T> {
	value: T;
	tags: ReadonlySet<string> | null;
}

/** Which item an address stands for. Read on its own, so that a new article drops this table and not every page. */
export interface Addresses {
	articles: ReadonlyMap<string, number>;
	tags: ReadonlyMap<string, number>;
	authors: readonly number[];
}

const ALL = { _limit: -1 };

/** Makes something of what is read meanwhile. */
async function make<T>(url: string, token: string, from: (studio: Studio) => Promise<T>): Promise<Made<T>> {
	// Every visitor sees what the storefront reads with its token.
	const reads = collectTags({ shared: true });
	const value = await from(connect(url, token, reads.fetch));
	const tags = reads.tags();
	return { value, tags: tags && new Set(tags) };
}

export function createReads({ url, token }: { url: string; token: string }) {
	return {
		addresses: () =>
			make(url, token, async (studio): Promise<Addresses> => {
				const query = { fields: ['id', 'slug'], limit: -1, sort: ['id'] };
				const published = { ...query, filter: { status: { _eq: 'published' } } };
				type Row = { id: number; slug: string };
				const [articles, tags, authors] = await Promise.all([
					studio.read<Row[]>('/items/articles', published),
					studio.read<Row[]>('/items/tags', query),
					studio.read<Row[]>('/items/authors', { ...query, fields: ['id'] }),
				]);
				const bySlug = (rows: Row[]) => new Map(rows.map(({ id, slug }) => [slug, id]));
				return { articles: bySlug(articles), tags: bySlug(tags), authors: authors.map(({ id }) => id) };
			}),

		/** One page as it is now; null where there is none. */
		page: (path: string, addresses: Addresses) =>
			make(url, token, async (studio): Promise<string | null> => {
				if (path === '/')
					return frontPage(await studio.articles({ limit: FRONT_PAGE_ARTICLES, fields: LISTED_FIELDS }));
				const [, prefix, kind, slug = ''] = /^(\/nl)?\/(blog|authors|tags)\/([^/]+)$/.exec(path) ?? [];
				if (kind === 'blog') return article(studio, addresses.articles.get(slug), slug, prefix ? 'nl' : 'en');
				if (prefix) return null;
				if (kind === 'authors')
					return author(
						studio,
						addresses.authors.find((id) => String(id) === slug),
					);
				return kind === 'tags' ? tag(studio, addresses.tags.get(slug)) : null;
			}),
	};
}

/** The path of every page. */
export const pathsOf = ({ articles, tags, authors }: Addresses): string[] => [
	'/',
	...[...articles.keys()].flatMap((slug) => [articlePath(slug, 'en'), articlePath(slug, 'nl')]),
	...authors.map((id) => `/authors/${id}`),
	...[...tags.keys()].map((slug) => `/tags/${slug}`),
];

async function article(studio: Studio, id: number | undefined, slug: string, language: Language) {
	if (id === undefined) return null;
	const deep = { tags: ALL, translations: ALL };
	const one = await studio.read<Article>(`/items/articles/${id}`, { fields: ARTICLE_FIELDS, deep }).catch(gone);
	// It may have moved since the addresses were read.
	return one?.status === 'published' && one.slug === slug ? articlePage(one, language) : null;
}

async function author(studio: Studio, id: number | undefined) {
	if (id === undefined) return null;
	const fields = ['id', 'name', 'bio', ...LISTED_FIELDS.map((field) => `articles.${field}`)];
	const deep = { articles: { ...ALL, translations: ALL } };
	const one = await studio
		.read<Author & { articles: ListedArticle[] }>(`/items/authors/${id}`, { fields, deep })
		.catch(gone);
	return one && authorPage(one, published(one.articles));
}

async function tag(studio: Studio, id: number | undefined) {
	if (id === undefined) return null;
	const fields = ['id', 'slug', 'name', ...LISTED_FIELDS.map((field) => `articles.articles_id.${field}`)];
	const deep = { articles: { ...ALL, articles_id: { translations: ALL } } };
	type Read = Tag & { articles: Array<{ articles_id: ListedArticle | null }> };
	const one = await studio.read<Read>(`/items/tags/${id}`, { fields, deep }).catch(gone);
	return one && tagPage(one, published(one.articles.flatMap(({ articles_id: listed }) => listed ?? [])));
}

/** An item that was deleted since the addresses were read: Directus answers as if it were forbidden. */
function gone(error: unknown): null {
	if ((error as { response?: Response }).response?.status === 403) return null;
	throw error;
}

/** What is published, newest first. Chosen here: a filter over a relation depends on that field of every article. */
const published = (articles: readonly ListedArticle[]): ListedArticle[] =>
	articles
		.filter(({ status }) => status === 'published')
		.toSorted((a, b) => Date.parse(b.published_at) - Date.parse(a.published_at) || b.id - a.id);
