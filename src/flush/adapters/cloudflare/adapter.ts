import { z } from 'zod';
import { retryAfter, type Verdict } from '../../../delivery/core/verdict.js';
import { inGroupsOf } from '../../../kernel/core/in-groups-of.js';
import type { WireResponse } from '../../../kernel/core/wire.js';
import type { Adapter, AdapterTarget } from '../adapter.js';
import { authorize, JSON_HEADERS } from '../authorize.js';
import { baseUrl, cdnTags, mapTags, under } from '../cdn-options.js';
import { packChanges, partsOf, type Load } from '../pack.js';
import { folderUrl, pageUrls } from '../page-url.js';
import { words } from './words.js';

const options = z.strictObject({
	zone: z
		.string()
		.regex(/^[0-9a-f]{32}$/i, "expected the zone's ID, 32 hexadecimal digits, not its domain name")
		.meta({ description: "The zone's ID: 32 hexadecimal digits, on the zone's overview page." }),
	plan: z
		.enum(['free', 'pro', 'business', 'enterprise'])
		.default('free')
		.meta({ description: "The zone's plan. It decides how many purges a second Cloudflare takes." }),
	map_tags: mapTags,
	base_url: baseUrl('the Cloudflare API', 'https://api.cloudflare.com/client/v4'),
});
type Options = z.output<typeof options>;

/** Purges by tag, of one account (https://developers.cloudflare.com/cache/how-to/purge-cache/, "Availability and limits"). */
const RATES: Record<Options['plan'], { perSecond: number; burst: number }> = {
	free: { perSecond: 5 / 60, burst: 25 },
	pro: { perSecond: 5, burst: 25 },
	business: { perSecond: 10, burst: 50 },
	enterprise: { perSecond: 50, burst: 500 },
};

/** Purges by URL have a limit of their own, of URLs per second, and of URLs in a request (same page). */
const URLS: Record<Options['plan'], { perSecond: number; perRequest: number }> = {
	free: { perSecond: 800, perRequest: 100 },
	pro: { perSecond: 1_500, perRequest: 100 },
	business: { perSecond: 1_500, perRequest: 100 },
	enterprise: { perSecond: 3_000, perRequest: 500 },
};

/** In lower-case also as written: Cloudflare ignores case, so that two spellings of a tag would be purged twice. */
const tags = ({ options: { map_tags } }: AdapterTarget<Options>): Load => ({
	of: (change) =>
		cdnTags(change, { map: map_tags, pathsCount: true, forbidden: /[^\x21-\x7e]|,/g, maxBytes: 1024 }).map((tag) =>
			tag.toLowerCase(),
		),
	max: 100,
});
const files = ({ url, options: { plan } }: AdapterTarget<Options>): Load => ({
	of: (change) => (change.event === 'test' ? [] : pageUrls(change, url)),
	max: URLS[plan].perRequest,
});

const answer = z.object({
	success: z.boolean(),
	errors: z.array(z.object({ code: z.number().optional(), message: z.string().default('') })).default([]),
});

/** 971: more than 1200 requests in 5 minutes. 1134: the purge limit of the plan. */
const BUSY = new Set([971, 1134]);
/** Words of errors that pass by themselves, for those whose code is not documented. */
const BUSY_WORDS = /rate.?limit|too many|throttl|try again|temporar|internal (server )?error|timed? ?out/i;
/** 10000, 10001: no valid token. 9109: it may not do this. 6003, 6111, 9106: none at all, or one with stray characters. */
const REFUSED = new Set([6003, 6111, 9106, 9109, 10000, 10001]);

/** Cloudflare can say 200 and `success: false` (https://github.com/opennextjs/opennextjs-cloudflare/pull/655). */
function judge(response: WireResponse, now: number): Verdict | null {
	const { status } = response;
	if (status === 408 || status === 425 || status === 429 || status >= 500) return null;
	const ok = status >= 200 && status < 300;
	const answer = read(response.body);
	if (ok && answer?.success) return { kind: 'delivered' };
	const errors = answer?.errors ?? [];
	const text = errors.map(({ code, message }) => `${message}${code === undefined ? '' : ` (${code})`}`).join('; ');
	const code = errors[0]?.code === undefined ? `HTTP_${status}` : `CLOUDFLARE_${errors[0].code}`;
	if (errors.some((error) => REFUSED.has(error.code ?? 0)) || status === 401 || status === 403) {
		return {
			kind: 'failed',
			code,
			message: `Cloudflare refused: ${text || `status ${status}`}. Check that api_key is an API token (not the global key) that has the permission Zone > Cache Purge for this zone`,
		};
	}
	if (errors.some((error) => BUSY.has(error.code ?? 0) || BUSY_WORDS.test(error.message))) {
		return {
			kind: 'retry',
			code,
			message: `Cloudflare did not purge: ${text}`,
			retryAfterMs: retryAfter(response.headers, now),
		};
	}
	if (text) return { kind: 'failed', code, message: `Cloudflare did not purge: ${text}`, divisible: true };
	if (ok)
		return {
			kind: 'failed',
			code: 'CLOUDFLARE_NO_SUCCESS',
			message: `expected {"success":true} from Cloudflare, got ${status} without it: check base_url`,
		};
	return null;
}

function read(body: string): z.output<typeof answer> | null {
	try {
		return answer.safeParse(JSON.parse(body)).data ?? null;
	} catch {
		return null;
	}
}

export const adapter: Adapter<Options> = {
	name: 'cloudflare',
	title: 'Cloudflare',
	icon: 'cloud',
	words,
	description:
		'Purges tags, and the URLs of paths, from a Cloudflare zone. The API key is an API token with the permission Cache Purge.',
	options,
	signs: false,
	group: (changes, target) => packChanges(changes, target.options.batch_size, [tags(target), files(target)]),
	requests: (group, target) => {
		const url = under(target.options.base_url, `/zones/${target.options.zone}/purge_cache`);
		const headers = { ...JSON_HEADERS, ...authorize({ authHeader: 'bearer', apiKey: target.apiKey }) };
		return [
			...partsOf(group, tags(target)).map((part) => ({
				method: 'POST',
				url,
				headers,
				body: JSON.stringify({ tags: part }),
			})),
			...partsOf(group, files(target)).map((part) => ({
				method: 'POST',
				url,
				headers,
				body: JSON.stringify({ files: part }),
			})),
		];
	},
	wide: ({ wide }, target) => {
		const url = under(target.options.base_url, `/zones/${target.options.zone}/purge_cache`);
		const headers = { ...JSON_HEADERS, ...authorize({ authHeader: 'bearer', apiKey: target.apiKey }) };
		const request = (body: object) => ({ method: 'POST', url, headers, body: JSON.stringify(body) });
		if (wide.everything) return [request({ purge_everything: true })];
		const prefixes = wide.prefixes.map((prefix) => folderUrl(prefix, target.url).replace(/^https?:\/\//, ''));
		return inGroupsOf(100, prefixes).map((part) => request({ prefixes: part }));
	},
	judge,
	rate: ({ plan }) => RATES[plan],
	rateOf: (group, target) => {
		if (group.some((change) => change.wide || tags(target).of(change).length > 0)) return null;
		const { perSecond, perRequest } = URLS[target.options.plan];
		return { name: 'urls', perSecond: perSecond / perRequest, burst: 1 };
	},
};
