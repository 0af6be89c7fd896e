import { createDirectus, rest, staticToken } from '@directus/sdk';
import { collectTags } from 'directus-extension-downstream/client';
import { pages } from './page-cache.js';

const { DIRECTUS_URL = 'http://localhost:8055', DIRECTUS_TOKEN } = process.env;

/** Keeps every page, and what the browser asks for instead of one, until something that was read for it changes. */
export async function handle({ event, resolve }) {
	if (event.request.method !== 'GET') return resolve(event);
	// `event.url` is that of the page, also where its data is asked for.
	const { pathname, search } = new URL(event.request.url);
	const path = pathname + search;
	const kept = pages.get(path);
	if (kept) return new Response(kept.body, kept);

	const making = pages.make(path);
	const read = collectTags({ shared: true });
	event.locals.directus = createDirectus(DIRECTUS_URL, { globals: { fetch: read.fetch } })
		.with(staticToken(DIRECTUS_TOKEN))
		.with(rest());
	const response = await resolve(event);
	const { status, headers } = response;
	if (headers.has('set-cookie') || status >= 500) return response;
	const page = { body: await response.arrayBuffer(), status, headers: [...headers] };
	making.keep(page, read.tags());
	return new Response(page.body, page);
}
