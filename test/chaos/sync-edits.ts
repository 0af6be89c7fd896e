import type { Directus } from '../kit/directus.js';
import { normalised, type Ledger } from './sync-ledger.js';

/** Somebody who edits one instance. */
export interface Editor {
	directus: Directus;
	instance: number;
	/** Of the editors of this instance. */
	isFirst: boolean;
	random(): number;
	/** A text that nobody has used before. */
	word(): string;
	ledger: Ledger;
}

type Row = Record<string, unknown>;
/** What an edit sets, by `collection/label`. */
type Sets = Record<string, Record<string, unknown>>;
export type Edit = (editor: Editor) => Promise<void>;

/** Asks, and notes what was asked for and what came of it. */
export async function ask(
	{ directus, instance, ledger }: Editor,
	[method, path, body]: [string, string, unknown?],
	{ sets = {}, deletes = [] }: { sets?: Sets; deletes?: string[] },
): Promise<void> {
	const about = { instance, start: Date.now(), end: Infinity, acknowledged: false };
	const values = Object.entries(sets).flatMap(([row, fields]) =>
		Object.entries(fields).map(([field, value]) => ({ ...about, row, field, value: normalised(value) })),
	);
	const gone = deletes.map((row) => ({ ...about, row }));
	ledger.tried.push(...values);
	ledger.deleted.push(...gone);
	let acknowledged = false;
	try {
		await directus.request(method, path, body);
		acknowledged = true;
	} finally {
		const end = Date.now();
		for (const one of [...values, ...gone]) Object.assign(one, { end, acknowledged });
	}
}

/** One of the rows that are there; every third time one of the first three, so that several edit the same. */
async function pick(editor: Editor, collection: string, label: string, fields = '*'): Promise<Row | null> {
	const query = `limit=-1&fields=${fields}&filter[${label}][_nnull]=true`;
	const rows = await editor.directus.data<Row[]>('GET', `/items/${collection}?${query}`);
	if (rows.length === 0) return null;
	const sorted = rows.toSorted((a, b) => (String(a[label]) < String(b[label]) ? -1 : 1));
	const among = editor.random() < 0.35 ? Math.min(3, sorted.length) : sorted.length;
	return sorted[Math.floor(editor.random() * among)] ?? null;
}

const labelled = (row: Row | null, label: string) => (row === null ? null : String(row[label]));

/** Sets one field of one row. */
const set =
	(collection: string, label: string, fields: Record<string, (editor: Editor, row: Row) => unknown>): Edit =>
	async (editor) => {
		const row = await pick(editor, collection, label);
		const names = Object.keys(fields);
		const field = names[Math.floor(editor.random() * names.length)];
		if (!row || !field) return;
		const value = fields[field]?.(editor, row);
		const sets = { [`${collection}/${String(row[label])}`]: { [field]: value } };
		await ask(editor, ['PATCH', `/items/${collection}/${keyOf(row)}`, { [field]: value }], { sets });
	};

const keyOf = (row: Row) => String(row['id'] ?? row['code']);

const create =
	(collection: string, label: string, fields: (editor: Editor) => Row): Edit =>
	async (editor) => {
		const values = fields(editor);
		const name = editor.word();
		const body = { ...values, [label]: name };
		await ask(editor, ['POST', `/items/${collection}`, body], { sets: { [`${collection}/${name}`]: values } });
	};

/** Deletes one row, as long as some are left to edit. */
export const remove =
	(collection: string, label: string, least = 4): Edit =>
	async (editor) => {
		const count = await editor.directus.data<unknown[]>('GET', `/items/${collection}?limit=-1`);
		const row = await pick(editor, collection, label);
		if (!row || count.length < least) return;
		const deletes = [`${collection}/${String(row[label])}`];
		await ask(editor, ['DELETE', `/items/${collection}/${keyOf(row)}`], { deletes });
	};

const text = ({ word }: Editor) => word();
const number = ({ random }: Editor) => Math.floor(random() * 1e6);

async function createArticle(editor: Editor): Promise<void> {
	const { word, random } = editor;
	const [slug, author, tag, quote] = [word(), word(), word(), word()];
	const [known, body] = [await pick(editor, 'tags', 'name'), word()];
	const language = random() < 0.5 ? 'en-US' : 'nl-NL';
	const request = {
		slug,
		title: word(),
		body,
		rating: '3.50',
		featured: random() < 0.5,
		seo: { a: [1, word()] },
		author: {
			bio: author,
			name: word(),
		},
		tags: [{ tags_id: { name: tag } }, ...(known ? [{ tags_id: known['id'] }] : [])],
		translations: [
			{
				languages_code: language,
				title: word(),
			},
		],
		blocks: [
			{
				collection: 'block_quote',
				sort: 1,
				item: {
					source: quote,
					quote: word(),
				},
			},
		],
		comments: [{ text: word() }],
	};
	const { title, rating, featured, seo } = request;
	const sets: Sets = {
		[`articles/${slug}`]: { title, body, rating, featured, seo, author },
		[`authors/${author}`]: { name: request.author.name },
		[`articles_translations/${slug}+${language}`]: { title: request.translations[0]?.title },
		[`block_quote/${quote}`]: { quote: request.blocks[0]?.item.quote },
		[`comments/${request.comments[0]?.text}`]: { article: slug },
	};
	await ask(editor, ['POST', '/items/articles', request], { sets });
}

async function changeAuthor(editor: Editor): Promise<void> {
	const article = await pick(editor, 'articles', 'slug');
	const author = editor.random() < 0.2 ? null : await pick(editor, 'authors', 'bio');
	// Setting what is set already is no change.
	if (!article || article['author'] === (author?.['id'] ?? null)) return;
	const sets = { [`articles/${String(article['slug'])}`]: { author: labelled(author, 'bio') } };
	await ask(editor, ['PATCH', `/items/articles/${keyOf(article)}`, { author: author?.['id'] ?? null }], { sets });
}

/** Both languages of the first articles are added by several at once: one row each has to come of it. */
async function translate(editor: Editor): Promise<void> {
	const article = await pick(editor, 'articles', 'slug', '*,translations.*');
	if (!article) return;
	const language = editor.random() < 0.5 ? 'en-US' : 'nl-NL';
	const known = (article['translations'] as Row[]).find((row) => row['languages_code'] === language);
	const field = editor.random() < 0.5 ? 'title' : 'body';
	const value = editor.word();
	const change = known
		? { create: [], update: [{ id: known['id'], [field]: value }], delete: [] }
		: { create: [{ languages_code: language, [field]: value }], update: [], delete: [] };
	const sets = { [`articles_translations/${String(article['slug'])}+${language}`]: { [field]: value } };
	await ask(editor, ['PATCH', `/items/articles/${keyOf(article)}`, { translations: change }], { sets });
}

async function changeTags(editor: Editor): Promise<void> {
	const article = await pick(editor, 'articles', 'slug', '*,tags.*');
	const tag = await pick(editor, 'tags', 'name');
	if (!article || !tag) return;
	const links = article['tags'] as Row[];
	const known = links.find((row) => row['tags_id'] === tag['id']);
	const other = links[Math.floor(editor.random() * links.length)];
	const change = { create: [] as unknown[], update: [] as unknown[], delete: [] as unknown[] };
	if (known) change.delete.push(known['id']);
	else if (other && editor.random() < 0.3) change.update.push({ id: other['id'], tags_id: { id: tag['id'] } });
	else change.create.push({ tags_id: { id: tag['id'] } });
	await ask(editor, ['PATCH', `/items/articles/${keyOf(article)}`, { tags: change }], {});
}

async function addBlock(editor: Editor): Promise<void> {
	const article = await pick(editor, 'articles', 'slug');
	if (!article) return;
	const name = editor.word();
	const isText = editor.random() < 0.5;
	const block = isText
		? { collection: 'block_text', sort: 2, item: { text: name } }
		: { collection: 'block_quote', sort: 3, item: { source: name, quote: editor.word() } };
	await ask(
		editor,
		['PATCH', `/items/articles/${keyOf(article)}`, { blocks: { create: [block], update: [], delete: [] } }],
		{ sets: isText ? {} : { [`block_quote/${name}`]: { quote: block.item.quote } } },
	);
}

async function dropBlock(editor: Editor): Promise<void> {
	const row = await pick(editor, 'articles_blocks', 'item');
	if (row) await ask(editor, ['DELETE', `/items/articles_blocks/${keyOf(row)}`], {});
}

async function moveBlock(editor: Editor): Promise<void> {
	const row = await pick(editor, 'articles_blocks', 'item');
	const sort = number(editor);
	if (row) await ask(editor, ['PATCH', `/items/articles_blocks/${keyOf(row)}`, { sort }], {});
}

async function comment(editor: Editor): Promise<void> {
	const article = await pick(editor, 'articles', 'slug');
	if (!article) return;
	const name = editor.word();
	const sets = { [`comments/${name}`]: { article: article['slug'] } };
	await ask(editor, ['POST', '/items/comments', { text: name, article: article['id'] }], { sets });
}

async function moveComment(editor: Editor): Promise<void> {
	const [row, article] = [await pick(editor, 'comments', 'text'), await pick(editor, 'articles', 'slug')];
	if (!row || !article || row['article'] === article['id']) return;
	const sets = { [`comments/${String(row['text'])}`]: { article: article['slug'] } };
	await ask(editor, ['PATCH', `/items/comments/${keyOf(row)}`, { article: article['id'] }], { sets });
}

async function editSeveral(editor: Editor): Promise<void> {
	const rows = await editor.directus.data<Row[]>('GET', '/items/posts?limit=-1&filter[slug][_nnull]=true');
	const from = Math.floor(editor.random() * rows.length);
	const some = rows.slice(from, from + 4).map((row) => ({ row, title: editor.word() }));
	const sets = Object.fromEntries(some.map(({ row, title }) => [`posts/${String(row['slug'])}`, { title }]));
	const body = some.map(({ row, title }) => ({ id: row['id'], title }));
	if (some.length > 0) await ask(editor, ['PATCH', '/items/posts', body], { sets });
}

async function editSite(editor: Editor): Promise<void> {
	const body = { [editor.random() < 0.5 ? 'title' : 'motto']: editor.word() };
	await ask(editor, ['PATCH', '/items/site', body], { sets: { 'site/site': body } });
}

const day = ({ random }: Editor) => new Date(1.7e12 + Math.floor(random() * 1e6) * 1000).toISOString();

/** Every kind of edit, and how often it is made. */
const EDITS: [number, Edit][] = [
	[3, create('posts', 'slug', (editor) => ({ title: text(editor), views: number(editor) }))],
	[8, set('posts', 'slug', { title: text, views: number })],
	[2, remove('posts', 'slug')],
	[2, editSeveral],
	[3, createArticle],
	[
		8,
		set('articles', 'slug', {
			title: text,
			body: text,
			status: text,
			sort: number,
			published_at: day,
			rating: ({ random }) => (Math.floor(random() * 1e3) / 4).toFixed(2),
			// Setting what is set already is no change.
			featured: (_editor, row) => !row['featured'],
			seo: (editor) => ({
				tags: [number(editor), text(editor)],
				b: null,
				a: { c: 1 },
			}),
		}),
	],
	[1, remove('articles', 'slug')],
	[3, changeAuthor],
	[2, set('authors', 'bio', { name: text })],
	[1, remove('authors', 'bio')],
	[4, translate],
	[5, changeTags],
	[1, create('tags', 'name', () => ({}))],
	[1, remove('tags', 'name')],
	[2, addBlock],
	[1, dropBlock],
	[2, moveBlock],
	[1, set('block_quote', 'source', { quote: text })],
	[1, remove('block_quote', 'source')],
	[2, comment],
	[2, moveComment],
	[1, remove('comments', 'text')],
	[2, create('docs', 'file', (editor) => ({ title: text(editor) }))],
	[2, set('docs', 'file', { title: text })],
	[1, remove('docs', 'file')],
	[1, create('countries', 'code', (editor) => ({ name: text(editor) }))],
	[2, set('countries', 'code', { name: text })],
	[1, remove('countries', 'code')],
	[2, editSite],
];

/** Makes one random edit of these and the ones above. Throws what Directus answered, or that it did not. */
export function editOf(more: [number, Edit][]): Edit {
	const all = [...EDITS, ...more];
	const total = all.reduce((sum, [weight]) => sum + weight, 0);
	return async (editor) => {
		let left = editor.random() * total;
		for (const [weight, make] of all) if ((left -= weight) < 0) return make(editor);
	};
}
