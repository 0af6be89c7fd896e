import { expect } from 'vitest';
import { expectList, type Setups, type Within } from './limits.js';
import { isStrings, readObject, serve, type Answer, type Provider } from './serve.js';

export const TOKEN = 'cloudflare-token';
export const ZONE = '0123456789abcdef0123456789abcdef';

const failure = (status: number, code: number, message: string, headers: Record<string, string> = {}): Answer => ({
	status,
	headers,
	body: { success: false, errors: [{ code, message }], messages: [], result: null },
});

/**
 * `POST /client/v4/zones/{zone}/purge_cache`. A tag that is too long or not printable is answered with 200 and
 * `success: false`, as seen in https://github.com/opennextjs/opennextjs-cloudflare/pull/655. Beyond the bucket of the
 * plan (here it never refills): 429. The code for too many items is not documented; the sentence matters here.
 */
export function start({ bucket = 25 }: { bucket?: number } = {}): Promise<Provider> {
	const purged: string[] = [];
	let left = bucket;
	return serve(purged, ({ method, path, headers, body }) => {
		if (headers.authorization === undefined)
			return failure(400, 9106, 'Missing X-Auth-Key, X-Auth-Email or Authorization headers');
		if (headers.authorization !== `Bearer ${TOKEN}`) return failure(403, 10000, 'Authentication error');
		if (method !== 'POST' || path !== `/client/v4/zones/${ZONE}/purge_cache`) {
			return failure(404, 7003, `Could not route to ${path}, perhaps your object identifier is invalid?`);
		}
		const asked = readObject(body);
		const kinds = Object.keys(asked ?? {});
		const [kind] = kinds;
		const items = kind === undefined ? undefined : asked?.[kind];
		if (kinds.length === 1 && asked?.['purge_everything'] === true) {
			purged.push('EVERYTHING');
			return { status: 200, body: { success: true, errors: [], messages: [], result: { id: ZONE } } };
		}
		if (kinds.length !== 1 || !kind || !['tags', 'files', 'prefixes'].includes(kind))
			return failure(400, 1012, 'Request must contain one of "purge_everything", "files", "tags"');
		if (!isStrings(items) || items.length === 0) return failure(400, 1014, `"${kind}" must be an array`);
		if (items.length > 100) return failure(400, 1117, `At most 100 ${kind} are allowed per request`);
		if (kind === 'prefixes' && items.some((item) => /^https?:|\?/.test(item)))
			return failure(400, 1101, 'Prefixes have no scheme and no query');
		if (kind !== 'files') {
			if (left === 0) return failure(429, 1134, 'Unable to purge, rate limit reached', { 'retry-after': '12' });
			left -= 1;
		}
		if (items.some((item) => item.length > 1024))
			return failure(200, 1100, 'Tag exceeds maximum length of 1024 characters');
		if (items.some((item) => !/^[\x20-\x7e]+$/.test(item)))
			return failure(200, 1315, 'Non-printable characters are forbidden in tags');
		purged.push(...items.map((item) => (kind === 'tags' ? item.toLowerCase() : item)));
		return { status: 200, body: { success: true, errors: [], messages: [], result: { id: ZONE } } };
	});
}

/** Every way to set it up, with the options that need saying. */
export const setups: Setups = [{ zone: ZONE }, { zone: ZONE, map_tags: false }];

/** What one request carries, within what the documentation allows. */
export const within: Within = ({ body }) => {
	const said = JSON.parse(body ?? '') as { tags?: string[]; files?: string[] };
	expect(Object.keys(said)).toHaveLength(1);
	expectList(said.tags ?? said.files, { most: 100, longest: 1024, shape: /^[\x21-\x7e]+$/ });
};
