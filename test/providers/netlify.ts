import { expectList, type Setups, type Within } from './limits.js';
import { isStrings, readObject, serve, type Provider } from './serve.js';

export const TOKEN = 'netlify-token';
export const SITE = '0d3a9d2f-ef94-4380-93df-27ee400e2048';
export const SLUG = 'my-site';

/** Stands in `purged` where a request emptied the cache of the whole site. */
export const CATASTROPHE = 'THE WHOLE SITE';

/**
 * `POST /api/v1/purge`: 202, and without `cache_tags` the whole site is purged. A tag, or the site, that is purged
 * more than twice in 5 s: 429. An empty list purges nothing.
 */
export function start(): Promise<Provider> {
	const purged: string[] = [];
	const purges = new Map<string, number[]>();
	const tooOften = (subject: string, now: number) => {
		const recent = (purges.get(subject) ?? []).filter((at) => now - at < 5_000);
		if (recent.length >= 2) return true;
		purges.set(subject, [...recent, now]);
		return false;
	};
	return serve(purged, ({ method, path, headers, body }) => {
		if (headers.authorization !== `Bearer ${TOKEN}`)
			return { status: 401, body: { code: 401, message: 'Access Denied' } };
		if (method !== 'POST' || path !== '/api/v1/purge')
			return { status: 404, body: { code: 404, message: 'Not Found' } };
		const asked = readObject(body);
		if (asked?.['site_id'] !== SITE && asked?.['site_slug'] !== SLUG)
			return { status: 404, body: { code: 404, message: 'Not Found' } };
		const tags = asked['cache_tags'];
		if (tags === undefined || tags === null) {
			purged.push(CATASTROPHE);
			return { status: 202 };
		}
		if (!isStrings(tags)) return { status: 400, body: { code: 400, message: 'cache_tags must be a list' } };
		const now = Date.now();
		if (tags.some((tag) => tooOften(tag, now)))
			return { status: 429, headers: { 'retry-after': '5' }, body: { code: 429, message: 'Too Many Requests' } };
		purged.push(...tags);
		return { status: 202 };
	});
}

/** Every way to set it up, with the options that need saying. */
export const setups: Setups = [{ site: 'my-site' }, { site: 'my-site', map_tags: false }];

/** What one request carries, within what the documentation allows. */
export const within: Within = ({ body }) =>
	expectList((JSON.parse(body ?? '') as { cache_tags: string[] }).cache_tags, {
		most: 256,
		longest: 1024,
		shape: /^[\x21-\x7e]+$/,
	});
