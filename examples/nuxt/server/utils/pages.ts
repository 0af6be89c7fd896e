import { createDirectus, rest, staticToken } from '@directus/sdk';
import { pageCache, type PageInTheMaking } from 'directus-extension-downstream/cache';
import { collectTags, type PageTags } from 'directus-extension-downstream/client';
import type { H3Event } from 'h3';

interface Article {
	id: number;
	title: string;
	author: Author | null;
}

interface Author {
	id: number;
	name: string;
}

interface Schema {
	articles: Article[];
	authors: Author[];
}

export interface KeptPage {
	body: string;
	status: number;
	contentType: string;
}

/** Pages in memory, until something that they show changes. */
export const pages = pageCache<KeptPage>({ most: 5000 });

interface Made {
	making: PageInTheMaking<KeptPage>;
	read: PageTags;
}

/** Pages that are being made, by the name that what is fetched for them has in a header. */
const made = new Map<string, Made>();
const MADE_FOR = 'x-made-for';

/** The page that this request is about, or that it is made for: `useFetch` passes the headers of the page on. */
export const madeFor = (event: H3Event): Made | undefined => made.get(getHeader(event, MADE_FOR) ?? '');

export function begin(event: H3Event): void {
	const id = crypto.randomUUID();
	event.node.req.headers[MADE_FOR] = id;
	made.set(id, { making: pages.make(event.path), read: collectTags({ shared: true }) });
	event.node.res.once('close', () => made.delete(id));
}

export function directusFor(event: H3Event) {
	const { DIRECTUS_URL = 'http://localhost:8055', DIRECTUS_TOKEN = '' } = process.env;
	return createDirectus<Schema>(DIRECTUS_URL, { globals: { fetch: madeFor(event)?.read.fetch ?? fetch } })
		.with(staticToken(DIRECTUS_TOKEN))
		.with(rest());
}
