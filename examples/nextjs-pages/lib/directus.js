import { createDirectus, rest, staticToken } from '@directus/sdk';
import { collectTags, reportPages } from 'directus-extension-downstream/client';

const { DIRECTUS_URL = 'http://localhost:8055', DIRECTUS_TOKEN, DOWNSTREAM_PAGES_TOKEN } = process.env;
const pages = reportPages({ url: DIRECTUS_URL, token: DOWNSTREAM_PAGES_TOKEN });

/** What `getStaticProps` gives for the page at `path`: `load` reads from Directus, null says that there is no such page. */
export async function staticPage(path, load) {
	const read = collectTags({ shared: true });
	const directus = createDirectus(DIRECTUS_URL, { globals: { fetch: read.fetch } })
		.with(staticToken(DIRECTUS_TOKEN))
		.with(rest());
	const loaded = await load(directus);
	// Directus then knows the page, and asks for it again when something that it shows changes; else, a second later.
	const revalidate = (await pages.report(path, read)) ? false : 1;
	return loaded
		? { props: { ...loaded, madeAt: new Date().toISOString() }, revalidate }
		: { notFound: true, revalidate };
}
