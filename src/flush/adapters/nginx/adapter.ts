import { z } from 'zod';
import type { Adapter, AdapterTarget } from '../adapter.js';
import { authorize } from '../authorize.js';
import { packChanges, partsOf, type Load } from '../pack.js';
import { atOwnAddress, ownAddress } from '../own-address.js';
import { pageUrls } from '../page-url.js';
import { judgeRefusal } from '../refusal.js';
import { words } from './words.js';

const options = z.strictObject({
	base_url: ownAddress('nginx'),
});
type Options = z.output<typeof options>;

/** A page is purged by a request of its own; `*` would be a wildcard. */
const pages = ({ url }: AdapterTarget<Options>): Load => ({
	of: (change) => pageUrls(change, url).map((page) => page.replaceAll('*', '%2A')),
	max: 1,
});

export const adapter: Adapter<Options> = {
	name: 'nginx',
	title: 'nginx',
	icon: 'developer_board',
	words,
	description:
		'Purges the URL of each path from the cache of nginx (proxy_cache and its kin), which knows no tags. nginx needs a module for it, or NGINX Plus.',
	options,
	signs: false,
	group: (changes, target) => packChanges(changes, target.options.batch_size, [pages(target)]),
	requests: (group, target) =>
		partsOf(group, pages(target))
			.flat()
			.map((page) => {
				const { url, host } = atOwnAddress(page, target.options.base_url);
				return { method: 'PURGE', url, headers: { ...authorize(target), ...host }, body: null };
			}),
	judge: (response) => {
		// What is not in the cache need not be purged: ngx_cache_purge says 412, or 404 as NGINX Plus does.
		if (response.status === 404 || response.status === 412) return { kind: 'delivered' };
		if (response.status === 405 || response.status === 501)
			return {
				kind: 'failed',
				code: `HTTP_${response.status}`,
				message: `nginx answered ${response.status}: check that proxy_cache_purge is set for PURGE at this address`,
			};
		return judgeRefusal(
			response,
			'nginx',
			'check that it lets PURGE through from the address of this server, and api_key where it asks for one',
		);
	},
	rate: () => null,
};
