import { createDirectus, customEndpoint, rest, staticToken } from '@directus/sdk';
import type { Status } from '../src/contract/answers/status.js';
import { ARTICLE_FIELDS, type Article, type Author, type Tag } from './pages.js';

/** How the demo talks to its Directus. */
export interface Studio {
	/** An answer's `data`. */
	read<T>(path: string, query?: Record<string, unknown>): Promise<T>;
	write<T = unknown>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>;
	/** Published articles with all that pages show, newest first. */
	articles(query?: { filter?: Record<string, unknown>; limit?: number; fields?: string[] }): Promise<Article[]>;
	authors(): Promise<Author[]>;
	tags(): Promise<Tag[]>;
	/** `GET /downstream/status`. */
	status(): Promise<Status>;
}

/** The SDK's client with a token, and the questions that the demo asks more than once. */
export function connect(url: string, token: string, fetch: typeof globalThis.fetch = globalThis.fetch): Studio {
	const client = createDirectus(url, { globals: { fetch } }).with(staticToken(token)).with(rest());
	const studio: Studio = {
		read: (path, query = {}) => client.request(customEndpoint({ path, method: 'GET', params: query })),
		write: (method, path, body) => {
			if (body instanceof FormData) {
				// The SDK leaves the header to fetch only where it is told that this is a form.
				const headers = { 'Content-Type': 'multipart/form-data' };
				return client.request(customEndpoint({ path, method, body, headers }));
			}
			return client.request(customEndpoint({ path, method, ...(body ? { body: JSON.stringify(body) } : {}) }));
		},
		articles: ({ filter = {}, limit = -1, fields = ARTICLE_FIELDS } = {}) =>
			studio.read('/items/articles', {
				fields,
				filter: { _and: [{ status: { _eq: 'published' } }, filter] },
				sort: ['-published_at', '-id'],
				limit,
				deep: { tags: { _limit: -1 }, translations: { _limit: -1 } },
			}),
		authors: () => studio.read('/items/authors', { limit: -1, sort: ['id'], fields: ['id', 'name', 'bio'] }),
		tags: () => studio.read('/items/tags', { limit: -1, sort: ['id'], fields: ['id', 'slug', 'name'] }),
		status: () => studio.read('/downstream/status'),
	};
	return studio;
}
