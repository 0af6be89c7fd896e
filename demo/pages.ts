/** What the storefront's pages look like: pure functions of content, so that the whole site can be computed at once. */

export type Language = 'en' | 'nl';

/** An article, as lists show it. */
export interface ListedArticle {
	id: number;
	slug: string;
	status: string;
	published_at: string;
	author: { id: number; name: string } | null;
	translations: Array<{ languages_code: string; title: string }>;
}

/** An article with all that its pages show. */
export interface Article extends ListedArticle {
	cover: { id: string; title: string; filesize: string | number; modified_on: string } | null;
	tags: Array<{ tags_id: { id: number; slug: string; name: string } | null }>;
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

/** How many articles the front page shows. */
export const FRONT_PAGE_ARTICLES = 20;

/** Every field that a list shows of an article. Keys of related items are among them: they name what is shown. */
export const LISTED_FIELDS = [
	'id',
	'slug',
	'status',
	'published_at',
	'author.id',
	'author.name',
	'translations.languages_code',
	'translations.title',
];

/** Every field that its own page shows. */
export const ARTICLE_FIELDS = [
	...LISTED_FIELDS,
	'cover.id',
	'cover.title',
	'cover.filesize',
	'cover.modified_on',
	'tags.tags_id.id',
	'tags.tags_id.slug',
	'tags.tags_id.name',
	'translations.body',
];

export function articlePath(slug: string, language: Language): string {
	return language === 'en' ? `/blog/${slug}` : `/nl/blog/${slug}`;
}

/** An article in one language. */
export function articlePage(article: Article, language: Language): string {
	const { author, cover } = article;
	const title = titleOf(article, language);
	const text = article.translations.find(({ languages_code: code }) => code === language)?.body ?? '';
	const tags = article.tags.flatMap(({ tags_id: tag }) => tag ?? []).sort((a, b) => (a.slug < b.slug ? -1 : 1));
	const version = cover && encodeURIComponent(`${cover.modified_on}-${cover.filesize}`);
	const body = [
		`<h1>${escape(title)}</h1>`,
		author ? `<p>by <a href="/authors/${author.id}">${escape(author.name)}</a></p>` : '',
		cover ? `<img src="/assets/${cover.id}?v=${version}" alt="${escape(cover.title)}">` : '',
		`<p>${escape(text)}</p>`,
		...tags.map(({ slug, name }) => `<a href="/tags/${slug}">${escape(name)}</a>`),
	];
	return layout(title, body, language);
}

export function authorPage(author: Author, articles: ListedArticle[]): string {
	return layout(author.name, [`<h1>${escape(author.name)}</h1>`, `<p>${escape(author.bio)}</p>`, list(articles)]);
}

export function tagPage(tag: Tag, articles: ListedArticle[]): string {
	return layout(tag.name, [`<h1>${escape(tag.name)}</h1>`, list(articles)]);
}

export function frontPage(articles: ListedArticle[]): string {
	return layout('The Lowland Review', ['<h1>The Lowland Review</h1>', list(articles)]);
}

/**
 * Every page of the site.
 *
 * @param articles the published ones, newest first
 */
export function wholeSite(content: { articles: Article[]; authors: Author[]; tags: Tag[] }): Map<string, string> {
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

function list(articles: ListedArticle[]): string {
	const lines = articles.map((article) => {
		const title = titleOf(article, 'en');
		const by = article.author ? ` – ${escape(article.author.name)}` : '';
		return `<li><a href="${articlePath(article.slug, 'en')}">${escape(title)}</a>${by}</li>`;
	});
	return `<ul>\n${lines.join('\n')}\n</ul>`;
}

function titleOf({ slug, translations }: ListedArticle, language: Language): string {
	return translations.find(({ languages_code: code }) => code === language)?.title ?? slug;
}

function layout(title: string, body: string[], language: Language = 'en'): string {
	const head = `<meta charset="utf-8"><title>${escape(title)}</title>`;
	return `<!doctype html>\n<html lang="${language}"><head>${head}</head><body>\n${body.filter(Boolean).join('\n')}\n</body></html>\n`;
}

function escape(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
