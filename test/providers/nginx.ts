import { expect } from 'vitest';
import { SITE, type Setups, type Within } from './limits.js';
import { serve, type Provider } from './serve.js';

export const KEY = 'nginx-key';
const CACHED = new Set(['/blog/a', '/blog/b', '/blog/c?d=1']);

/**
 * nginx with ngx_cache_purge: PURGE of what is cached answers 200, of what is not 412 (404 as NGINX Plus says it), where
 * it is not set 405; a key in `x-purge-key` in the place of `allow`.
 */
export function start({ missing = 412, takes = true }: { missing?: number; takes?: boolean } = {}): Promise<Provider> {
	const purged: string[] = [];
	return serve(purged, ({ method, path, headers }) => {
		if (method !== 'PURGE' || !takes) return { status: 405, body: '<h1>405 Not Allowed</h1>' };
		if (headers['x-purge-key'] !== KEY) return { status: 403, body: '<h1>403 Forbidden</h1>' };
		if (headers.host !== 'www.example.com' || !CACHED.has(path)) return { status: missing, body: 'not there' };
		purged.push(path);
		return { status: 200, body: '<h1>Successful purge</h1>' };
	});
}

export const setups: Setups = [{}];
export const within: Within = ({ method, url, body }) => {
	expect(method).toBe('PURGE');
	expect(new URL(url).origin).toBe(SITE);
	expect(url).not.toContain('*');
	expect(body).toBeNull();
};
