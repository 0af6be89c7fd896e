import { z } from 'zod';
import { retryAfter, type Verdict } from '../../../delivery/core/verdict.js';
import type { WireResponse } from '../../../kernel/core/wire.js';
import type { Adapter, AdapterTarget } from '../adapter.js';
import { authorize, JSON_HEADERS } from '../authorize.js';
import { baseUrl, cdnTags, identifier, mapTags, under } from '../cdn-options.js';
import { packChanges, partsOf, type Load } from '../pack.js';
import { pageUrls } from '../page-url.js';
import { judgeRefusal, judgeUnexpected } from '../refusal.js';
import { words } from './words.js';

const options = z.strictObject({
	service: identifier().meta({ description: "The service's ID, on the service's page." }),
	soft: z
		.boolean()
		.default(false)
		.meta({ description: 'Marks pages stale, to be served until a fresh one is there, instead of removing them.' }),
	map_tags: mapTags,
	base_url: baseUrl('the Fastly API', 'https://api.fastly.com'),
});
type Options = z.output<typeof options>;

/** One batch (https://www.fastly.com/documentation/reference/api/purging/); keys are printable ASCII without spaces. */
const keys = ({ options: { map_tags } }: AdapterTarget<Options>): Load => ({
	of: (change) => cdnTags(change, { map: map_tags, pathsCount: true, forbidden: /[^\x21-\x7e]/g, maxBytes: 1024 }),
	max: 256,
});
/** A URL is purged by a request of its own. */
const urls = ({ url }: AdapterTarget<Options>): Load => ({
	of: (change) => (change.event === 'test' ? [] : pageUrls(change, url)),
	max: 1,
});

/** Fastly names the end of its hourly limit in headers of its own. */
function judgeTooMany({ status, headers }: WireResponse, now: number): Verdict | null {
	const reset = headers['fastly-ratelimit-reset'];
	if (status !== 429 || reset === undefined) return null;
	const retryAfterMs = retryAfter({ 'ratelimit-remaining': '0', 'ratelimit-reset': reset, ...headers }, now);
	return { kind: 'retry', code: 'HTTP_429', message: "Fastly's hourly limit of purges is used up", retryAfterMs };
}

export const adapter: Adapter<Options> = {
	name: 'fastly',
	title: 'Fastly',
	icon: 'bolt',
	words,
	description:
		'Purges tags (surrogate keys), and the URLs of paths, from a Fastly service. The API key is a token with the scope purge_select.',
	options,
	signs: false,
	credentialHeaders: ['fastly-key'],
	group: (changes, target) => packChanges(changes, target.options.batch_size, [keys(target), urls(target)]),
	requests: (group, target) => {
		const { service, soft, base_url } = target.options;
		const headers: Record<string, string> = {
			...authorize({ authHeader: 'fastly-key', apiKey: target.apiKey }),
			accept: 'application/json',
			...(soft ? { 'fastly-soft-purge': '1' } : {}),
		};
		return [
			...partsOf(group, keys(target)).map((part) => ({
				method: 'POST',
				url: under(base_url, `/service/${service}/purge`),
				headers: { ...JSON_HEADERS, ...headers },
				body: JSON.stringify({ surrogate_keys: part }),
			})),
			...partsOf(group, urls(target)).flatMap((part) =>
				part.map((page) => ({
					method: 'POST',
					url: under(base_url, `/purge/${page.replace(/^https?:\/\//, '')}`),
					headers,
					body: null,
				})),
			),
		];
	},
	wide: ({ wide }, { apiKey, options: { service, base_url } }) =>
		wide.everything
			? [
					{
						method: 'POST',
						url: under(base_url, `/service/${service}/purge_all`),
						headers: { ...authorize({ authHeader: 'fastly-key', apiKey }), accept: 'application/json' },
						body: null,
					},
				]
			: [],
	judge: (response, now) =>
		judgeTooMany(response, now) ??
		judgeRefusal(
			response,
			'Fastly',
			'check that api_key is a Fastly token with the scope purge_select, and that it may use this service',
		) ??
		judgeUnexpected(response, 'Fastly', 200),
	rate: () => null,
};
