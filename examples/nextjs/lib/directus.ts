import { createDirectus, rest, staticToken } from '@directus/sdk';
import { collectTags, type PageTags } from 'directus-extension-downstream/client';
import { cacheLife, cacheTag } from 'next/cache';

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

/** For one function with `use cache`: what it reads with `directus` is collected in `read`. */
export function readDirectus() {
	const { DIRECTUS_URL = 'http://localhost:8055', DIRECTUS_TOKEN = '' } = process.env;
	const read = collectTags({ shared: true });
	const directus = createDirectus<Schema>(DIRECTUS_URL, { globals: { fetch: read.fetch } })
		.with(staticToken(DIRECTUS_TOKEN))
		.with(rest());
	return { directus, read };
}

/** Keeps what the function gives until something that it has read changes. To be called after its last read. */
export function keepUntilItChanges(read: PageTags) {
	const tags = read.tags('nextjs');
	if (tags) {
		cacheTag(...tags);
		cacheLife({ stale: 30, revalidate: 604_800, expire: 2_592_000 });
	} else {
		console.warn(`Kept for a minute only: ${read.problem('nextjs')}`);
		cacheLife({ stale: 30, revalidate: 60, expire: 300 });
	}
}
