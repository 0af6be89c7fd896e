import { expect } from 'vitest';
import { expectList, type Setups, type Within } from './limits.js';
import { isStrings, readObject, serve, type Provider } from './serve.js';

export const TOKEN = 'fastly-token';
export const SERVICE = 'SU1Z0isxPaozGVKXdv0eY';

/**
 * `POST /service/{id}/purge` with up to 256 surrogate keys, `POST /purge/{host}/{path}`
 * (https://www.fastly.com/documentation/reference/api/purging/). Soft purges are listed as `soft <key>`.
 */
export function start({ perHour = 100_000 }: { perHour?: number } = {}): Promise<Provider> {
	const purged: string[] = [];
	let left = perHour;
	return serve(purged, ({ method, path, headers, body }) => {
		if (headers['fastly-key'] !== TOKEN)
			return { status: 401, body: { msg: 'Provided credentials are missing or invalid' } };
		if (method !== 'POST') return { status: 405, body: { msg: 'Method not allowed' } };
		const soft = headers['fastly-soft-purge'] === '1' ? 'soft ' : '';
		if (left === 0) {
			return {
				status: 429,
				headers: {
					'fastly-ratelimit-remaining': '0',
					'fastly-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 60),
				},
				body: { msg: 'You have exceeded your hourly rate limit' },
			};
		}
		left -= 1;
		if (path === `/service/${SERVICE}/purge_all`) {
			purged.push('EVERYTHING');
			return { status: 200, body: { status: 'ok' } };
		}
		if (path === `/service/${SERVICE}/purge`) {
			const keys = readObject(body)?.['surrogate_keys'];
			if (!isStrings(keys) || keys.length === 0)
				return { status: 400, body: { msg: 'Bad request', detail: 'No surrogate keys' } };
			if (keys.length > 256)
				return { status: 400, body: { msg: 'Bad request', detail: 'Too many surrogate keys: at most 256' } };
			// Invalid keys are ignored without a word.
			const valid = keys.filter((key) => /^[\x21-\x7e]+$/.test(key) && key.length <= 1024);
			purged.push(...valid.map((key) => `${soft}${key}`));
			return { status: 200, body: Object.fromEntries(valid.map((key, index) => [key, `108-1391560174-${index}`])) };
		}
		if (path.startsWith('/purge/')) {
			purged.push(`${soft}${path.slice('/purge/'.length)}`);
			return { status: 200, body: { status: 'ok', id: '108-1391560174-974124' } };
		}
		return { status: 404, body: { msg: 'Record not found', detail: "Couldn't find Service" } };
	});
}

/** Every way to set it up, with the options that need saying. */
export const setups: Setups = [{ service: 'abc' }, { service: 'abc', map_tags: false }];

/** What one request carries, within what the documentation allows. */
export const within: Within = ({ url, body }) => {
	if (url.startsWith('https://api.fastly.com/purge/')) return expect(url).toMatch(/\/purge\/www\.example\.com\//);
	const { surrogate_keys: keys } = JSON.parse(body ?? '') as { surrogate_keys: string[] };
	return expectList(keys, { most: 256, longest: 1024, shape: /^[\x21-\x7e]+$/ });
};
