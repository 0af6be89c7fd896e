import { expect } from 'vitest';
import { expectList, SITE, type Setups, type Within } from './limits.js';
import { isStrings, readObject, serve, type Provider } from './serve.js';

export const TOKEN = 'vercel-token';
export const BYPASS = 'bypass-token-of-at-least-32-characters';
export const PROJECT = 'my-site';

const error = (status: number, code: string, message: string, headers: Record<string, string> = {}) => ({
	status,
	headers,
	body: { error: { code, message } },
});

/**
 * The tags API (https://vercel.com/docs/rest-api/edge-cache/invalidate-by-tag: 1 to 16 tags of at most 256 characters)
 * and, on the same port, a site with ISR pages: rendered again with the bypass token, else served from the cache.
 * `/gone…` is a page that was deleted, `/broken…` one that cannot be rendered.
 */
export function start({ requests: limit = Infinity }: { requests?: number } = {}): Promise<Provider> {
	const purged: string[] = [];
	let left = limit;
	return serve(purged, ({ method, path, query, headers, body }) => {
		const call = /^\/v1\/edge-cache\/(invalidate|dangerously-delete)-by-tags\?/.exec(path);
		if (!call) {
			if (method !== 'HEAD') return { status: 405 };
			if (headers['x-prerender-revalidate'] !== BYPASS) return { status: 200, headers: { 'x-vercel-cache': 'HIT' } };
			if (path.startsWith('/broken')) return { status: 500, headers: { 'x-vercel-cache': 'MISS' } };
			purged.push(path);
			return { status: path.startsWith('/gone') ? 404 : 200, headers: { 'x-vercel-cache': 'REVALIDATED' } };
		}
		if (headers.authorization !== `Bearer ${TOKEN}`) return error(403, 'forbidden', 'Not authorized');
		if (left === 0)
			return error(429, 'rate_limited', 'Rate limit exceeded', {
				'x-ratelimit-remaining': '0',
				'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 30),
			});
		left -= 1;
		if (query.get('projectIdOrName') !== PROJECT)
			return error(404, 'not_found', 'Project not found', { 'x-vercel-cache': 'MISS' });
		const asked = readObject(body);
		const tags = asked?.['tags'];
		if (!isStrings(tags) || tags.length === 0)
			return error(400, 'bad_request', 'Invalid request: `tags` should NOT have fewer than 1 items.');
		if (tags.length > 16)
			return error(400, 'bad_request', 'Invalid request: `tags` should NOT have more than 16 items.');
		if (tags.some((tag) => Buffer.byteLength(tag) > 256 || tag.includes(',')))
			return error(400, 'bad_request', 'Invalid request: `tags[0]` should NOT be longer than 256 characters.');
		if (!['production', 'preview'].includes(String(asked?.['target'])))
			return error(400, 'bad_request', 'Invalid request: `target` should be equal to one of the allowed values.');
		purged.push(...tags.map((tag) => (call[1] === 'invalidate' ? tag : `deleted ${tag}`)));
		return { status: 200, body: {} };
	});
}

/** Every way to set it up, with the options that need saying. */
export const setups: Setups = [{ project: 'site' }, { project: 'site', by: 'paths' }];

/** What one request carries, within what the documentation allows. */
export const within: Within = ({ url, body }) => {
	if (body === null) return expect(new URL(url).origin).toBe(SITE);
	return expectList((JSON.parse(body) as { tags: string[] }).tags, { most: 16, longest: 256, shape: /^[^,]+$/ });
};
