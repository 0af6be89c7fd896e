import { z } from 'zod';
import { retryAfter, type Verdict } from '../../../delivery/core/verdict.js';
import type { WireResponse } from '../../../kernel/core/wire.js';
import { SigningError, type Adapter, type AdapterTarget } from '../adapter.js';
import { JSON_HEADERS } from '../authorize.js';
import { cdnTags, mapTags, under } from '../cdn-options.js';
import { packChanges, partsOf, type Load } from '../pack.js';
import { pageUrls } from '../page-url.js';
import { judgeRefusal, judgeUnexpected } from '../refusal.js';
import { edgeGrid, edgeGridTime, readEdgerc } from './edgegrid.js';
import { words } from './words.js';

const options = z.strictObject({
	host: z
		.string()
		.regex(/^[a-z0-9.-]+\.akamaiapis\.net$/i, 'expected the host of the API client, as akab-….luna.akamaiapis.net')
		.meta({ description: 'The host of the API client, a line of its .edgerc: akab-….luna.akamaiapis.net.' }),
	network: z.enum(['production', 'staging']).default('production').meta({ description: 'Whose cache.' }),
	delete: z.boolean().default(false).meta({
		description:
			'Deletes pages instead of marking them stale: then nothing is left to be served while the origin is down.',
	}),
	map_tags: mapTags,
	base_url: z
		.url({ protocol: /^https?$/, error: 'expected an http or https URL' })
		.optional()
		.meta({ description: 'Where the Akamai API answers, if not at host. Only to be changed for a proxy or a test.' }),
});
type Options = z.output<typeof options>;

/** `{"objects":[]}` of at most 50,000 bytes (https://techdocs.akamai.com/purge-cache/reference/413), each in quotes and with a comma. */
const BODY = 50_000 - '{"objects":[]}'.length;
const size = (entry: string) => Buffer.byteLength(JSON.stringify(entry)) + 1;

/** Of what is printable Akamai refuses these in a tag (https://techdocs.akamai.com/purge-cache/docs/purge-content-cache-tag). */
const tags = ({ options: { map_tags } }: AdapterTarget<Options>): Load => ({
	of: (change) =>
		cdnTags(change, {
			map: map_tags,
			pathsCount: true,
			forbidden: /[^\x21-\x7e]|[<>*@\\{}:,()"/[\]?;=]/g,
			maxBytes: 128,
		}),
	max: BODY,
	size,
});
const urls = ({ url }: AdapterTarget<Options>): Load => ({
	of: (change) => (change.event === 'test' ? [] : pageUrls(change, url)),
	max: BODY,
	size,
});

/** The limits of requests and of objects have headers each; a request is refused where either is used up. */
function judge(response: WireResponse, now: number): Verdict | null {
	if (response.status === 429)
		return {
			kind: 'retry',
			code: 'HTTP_429',
			message: 'the limit of purges of the Akamai account is used up',
			retryAfterMs: retryAfter(response.headers, now) ?? 5_000,
		};
	return (
		judgeRefusal(
			response,
			'Akamai',
			'check that api_key has client_token, access_token and client_secret of one API client, that it may use the CCU APIs and purge this property, and the clock of this server',
		) ?? judgeUnexpected(response, 'Akamai', 201)
	);
}

export const adapter: Adapter<Options> = {
	name: 'akamai',
	title: 'Akamai',
	icon: 'waves',
	words,
	description:
		'Purges cache tags, and the URLs of paths, by Fast Purge. The API key is what the .edgerc of an API client says: client_token, access_token and client_secret.',
	options,
	signs: false,
	secretsIn: (apiKey) => Object.values(readEdgerc(apiKey) ?? {}),
	group: (changes, target) => packChanges(changes, target.options.batch_size, [tags(target), urls(target)]),
	requests: (group, target) => {
		const { host, network, delete: hard, base_url } = target.options;
		const request = (kind: 'tag' | 'url', objects: string[]) => ({
			method: 'POST',
			url: under(base_url ?? `https://${host}`, `/ccu/v3/${hard ? 'delete' : 'invalidate'}/${kind}/${network}`),
			headers: JSON_HEADERS,
			body: JSON.stringify({ objects }),
		});
		return [
			...partsOf(group, tags(target)).map((part) => request('tag', part)),
			...partsOf(group, urls(target)).map((part) => request('url', part)),
		];
	},
	sign(request, { apiKey }, { now, nonce }) {
		const key = readEdgerc(apiKey ?? '');
		if (!key)
			throw new SigningError(
				'expected client_token = …, access_token = … and client_secret = … in api_key, as in an .edgerc',
			);
		const authorization = edgeGrid(request, key, { timestamp: edgeGridTime(now), nonce });
		return { ...request, headers: { ...request.headers, authorization } };
	},
	judge,
	/** Requests, of one account; objects are told by its answers (https://techdocs.akamai.com/purge-cache/reference/rate-limiting). */
	rate: () => ({ perSecond: 50, burst: 50 }),
};
