import { z } from 'zod';
import type { Adapter, AdapterTarget } from '../adapter.js';
import { authorize, JSON_HEADERS } from '../authorize.js';
import { baseUrl, cdnTags, mapTags, under } from '../cdn-options.js';
import { packChanges, partsOf, type Load } from '../pack.js';
import { folderUrl, pageUrls } from '../page-url.js';
import { judgeRefusal } from '../refusal.js';
import { words } from './words.js';

const options = z.strictObject({
	pull_zone: z
		.string()
		.regex(/^\d+$/, "expected the pull zone's ID, a number, not its name")
		.meta({ description: "The pull zone's ID: the number in the address of its page." }),
	map_tags: mapTags,
	base_url: baseUrl('the bunny.net API', 'https://api.bunny.net'),
});
type Options = z.output<typeof options>;

/** A tag or an address is a request of its own; together they are retried and shown, and what changes share is purged once. */
const IN_GROUP = 25;
/** A request purges one tag (https://docs.bunny.net/cdn/purge-cache); what a page carries has 1,024 bytes in all. `*` would be a wildcard. */
const tags = ({ options: { map_tags } }: AdapterTarget<Options>): Load => ({
	of: (change) => cdnTags(change, { map: map_tags, pathsCount: true, forbidden: /[^\x21-\x7e]|[,*]/g, maxBytes: 1024 }),
	max: IN_GROUP,
});
/** As a wildcard an address that ends with `/` is purged with all below it, unless it is told to be exact. */
const urls = ({ url }: AdapterTarget<Options>): Load => ({
	of: (change) => (change.event === 'test' ? [] : pageUrls(change, url).map((page) => page.replaceAll('*', '%2A'))),
	max: IN_GROUP,
});

export const adapter: Adapter<Options> = {
	name: 'bunny',
	title: 'bunny.net',
	icon: 'cruelty_free',
	words,
	description: 'Purges tags, and the URLs of paths, from a pull zone of bunny.net. The API key is that of the account.',
	options,
	signs: false,
	credentialHeaders: ['accesskey'],
	group: (changes, target) => packChanges(changes, target.options.batch_size, [tags(target), urls(target)]),
	requests: (group, target) => {
		const { pull_zone, base_url } = target.options;
		const key = authorize({ authHeader: 'accesskey', apiKey: target.apiKey });
		return [
			...partsOf(group, tags(target)).flatMap((part) =>
				part.map((tag) => ({
					method: 'POST',
					url: under(base_url, `/pullzone/${pull_zone}/purgeCache`),
					headers: { ...JSON_HEADERS, ...key },
					body: JSON.stringify({ CacheTag: tag }),
				})),
			),
			...partsOf(group, urls(target)).flatMap((part) =>
				part.map((page) => ({
					method: 'POST',
					url: under(base_url, `/purge?${new URLSearchParams({ url: page, exactPath: 'true' })}`),
					headers: key,
					body: null,
				})),
			),
		];
	},
	wide: ({ wide }, { url, apiKey, options: { pull_zone, base_url } }) => {
		const headers = authorize({ authHeader: 'accesskey', apiKey });
		const post = (rest: string) => ({ method: 'POST', url: under(base_url, rest), headers, body: null });
		if (wide.everything) return [post(`/pullzone/${pull_zone}/purgeCache`)];
		return wide.prefixes.map((prefix) => post(`/purge?${new URLSearchParams({ url: `${folderUrl(prefix, url)}*` })}`));
	},
	judge: (response) =>
		response.status === 404
			? {
					kind: 'failed',
					code: 'HTTP_404',
					message: 'bunny.net knows no such pull zone: check pull_zone, and that api_key is of the account that has it',
				}
			: judgeRefusal(response, 'bunny.net', 'check that api_key is the API key of the account, not of a storage zone'),
	/** Exact purges, of one account (https://docs.bunny.net/docs/cdn-api-purge-rate-limits). */
	rate: () => ({ perSecond: 5, burst: 120 }),
};
