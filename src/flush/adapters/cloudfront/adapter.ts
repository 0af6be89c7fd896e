import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import { z } from 'zod';
import type { Verdict } from '../../../delivery/core/verdict.js';
import { inGroupsOf } from '../../../kernel/core/in-groups-of.js';
import type { WireResponse } from '../../../kernel/core/wire.js';
import { SigningError, type Adapter, type AdapterTarget, type FlushChange } from '../adapter.js';
import { baseUrl, cdnTags, identifier, mapTags, under } from '../cdn-options.js';
import { packChanges, partsOf, type Load } from '../pack.js';
import { pagePath, pageUrls, widePatterns } from '../page-url.js';
import { judgeRefusal } from '../refusal.js';
import { words } from './words.js';

const options = z.strictObject({
	distribution: identifier().meta({ description: "The distribution's ID, as E1A2B3C4D5E6F7." }),
	access_key_id: z
		.string()
		.min(16)
		.max(128)
		.regex(/^[A-Z0-9]+$/, 'expected an access key ID, as AKIA… or ASIA…')
		.meta({ description: 'The access key ID of an IAM user; the API key is its secret access key.' }),
	by: z.enum(['tags', 'paths']).default('paths').meta({
		description:
			'paths: invalidates the paths of a rule. tags: invalidates cache tags, which the distribution must have a header for (CacheTagConfig), and paths where a rule names them.',
	}),
	map_tags: mapTags,
	base_url: baseUrl('the CloudFront API', 'https://cloudfront.amazonaws.com'),
});
type Options = z.output<typeof options>;

/**
 * Paths and tags are items of one list; a tag begins with "#" (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-tags.html).
 * 3,000 may be in progress, over all requests: fewer at a time leave room for others.
 */
const items = ({ url, options: { by, map_tags } }: AdapterTarget<Options>): Load => ({
	of: (change) => [
		...(by === 'tags'
			? cdnTags(change, { map: map_tags, pathsCount: true, forbidden: /[^\x21-\x7e]|,/g, maxBytes: 256 }).map(
					(tag) => `#${tag.toLowerCase()}`,
				)
			: []),
		...pathsOf(change, url, by),
	],
	max: 1_000,
});

/** A `*` of content is no wildcard: it would empty the cache, and only 15 may be in progress. */
const pathsOf = (change: FlushChange, url: string, by: Options['by']): string[] =>
	change.event === 'test' && by === 'tags'
		? []
		: pageUrls(change, url).map((page) => pagePath(page).replaceAll('*', '%2A').slice(0, 4_000));

const inXml = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The same for the same changes: sent once more, CloudFront makes no second invalidation of it. */
const referenceOf = (group: FlushChange[], part: string[]) =>
	createHash('sha256')
		.update(JSON.stringify([group.map(({ collection, item, timestamp }) => [collection, item, timestamp]), part]))
		.digest('hex');

function judge(response: WireResponse): Verdict | null {
	const code = /<Code>([A-Za-z]+)<\/Code>/.exec(response.body)?.[1] ?? '';
	const said = /<Message>([^<]*)<\/Message>/.exec(response.body)?.[1] ?? '';
	const message = `CloudFront answered ${response.status}${code ? ` ${code}` : ''}${said ? ` (${said})` : ''}`;
	if (code === 'TooManyInvalidationsInProgress' || code === 'Throttling')
		return { kind: 'retry', code: 'CLOUDFRONT_BUSY', message, retryAfterMs: 10_000 };
	if (response.status === 404 || code === 'NoSuchDistribution')
		return { kind: 'failed', code: 'HTTP_404', message: `${message}: check distribution` };
	if (code === 'RequestExpired' || code === 'SignatureDoesNotMatch')
		return {
			kind: 'failed',
			code: `HTTP_${response.status}`,
			message: `${message}: check that api_key is the secret of access_key_id, and the clock of this server`,
		};
	return judgeRefusal(
		response,
		'CloudFront',
		'check access_key_id and api_key, and that the user may do cloudfront:CreateInvalidation on this distribution',
	);
}

const invalidate = (group: FlushChange[], part: string[], { options }: AdapterTarget<Options>) => ({
	method: 'POST',
	url: under(options.base_url, `/2020-05-31/distribution/${options.distribution}/invalidation`),
	headers: { 'content-type': 'application/xml' },
	body: `<?xml version="1.0" encoding="UTF-8"?><InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Paths><Quantity>${part.length}</Quantity><Items>${part.map((item) => `<Path>${inXml(item)}</Path>`).join('')}</Items></Paths><CallerReference>${referenceOf(group, part)}</CallerReference></InvalidationBatch>`,
});

export const adapter: Adapter<Options> = {
	name: 'cloudfront',
	title: 'Amazon CloudFront',
	icon: 'filter_drama',
	words,
	description:
		'Invalidates paths, or cache tags, of a CloudFront distribution. The API key is the secret access key of an IAM user.',
	options,
	signs: false,
	group: (changes, target) => packChanges(changes, target.options.batch_size, [items(target)]),
	requests: (group, target) => partsOf(group, items(target)).map((part) => invalidate(group, part, target)),
	// No more than 15 wildcards may be in progress.
	wide: (change, target) =>
		inGroupsOf(15, widePatterns(change.wide, target.url)).map((part) => invalidate([change], part, target)),
	async sign(request, { apiKey, options: { access_key_id } }, { now }) {
		if (!apiKey) throw new SigningError('CloudFront needs an api_key: the secret access key of access_key_id');
		const signer = new AwsV4Signer({
			method: request.method,
			url: request.url,
			headers: request.headers,
			body: request.body ?? '',
			accessKeyId: access_key_id,
			secretAccessKey: apiKey,
			service: 'cloudfront',
			region: 'us-east-1',
			datetime: new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, ''),
		});
		const { headers } = await signer.sign();
		return { ...request, headers: { ...request.headers, ...Object.fromEntries(headers) } };
	},
	judge,
	rate: () => null,
};
