import { createSign } from 'node:crypto';
import { z } from 'zod';
import { retryAfter, type Verdict } from '../../../delivery/core/verdict.js';
import type { WireResponse } from '../../../kernel/core/wire.js';
import { SigningError, type Adapter, type AdapterTarget } from '../adapter.js';
import { JSON_HEADERS } from '../authorize.js';
import { baseUrl, cdnTags, identifier, mapTags, under } from '../cdn-options.js';
import { packChanges, partsOf, type Load } from '../pack.js';
import { folderUrl, pagePath, pageUrls } from '../page-url.js';
import { judgeRefusal } from '../refusal.js';
import { words } from './words.js';

const options = z.strictObject({
	project: z
		.string()
		.regex(/^[a-z0-9][a-z0-9.:-]*$/, "expected the project's ID")
		.meta({ description: "The project's ID." }),
	url_map: identifier().meta({ description: 'The name of the URL map of the load balancer.' }),
	map_tags: mapTags,
	base_url: baseUrl('the Compute Engine API', 'https://compute.googleapis.com'),
	token_url: baseUrl('the OAuth server of Google', 'https://oauth2.googleapis.com/token'),
});
type Options = z.output<typeof options>;

const serviceAccount = z.object({ client_email: z.string().min(1), private_key: z.string().includes('PRIVATE KEY') });

function readKey(apiKey: string | null): z.output<typeof serviceAccount> | null {
	try {
		return serviceAccount.safeParse(JSON.parse(apiKey ?? '')).data ?? null;
	} catch {
		return null;
	}
}

/** Ten to a request (https://cloud.google.com/compute/docs/reference/rest/v1/urlMaps/invalidateCache). */
const tags = ({ options: { map_tags } }: AdapterTarget<Options>): Load => ({
	of: (change) => cdnTags(change, { map: map_tags, pathsCount: true, forbidden: /[^\x21-\x7e]|,/g, maxBytes: 120 }),
	max: 10,
});
/** One to a request, without what follows `?`, which is not allowed; `*` would be a wildcard. */
const pages = ({ url }: AdapterTarget<Options>): Load => ({
	of: (change) =>
		change.event === 'test'
			? []
			: pageUrls(change, url).map((page) => page.replace(/\?.*$/, '').replaceAll('*', '%2A')),
	max: 1,
});

const HOUR = 3_600;
const inBase64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * A JWT that asks for an access token (https://developers.google.com/identity/protocols/oauth2/service-account). By
 * `node:crypto`: Google's own library brings an HTTP client that would pass the address guard by.
 */
function assertion({ client_email, private_key }: z.output<typeof serviceAccount>, aud: string, now: number): string {
	const iat = Math.floor(now / 1000);
	const claims = { iss: client_email, scope: 'https://www.googleapis.com/auth/compute', aud, iat, exp: iat + HOUR };
	const text = `${inBase64({ alg: 'RS256', typ: 'JWT' })}.${inBase64(claims)}`;
	try {
		return `${text}.${createSign('RSA-SHA256').update(text).sign(private_key, 'base64url')}`;
	} catch {
		throw new SigningError(
			'the private_key in api_key cannot be read: paste the JSON file of the service account as it is',
		);
	}
}

const BUSY = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'RATE_LIMIT_EXCEEDED']);

function judge(response: WireResponse, now: number): Verdict | null {
	const reasons = [...response.body.matchAll(/"reason"\s*:\s*"([A-Za-z_]+)"/g)].map(([, reason = '']) => reason);
	if (response.status === 403 && reasons.some((reason) => BUSY.has(reason)))
		return {
			kind: 'retry',
			code: 'HTTP_403',
			message: "Google's limit of invalidations is used up",
			retryAfterMs: retryAfter(response.headers, now) ?? 60_000,
		};
	if (response.status === 404)
		return { kind: 'failed', code: 'HTTP_404', message: 'Google knows no such URL map: check project and url_map' };
	return judgeRefusal(
		response,
		'Google',
		'check that the service account may do compute.urlMaps.invalidateCache in this project',
	);
}

const invalidate =
	({ options: { project, url_map, base_url } }: AdapterTarget<Options>) =>
	(rule: object) => ({
		method: 'POST',
		url: under(base_url, `/compute/v1/projects/${project}/global/urlMaps/${url_map}/invalidateCache`),
		headers: JSON_HEADERS,
		body: JSON.stringify(rule),
	});

export const adapter: Adapter<Options> = {
	name: 'google',
	title: 'Google Cloud CDN',
	icon: 'cloud_circle',
	words,
	description:
		'Invalidates cache tags, and paths, of a URL map. The API key is the JSON file of a key of a service account.',
	options,
	signs: false,
	secretsIn: (apiKey) => {
		const key = readKey(apiKey)?.private_key;
		return key ? [key, ...key.split('\n').filter((line) => line.length > 20 && !line.includes('PRIVATE KEY'))] : [];
	},
	group: (changes, target) => packChanges(changes, target.options.batch_size, [tags(target), pages(target)]),
	requests: (group, target) => {
		const request = invalidate(target);
		return [
			...partsOf(group, tags(target)).map((part) => request({ cacheTags: part })),
			...partsOf(group, pages(target)).flatMap((part) =>
				part.map((page) => request({ host: new URL(page).host, path: pagePath(page) })),
			),
		];
	},
	wide: ({ wide }, target) => {
		if (wide.everything) return [invalidate(target)({ path: '/*' })];
		const folders = wide.prefixes.map((prefix) => new URL(folderUrl(prefix, target.url)));
		return folders.map(({ host, pathname }) => invalidate(target)({ host, path: `${pathname}*` }));
	},
	token({ apiKey, options: { token_url } }, { now }) {
		const key = readKey(apiKey);
		if (!key) return null;
		const grant = {
			grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
			assertion: assertion(key, token_url, now),
		};
		return {
			request: {
				method: 'POST',
				url: token_url,
				headers: { 'content-type': 'application/x-www-form-urlencoded' },
				body: new URLSearchParams(grant).toString(),
			},
			check: 'check that the key in api_key still belongs to the service account, and the clock of this server',
		};
	},
	sign(request, _target, { token }) {
		if (!token)
			throw new SigningError(
				'expected the JSON file of a key of a service account in api_key, with client_email and private_key',
			);
		return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
	},
	judge,
	/** At most 500 a minute (https://cloud.google.com/cdn/docs/cache-invalidation-overview). */
	rate: () => ({ perSecond: 8, burst: 20 }),
};
