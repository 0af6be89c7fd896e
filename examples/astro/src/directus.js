import { createDirectus, rest, staticToken } from '@directus/sdk';
import { collectTags } from 'directus-extension-downstream/client';

const { DIRECTUS_URL = 'http://localhost:8055', DIRECTUS_TOKEN } = process.env;

/** For one page: what it reads with `directus` is collected, and `keep` keeps the page until some of that changes. */
export function readDirectus(cache) {
	const read = collectTags({ shared: true });
	const directus = createDirectus(DIRECTUS_URL, { globals: { fetch: read.fetch } })
		.with(staticToken(DIRECTUS_TOKEN))
		.with(rest());
	const keep = () => {
		const tags = read.tags();
		if (tags) cache.set({ maxAge: 604_800, tags });
		else console.warn(`Not kept: ${read.problem()}`);
	};
	return { directus, keep };
}
