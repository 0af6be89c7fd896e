import fc from 'fast-check';
import type { Directus } from '../kit/directus.js';

const pick = fc.nat(999);
const word = fc.stringMatching(/^[a-z]{3,8}$/);
/** One random edit of the content graph. */
export const anEdit = fc.record({
	kind: fc.constantFrom(
		'rename author',
		'rename tag',
		'rename category',
		'retitle cover',
		'reslug',
		'retitle',
		'publish',
		'unpublish',
		'change author',
		'drop author',
		'delete author',
		'delete tag',
		'delete article',
		'create article',
		'edit translation',
		'add translation',
		'delete translation',
		'move translation',
		'add tag',
		'remove tag',
		'swap tag',
		'edit comment',
		'add comment',
		'delete comment',
		'move comment',
		'edit block',
		'add block',
		'delete block row',
		'batch',
		'nothing',
	),
	a: pick,
	b: pick,
	word,
});
export type Edit = { kind: string; a: number; b: number; word: string };

/** Makes an edit; says in words what was done. */
export async function apply(directus: Directus, { kind, a, b, word: text }: Edit): Promise<string> {
	const ids = async (collection: string) =>
		(await directus.data<{ id: number }[]>('GET', `/items/${collection}?fields=id&limit=-1`)).map(({ id }) => id);
	const one = async (collection: string, index: number) => {
		const all = await ids(collection);
		return all.length > 0 ? all[index % all.length] : undefined;
	};
	const change = async (collection: string, body: Record<string, unknown>) => {
		const id = await one(collection, a);
		if (id !== undefined) await directus.data('PATCH', `/items/${collection}/${id}`, body);
		return `${kind}: ${collection} ${id} ${JSON.stringify(body)}`;
	};
	const remove = async (collection: string) => {
		const all = await ids(collection);
		// Something has to be left to edit.
		if (all.length < 3) return `${kind}: too few left`;
		const id = all[a % all.length];
		await directus.request('DELETE', `/items/${collection}/${id}`);
		return `${kind}: ${collection} ${id}`;
	};
	const article = await one('articles', b);
	const name = `${text}${a}`;
	switch (kind) {
		case 'rename author':
			return change('authors', { name });
		case 'rename tag':
			return change('tags', { name });
		case 'rename category':
			return change('categories', { name });
		case 'retitle cover': {
			const files = await directus.data<{ id: string }[]>('GET', '/files?fields=id&sort=id');
			const file = files[a % files.length];
			await directus.data('PATCH', `/files/${file?.id}`, { title: name });
			return `${kind} ${file?.id}`;
		}
		case 'reslug':
			return change('articles', { slug: `s-${name}` });
		case 'retitle':
			return change('articles', { title: name });
		case 'publish':
			return change('articles', { status: 'published', title: name });
		case 'unpublish':
			return change('articles', { status: 'draft' });
		case 'change author':
			return change('articles', { author: await one('authors', b), category: await one('categories', b) });
		case 'drop author':
			return change('articles', { author: null });
		case 'delete author':
			return remove('authors');
		case 'delete tag':
			return remove('tags');
		case 'delete article':
			return remove('articles');
		case 'create article': {
			const body = {
				status: b % 2 ? 'published' : 'draft',
				slug: `n-${name}`,
				title: name,
				author: { name },
				tags: [{ tags_id: { name: `t-${name}` } }],
				translations: [{ languages_code: 'nl-NL', title: name }],
			};
			await directus.data('POST', '/items/articles', body);
			return kind;
		}
		case 'edit translation':
			return change('articles_translations', { title: name });
		case 'add translation':
			await directus.data('POST', '/items/articles_translations', {
				articles_id: article,
				languages_code: 'en-US',
				title: name,
			});
			return `${kind} to ${article}`;
		case 'delete translation':
			return remove('articles_translations');
		case 'move translation':
			return change('articles_translations', { articles_id: article });
		case 'add tag':
			await directus.data('PATCH', `/items/articles/${article}`, {
				tags: { create: [{ tags_id: { name } }], update: [], delete: [] },
			});
			return `${kind} to ${article}`;
		case 'remove tag':
			return remove('articles_tags');
		case 'swap tag':
			return change('articles_tags', { tags_id: await one('tags', b) });
		case 'edit comment':
			return change('comments', { text: name });
		case 'add comment':
			await directus.data('POST', '/items/comments', { article, text: name });
			return `${kind} to ${article}`;
		case 'delete comment':
			return remove('comments');
		case 'move comment':
			return change('comments', { article });
		case 'edit block':
			return change(b % 2 ? 'block_text' : 'block_quote', b % 2 ? { text: name } : { quote: name });
		case 'add block':
			await directus.data('PATCH', `/items/articles/${article}`, {
				blocks: { create: [{ collection: 'block_text', item: { text: name } }], update: [], delete: [] },
			});
			return `${kind} to ${article}`;
		case 'delete block row':
			return remove('articles_blocks');
		case 'batch': {
			const all = await ids('articles');
			const some = all.slice(a % all.length, (a % all.length) + 3);
			await directus.data(
				'PATCH',
				'/items/articles',
				some.map((id, index) => ({ id, title: `${name}${index}`, slug: `b-${name}-${id}` })),
			);
			return `${kind} ${some.join()}`;
		}
		default:
			return change('articles', {});
	}
}

/** Twelve articles that show a bit of everything. */
export async function seed(directus: Directus): Promise<void> {
	const file = async (title: string) => {
		const form = new FormData();
		form.append('title', title);
		form.append('file', new Blob([title], { type: 'text/plain' }), `${title}.txt`);
		const answer = await fetch(`${directus.url}/files`, {
			method: 'POST',
			body: form,
			headers: { authorization: `Bearer ${directus.token}` },
		});
		return ((await answer.json()) as { data: { id: string } }).data.id;
	};
	const covers = await Promise.all(['one', 'two', 'three'].map(file));
	const make = async (collection: string, rows: Record<string, unknown>[]) =>
		(await directus.data<{ id: number }[]>('POST', `/items/${collection}`, rows)).map(({ id }) => id);
	const authors = await make(
		'authors',
		['ann', 'bob', 'cas', 'dee'].map((name) => ({ name })),
	);
	const categories = await make(
		'categories',
		['news', 'art'].map((name) => ({ name })),
	);
	const tags = await make(
		'tags',
		['x', 'y', 'z'].map((name) => ({ name })),
	);
	await make(
		'articles',
		Array.from({ length: 12 }, (_, index) => ({
			status: index % 4 === 3 ? 'draft' : 'published',
			slug: `a${index}`,
			title: `Article ${index}`,
			author: authors[index % authors.length],
			category: categories[index % categories.length],
			cover: covers[index % covers.length],
			tags: [{ tags_id: tags[index % tags.length] }, { tags_id: tags[(index + 1) % tags.length] }],
			translations: [
				{ languages_code: 'en-US', title: `E${index}` },
				{ languages_code: 'nl-NL', title: `N${index}` },
			],
			comments: [{ text: `c${index}` }],
			blocks: [
				{ collection: index % 2 ? 'block_text' : 'block_quote', item: index % 2 ? { text: 't' } : { quote: 'q' } },
			],
		})),
	);
}
