import { imageForm, slugOf } from './content.js';
import { articlePath, type Article, type Author, type Tag } from './pages.js';
import type { Studio } from './studio.js';

/** What a visitor was answered. */
export interface Answer {
	status: number;
	html: string;
}

/** One thing that an editor does, and how a visitor would notice. */
export interface Edit {
	/** What is done, in the editor's words. */
	title: string;
	/** What Directus is asked: `PATCH /items/authors/3`. */
	request: string;
	save(): Promise<unknown>;
	/** The page to look at, and when it counts as fresh. */
	page: string;
	isFresh(answer: Answer): boolean;
}

const shows =
	(text: string) =>
	({ status, html }: Answer) =>
		status === 200 && html.includes(text);
const lacks =
	(text: string) =>
	({ status, html }: Answer) =>
		status === 200 && !html.includes(text);
const isGone = ({ status }: Answer) => status === 404;

/**
 * A morning of an editor, one edit after the other: each is made of what the ones before left. At the end the content
 * differs from what it was only in names and pictures, so that it can be done again.
 */
export async function* morning(studio: Studio): AsyncGenerator<Edit> {
	const desk = await look(studio);
	const stamp = Date.now().toString(36);
	const author = busiest(desk);
	const [first, second, third] = desk.tags;
	const old = desk.articles.find((article) => article.author?.id === author.id && article.cover);
	const replaced = desk.articles.find((article) => article.cover && article.cover.id !== old?.cover?.id);
	if (!first || !second || !third || !old || !replaced?.cover)
		throw new Error('The content is not what the demo made; "npm run demo -- --fresh" makes it anew.');

	yield rename(studio, author, old);

	const title = `Breaking news ${stamp}`;
	const [slug, newSlug] = [slugOf(title), `${slugOf(title)}-updated`];
	let id = 0;
	const text = (code: string, words: string) => ({ languages_code: code, title: words, body: 'It has just happened.' });
	yield {
		title: `Write an article, with two translations and two tags in one save`,
		request: 'POST /items/articles',
		async save() {
			const made = await studio.write<{ id: number }>('POST', '/items/articles', {
				status: 'published',
				slug,
				published_at: new Date().toISOString(),
				author: author.id,
				cover: old.cover?.id,
				tags: [{ tags_id: first.id }, { tags_id: second.id }],
				translations: [text('en', title), text('nl', `Nieuws ${stamp}`)],
			});
			id = made.id;
		},
		page: '/',
		isFresh: shows(title),
	};
	// From here on the article exists, and `id` is its key.
	const item = `/items/articles/${id}`;
	const written = await studio.read<{ translations: Array<{ id: number; languages_code: string }> }>(item, {
		fields: ['translations.id', 'translations.languages_code'],
	});
	const dutch = written.translations.find(({ languages_code: code }) => code === 'nl')?.id;
	yield {
		title: 'Correct the Dutch translation',
		request: `PATCH /items/articles_translations/${dutch}`,
		save: () => studio.write('PATCH', `/items/articles_translations/${dutch}`, { body: 'Zojuist gebeurd, in Delft.' }),
		page: articlePath(slug, 'nl'),
		isFresh: shows('in Delft'),
	};
	yield {
		title: 'Change its slug (the old address must go)',
		request: `PATCH ${item}`,
		save: () => studio.write('PATCH', item, { slug: newSlug }),
		page: articlePath(slug, 'en'),
		isFresh: isGone,
	};
	yield {
		title: `Add the tag "${third.name}"`,
		request: `PATCH ${item}`,
		save: () => studio.write('PATCH', item, { tags: { create: [{ tags_id: third.id }], update: [], delete: [] } }),
		page: `/tags/${third.slug}`,
		isFresh: shows(newSlug),
	};
	const cover = replaced.cover;
	yield {
		title: `Replace the image "${cover.title}"`,
		request: `PATCH /files/${cover.id.slice(0, 8)}…`,
		save: () => studio.write('PATCH', `/files/${cover.id}`, imageForm(Date.now() % 9973)),
		page: articlePath(replaced.slug, 'en'),
		isFresh: lacks(encodeURIComponent(`${cover.modified_on}-${cover.filesize}`)),
	};
	yield handOver(studio, await look(studio));
	yield {
		title: 'Take the article offline',
		request: `PATCH ${item}`,
		save: () => studio.write('PATCH', item, { status: 'draft' }),
		page: articlePath(newSlug, 'en'),
		isFresh: isGone,
	};
	yield {
		title: 'Publish it again',
		request: `PATCH ${item}`,
		save: () => studio.write('PATCH', item, { status: 'published' }),
		page: '/',
		isFresh: shows(newSlug),
	};
	yield {
		title: 'Delete it',
		request: `DELETE ${item}`,
		save: () => studio.write('DELETE', item),
		page: '/',
		isFresh: lacks(newSlug),
	};
}

/** What goes on while nobody can be told: a dozen edits of the kinds above. Gives how many requests it made. */
export async function editMeanwhile(studio: Studio): Promise<number> {
	const desk = await look(studio);
	const author = busiest(desk);
	const saves: Array<() => Promise<unknown>> = [() => handOver(studio, desk).save()];
	for (const [index, { id, slug }] of desk.articles.slice(30, 38).entries()) {
		const changed = slug.endsWith('-2') ? slug.slice(0, -2) : `${slug}-2`;
		const values = index % 2 === 0 ? { slug: changed } : { published_at: new Date().toISOString() };
		saves.push(() => studio.write('PATCH', `/items/articles/${id}`, values));
	}
	const [hidden] = desk.articles.slice(40, 41);
	if (hidden) {
		saves.push(() => studio.write('PATCH', `/items/articles/${hidden.id}`, { status: 'draft' }));
		saves.push(() => studio.write('PATCH', `/items/articles/${hidden.id}`, { status: 'published' }));
	}
	saves.push(() => studio.write('PATCH', `/items/authors/${author.id}`, { name: otherName(author.name) }));
	for (const save of saves) await save();
	return saves.length;
}

interface Desk {
	articles: Article[];
	authors: Author[];
	tags: Tag[];
}

async function look(studio: Studio): Promise<Desk> {
	const [articles, authors, tags] = await Promise.all([studio.articles(), studio.authors(), studio.tags()]);
	return { articles, authors, tags };
}

function rename(studio: Studio, author: Author, article: Article): Edit {
	const name = otherName(author.name);
	return {
		title: `Rename an author: ${author.name} → ${name}`,
		request: `PATCH /items/authors/${author.id}`,
		save: () => studio.write('PATCH', `/items/authors/${author.id}`, { name }),
		page: articlePath(article.slug, 'en'),
		isFresh: shows(`>${name}<`),
	};
}

/** Eight articles of the author with the most to the one with the fewest, in one request. */
function handOver(studio: Studio, desk: Desk): Edit {
	const [from, to] = [busiest(desk), [...byArticles(desk)].at(-1) ?? busiest(desk)];
	const keys = desk.articles.filter(({ author }) => author?.id === from.id).slice(0, 8);
	return {
		title: `Give ${keys.length} articles of ${from.name} to ${to.name}, in one batch`,
		request: 'PATCH /items/articles',
		save: () => studio.write('PATCH', '/items/articles', { keys: keys.map(({ id }) => id), data: { author: to.id } }),
		page: `/authors/${to.id}`,
		isFresh: shows(keys[0]?.slug ?? ''),
	};
}

function busiest(desk: Desk): Author {
	const [author] = byArticles(desk);
	if (!author) throw new Error('There are no authors; "npm run demo -- --fresh" makes the content anew.');
	return author;
}

function byArticles({ articles, authors }: Desk): Author[] {
	const count = (id: number) => articles.filter(({ author }) => author?.id === id).length;
	return authors.toSorted((a, b) => count(b.id) - count(a.id) || a.id - b.id);
}

/** A second name is married in, or goes again. */
function otherName(name: string): string {
	return name.includes('-Bloem') ? name.replace('-Bloem', '') : `${name}-Bloem`;
}
