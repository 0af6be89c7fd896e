import { pageCache } from 'directus-extension-downstream/cache';

/**
 * A cache provider for Astro: pages in memory, until something that they show changes. Unlike `memoryCache()` it does not
 * keep a page that was purged while it was made.
 */
export default function provider() {
	const pages = pageCache({ most: 5000 });
	return {
		name: 'pages',
		async onRequest({ request }, next) {
			if (request.method !== 'GET') return next();
			const { pathname, search } = new URL(request.url);
			const kept = pages.get(pathname + search);
			if (kept) return new Response(kept.body, kept);
			const making = pages.make(pathname + search);
			const response = await next();
			const tags = response.headers.get('Cache-Tag')?.split(/,\s*/);
			if (!tags) return response;
			const page = { body: await response.arrayBuffer(), status: response.status, headers: [...response.headers] };
			making.keep(page, response.headers.has('set-cookie') ? null : tags);
			return new Response(page.body, page);
		},
		async invalidate({ tags = [], path }) {
			pages.purge({ tags: [tags].flat(), paths: path ? [path] : [] });
		},
	};
}
