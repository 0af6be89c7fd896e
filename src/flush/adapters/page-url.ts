import type { FlushChange, WidePurge } from './adapter.js';

/**
 * The absolute URL of a path on a site. Whatever the path holds it stays on the site's host: paths are made from
 * content, and some providers get a token sent along. Where the site itself is no URL neither is the result, so that
 * sending it fails and says so.
 */
export function pageUrl(path: string, site: string): string {
	if (!URL.canParse(site)) return `invalid:${site}/${path}`;
	const { origin, pathname } = new URL(site);
	const inside = path.startsWith(`${origin}/`)
		? path.slice(origin.length)
		: `${pathname.replace(/(?<!\/)\/+$/, '')}/${path.replace(/^\/+/, '')}`;
	const url = new URL(`${origin}${inside}`);
	url.hash = '';
	return url.href;
}

/** The path of a page on the host of the site, as a provider takes it that knows the host. */
export const pagePath = (url: string): string => {
	const { pathname, search } = new URL(url);
	return `${pathname}${search}`;
};

/** The folder that a prefix names, as a URL of the site that ends with `/`. */
export function folderUrl(prefix: string, site: string): string {
	const url = new URL(pageUrl(prefix, site));
	url.search = '';
	url.pathname = url.pathname
		.replace(/(%2A|\*)$/i, '')
		.replace(/(?<!\/)\/*$/, '/')
		.replaceAll('*', '%2A');
	return url.href;
}

/** Path patterns of what is purged by hand: everything, or all below some prefixes. */
export const widePatterns = (wide: WidePurge, site: string): string[] =>
	wide.everything ? ['/*'] : wide.prefixes.map((prefix) => `${pagePath(folderUrl(prefix, site))}*`);

/** The URLs of the pages that a change names. "Test target" names none, and asks for the front page. */
export function pageUrls(change: FlushChange, site: string): string[] {
	const paths = change.event === 'test' && change.paths.length === 0 ? ['/'] : change.paths;
	return paths.filter((path) => path.trim() !== '').map((path) => pageUrl(path, site));
}
