import type { Directus } from '../kit/directus.js';
import { until } from '../kit/wait.js';

export interface Content {
	/** Article by the author of the same place. */
	articles: [number, number, number];
	authors: [number, number, number];
}

export interface Seen {
	edit: string;
	/** ms from the answer to the save until a visitor got the new page. */
	freshMs: number;
	/** Pages that were made anew, and those that show the edit. */
	made: string[];
	shows: string[];
}

const headers = { authorization: 'Bearer downstream-admin-token' };

export async function createArticles(directus: Directus): Promise<Content> {
	const make = async (title: string, name: string) =>
		directus.data<{ id: number; author: number }>('POST', '/items/articles', {
			title,
			slug: title.toLowerCase(),
			status: 'published',
			author: { name },
		});
	const made = [await make('Ant', 'Ann'), await make('Bee', 'Ben'), await make('Cat', 'Cid')];
	const ids = <Key extends 'id' | 'author'>(key: Key) => made.map((one) => one[key]) as [number, number, number];
	return { articles: ids('id'), authors: ids('author') };
}

/**
 * Visits a site of `examples/` as a visitor does, edits in Directus, and says how long it took and which pages were made
 * anew: each page says when it was made.
 */
export async function visitSite(url: string, directus: Directus, { articles, authors }: Content): Promise<Seen[]> {
	const [first, second] = articles;
	const paths = ['/', ...articles.map((id) => `/articles/${id}`)];
	const visit = async (path: string) => {
		const response = await fetch(`${url}${path}`, { headers: { accept: 'text/html' } });
		const body = await response.text();
		// React separates texts by comments.
		return { body, madeAt: /made at (?:<!-- -->)?(\d{4}-[\d:.TZ-]+)/.exec(body)?.[1] ?? `status ${response.status}` };
	};
	const visitAll = async () =>
		new Map(await Promise.all(paths.map(async (path) => [path, (await visit(path)).madeAt] as const)));
	const settled = async () => {
		let known = await visitAll();
		await until(
			async () => {
				const again = await visitAll();
				const isSame = paths.every(
					(path) => again.get(path) === known.get(path) && !again.get(path)?.startsWith('status'),
				);
				known = again;
				return isSame;
			},
			{ timeout: 30_000, message: () => `pages that are kept: ${JSON.stringify([...known])}` },
		);
		return known;
	};
	const edit = async (
		name: string,
		[method, path, body]: [method: string, path: string, body?: object],
		isShown: (body: string) => boolean,
		shows: string[],
	): Promise<Seen> => {
		const before = await settled();
		await directus.request(method, path, body);
		const saved = performance.now();
		for (const shown of shows)
			await until(async () => isShown((await visit(shown)).body), {
				timeout: 30_000,
				message: () => `${shown} to show the edit "${name}"`,
			});
		const freshMs = performance.now() - saved;
		const after = await settled();
		return { edit: name, freshMs, made: paths.filter((one) => before.get(one) !== after.get(one)), shows };
	};
	const run = Math.random().toString(36).slice(2, 8);
	const has = (text: string) => (body: string) => body.includes(text);
	const changed = [
		await edit('title', ['PATCH', `/items/articles/${first}`, { title: `Title ${run}` }], has(`Title ${run}`), [
			'/',
			`/articles/${first}`,
		]),
		await edit('author', ['PATCH', `/items/authors/${authors[1]}`, { name: `Name ${run}` }], has(`Name ${run}`), [
			`/articles/${second}`,
		]),
	];
	const title = `New ${run}`;
	const article = { title, slug: title, status: 'published', author: authors[2] };
	const created = await edit('new article', ['POST', '/items/articles', article], has(title), ['/']);
	const [row] = await directus.data<{ id: number }[]>('GET', `/items/articles?filter[title][_eq]=${title}&fields=id`);
	const path = `/articles/${row?.id}`;
	await until(async () => has(title)((await visit(path)).body), { message: () => `${path} to show the new article` });
	const isGone = (body: string) => !body.includes(title);
	const deleted = await edit('deletion', ['DELETE', `/items/articles/${row?.id}`], isGone, ['/']);
	await until(async () => isGone((await visit(path)).body), { message: () => `${path} to be gone` });
	return [...changed, created, deleted];
}

/** Adds a target with automatic tags; gives what removes it again. */
export async function addTarget(directus: Directus, target: Record<string, unknown>): Promise<() => Promise<void>> {
	const { id } = await directus.data<{ id: string }>('POST', '/items/cache_flush_targets', {
		status: 'published',
		auth_header: 'no-auth',
		schema: [],
		...target,
		options: { tags: 'automatic', ...(target['options'] as object | undefined) },
	});
	return async () => {
		await fetch(`${directus.url}/items/cache_flush_targets/${id}`, { method: 'DELETE', headers });
	};
}
