import { expect } from 'vitest';
import { SITE, type Setups, type Within } from './limits.js';
import { readObject, serve, type Provider } from './serve.js';

export const KEY = '8b1f0000-0000-4000-8000-00000000bunny';
export const ZONE = '1234';

/**
 * `POST /pullzone/{id}/purgeCache` with one tag, without one the whole zone, and `POST /purge?url=`. Each takes one of the
 * account's tokens, which never come back here: then 429.
 */
export function start({ tokens = 120 }: { tokens?: number } = {}): Promise<Provider> {
	const purged: string[] = [];
	let left = tokens;
	return serve(purged, ({ method, path, query, headers, body }) => {
		if (headers['accesskey'] !== KEY)
			return { status: 401, body: { Message: 'The request authorization header is not valid.' } };
		const zone = /^\/pullzone\/(\d+)\/purgeCache$/.exec(path)?.[1];
		if (method !== 'POST' || (zone !== undefined && zone !== ZONE))
			return {
				status: 404,
				body: { ErrorKey: 'pullZone.not_found', Message: 'The requested pull zone was not found' },
			};
		if (left === 0) return { status: 429, headers: { 'retry-after': '3' }, body: { Message: 'Too many requests' } };
		left -= 1;
		if (zone === undefined) {
			const url = query.get('url');
			if (!url) return { status: 400, body: { Field: 'Url', Message: 'The URL is required' } };
			const isPrefix = url.includes('*') || (url.endsWith('/') && query.get('exactPath') !== 'true');
			purged.push(isPrefix ? `${url} AND ALL BELOW` : url);
			return { status: 200 };
		}
		const tag = body === '' ? null : readObject(body)?.['CacheTag'];
		purged.push(typeof tag === 'string' && tag !== '' ? tag : 'EVERYTHING');
		return { status: 204 };
	});
}

export const setups: Setups = [{ pull_zone: ZONE }, { pull_zone: ZONE, map_tags: false }];
export const mostRequests = 50;
export const within: Within = ({ url, body }) => {
	if (body === null) {
		const page = new URL(url).searchParams.get('url') ?? '';
		expect(new URL(page).origin).toBe(SITE);
		expect(page).not.toContain('*');
		return;
	}
	const { CacheTag: tag } = JSON.parse(body) as { CacheTag: string };
	expect(tag).toMatch(/^[\x21-\x29\x2b\x2d-\x7e]{1,1024}$/);
};
