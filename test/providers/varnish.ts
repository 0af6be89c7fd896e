import { expect } from 'vitest';
import { SITE, type Setups, type Within } from './limits.js';
import { serve, type Answer, type Provider } from './serve.js';

export const KEY = 'varnish-key';
/** What is cached, with its tags. */
const CACHED: Record<string, string[]> = {
	'/blog/a': ['articles', 'articles-1'],
	'/blog/b': ['articles', 'articles-2'],
	'/about': ['pages-1'],
	'/v1.2': ['v1.2'],
	'/v1x2': ['v1x2'],
};

const synth = (status: number, reason: string): Answer => ({
	status,
	headers: { 'x-varnish': '32770' },
	body: `<!DOCTYPE html><html><body><h1>Error ${status} ${reason}</h1></body></html>`,
});

/**
 * Varnish with the VCL of vmod_xkey's README (`xkey-purge`, `xkey-softpurge`, 404 "Key not found"), PURGE of URLs, and
 * BAN with a regular expression over the objects' tags (read as `VRT_ban_string` of Varnish does); a key in `x-purge-key` in the place of an ACL. A header line
 * over 8 kB is a bad request. `purged` has the URLs that left the cache, `soft <url>` where they only became stale.
 */
export function start({ site = 'www.example.com' }: { site?: string } = {}): Promise<Provider> {
	const purged: string[] = [];
	return serve(purged, ({ method, path, headers, longestHeaderLine }) => {
		if (longestHeaderLine > 8192) return { status: 400 };
		if (!['PURGE', 'BAN'].includes(method)) return synth(501, 'Not Implemented');
		if (headers['x-purge-key'] !== KEY) return synth(405, 'This IP is not allowed to send PURGE requests.');
		const soft = headers['xkey-softpurge'];
		const keys = headers['xkey-purge'] ?? soft;
		if (typeof keys === 'string') {
			const wanted = new Set(keys.split(/\s+/).filter((key) => key !== ''));
			const hit = Object.keys(CACHED).filter((url) => CACHED[url]?.some((tag) => wanted.has(tag)));
			purged.push(...hit.map((url) => (soft === undefined ? url : `soft ${url}`)));
			return hit.length > 0 ? synth(200, 'Purged') : synth(404, 'Key not found');
		}
		if (method === 'BAN') {
			const expression = headers['cache-tags'];
			if (typeof expression !== 'string') return synth(403, 'Nothing to ban');
			// `ban("obj.http.cache-tags ~ " + …)` splits at white space; what it cannot read bans nothing, and still says 200.
			if (!/\s/.test(expression))
				purged.push(...Object.keys(CACHED).filter((url) => new RegExp(expression).test((CACHED[url] ?? []).join(' '))));
			return synth(200, 'Ban added');
		}
		if (headers.host === site && path in CACHED) purged.push(path);
		return synth(200, 'Purged');
	});
}

/** Every way to set it up, with the options that need saying. */
export const setups: Setups = [
	{},
	{ method: 'xkey-purge' },
	{ method: 'xkey-softpurge', header: 'purge-these', map_tags: false },
	{ method: 'ban', map_tags: false },
];

/** What one request carries, within what the documentation allows. */
export const within: Within = ({ url, headers }) => {
	expect(new URL(url).origin).toBe(SITE);
	for (const [name, value] of Object.entries(headers)) {
		expect(Buffer.byteLength(`${name}: ${value}\r\n`)).toBeLessThanOrEqual(8192);
		expect(value).toMatch(/^[\x20-\x7e]+$/);
	}
};
