/** What the storefront's pages look like: pure functions of content, so that the whole site can be computed at once. */

export type Language = 'en' | 'nl';

/** An article with all that its pages show. */
export interface Article {
	id: number;
	slug: string;
	published_at: string;
	author: { id: number; name: string } | null;
	cover: { id: string; title: string; filesize: string | number; modified_on: string } | null;
	tags: Array<{ tags_id: { slug: string; name: string } | null }>;
	translations: Array<{ languages_code: string; title: string; body: string }>;
}

export interface Author {
	id: number;
	name: string;
	bio: string;
}

export interface Tag {
	id: number;
	slug: string;
	name: string;
}

/** A page, and the tags under which its cache entry is found again; its path finds it too. */
export interface Page {
	html: string;
	tags: string[];
}

/** How many articles the front page shows. */
export const FRONT_PAGE_ARTICLES = 20;

/** Every field that a page shows of an article. */
export const ARTICLE_FIELDS = [
	'id',
	'slug',
	'published_at',
	'author.id',
	'author.name',
	'cover.id',
	'cover.title',
	'cover.filesize',
	'cover.modified_on',
	'tags.tags_id.slug',
	'tags.tags_id.name',
	'translations.languages_code',
	'translations.title',
	'translations.body',
];

export function articlePath(slug: string, language: Language): string {
	return language === 'en' ? `/blog/${slug}` : `/nl/blog/${slug}`;
}

/** An article in one language. */
export function articlePage(article: Article, language: Language): Page {
	const { author, cover } = article;
	const text = inLanguage(article, language);
	const tags = article.tags.flatMap(({ tags_id: tag }) => tag ?? []).sort((a, b) => (a.slug < b.slug ? -1 : 1));
	const version = cover && encodeURIComponent(`${cover.modified_on}-${cover.filesize}`);
	const body = [
		`<h1>${escape(text.title)}</h1>`,
		author ? `<p>by <a href="/authors/${author.id}">${escape(author.name)}</a></p>` : '',
		cover ? `<img src="/assets/${cover.id}?v=${version}" alt="${escape(cover.title)}">` : '',
		`<p>${escape(text.body)}</p>`,
		...tags.map(({ slug, name }) => `<a href="/tags/${slug}">${escape(name)}</a>`),
	];
	return { html: layout(text.title, body, language), tags: [] };
}

export function authorPage(author: Author, articles: Article[]): Page {
	const body = [`<h1>${escape(author.name)}</h1>`, `<p>${escape(author.bio)}</p>`, list(articles)];
	return { html: layout(author.name, body), tags: [`author:${author.id}`] };
}

export function tagPage(tag: Tag, articles: Article[]): Page {
	return { html: layout(tag.name, [`<h1>${escape(tag.name)}</h1>`, list(articles)]), tags: [`tag:${tag.slug}`] };
}

export function frontPage(articles: Article[]): Page {
	return { html: layout('The Lowland Review', ['<h1>The Lowland Review</h1>', list(articles)]), tags: ['articles'] };
}

/**
 * Every page of the site.
 *
 * @param articles the published ones, newest first
 */
export function wholeSite(content: { articles: Article[]; authors: Author[]; tags: Tag[] }): Map<string, Page> {
	const { articles, authors, tags } = content;
	const site = new Map([['/', frontPage(articles.slice(0, FRONT_PAGE_ARTICLES))]]);
	for (const article of articles) {
		for (const language of ['en', 'nl'] as const)
			site.set(articlePath(article.slug, language), articlePage(article, language));
	}
	for (const author of authors) {
		const own = articles.filter((article) => article.author?.id === author.id);
		site.set(`/authors/${author.id}`, authorPage(author, own));
	}
	for (const tag of tags) {
		const tagged = articles.filter((article) => article.tags.some(({ tags_id: one }) => one?.slug === tag.slug));
		site.set(`/tags/${tag.slug}`, tagPage(tag, tagged));
	}
	return site;
}

function list(articles: Article[]): string {
	const lines = articles.map((article) => {
		const { title } = inLanguage(article, 'en');
		const by = article.author ? ` – ${escape(article.author.name)}` : '';
		return `<li><a href="${articlePath(article.slug, 'en')}">${escape(title)}</a>${by}</li>`;
	});
	return `<ul>\n${lines.join('\n')}\n</ul>`;
}

function inLanguage(article: Article, language: Language): { title: string; body: string } {
	const found = article.translations.find(({ languages_code: code }) => code === language);
	return { title: found?.title ?? article.slug, body: found?.body ?? '' };
}

function layout(title: string, body: string[], language: Language = 'en'): string {
	const head = `<meta charset="utf-8"><title>${escape(title)}</title>`;
	return `<!doctype html>\n<html lang="${language}"><head>${head}</head><body>\n${body.filter(Boolean).join('\n')}\n</body></html>\n`;
}

function escape(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
