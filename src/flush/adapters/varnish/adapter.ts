import { z } from 'zod';
import type { Adapter, AdapterTarget } from '../adapter.js';
import { authorize } from '../authorize.js';
import { cdnTags, mapTags } from '../cdn-options.js';
import { atOwnAddress, ownAddress } from '../own-address.js';
import { packChanges, partsOf, type Load } from '../pack.js';
import { pageUrl, pageUrls } from '../page-url.js';
import { judgeRefusal } from '../refusal.js';
import { words } from './words.js';

const options = z.strictObject({
	method: z.enum(['purge', 'xkey-purge', 'xkey-softpurge', 'ban']).default('purge').meta({
		description:
			'What the VCL understands. purge: PURGE of the URL of each path. xkey-purge, xkey-softpurge: PURGE with the tags in a header. ban: BAN with a regular expression over the tags in a header.',
	}),
	header: z
		.string()
		.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is not a header name')
		.optional()
		.meta({
			description:
				'The header that carries the tags: xkey-purge, xkey-softpurge or cache-tags, after the method, unless the VCL reads another.',
		}),
	map_tags: mapTags,
	base_url: ownAddress('Varnish'),
});
type Options = z.output<typeof options>;

/** `http_req_hdr_len`: the longest header line that Varnish takes by default, name and line end included. */
const HEADER_LINE = 8192;
/**
 * A ban matches whole tags of a header that holds several. `\s`, as there must be no blank in it: `ban()` splits what
 * the VCL puts together at white space, then bans nothing and only logs it (`VRT_ban_string` in Varnish' cache_vrt.c).
 */
const [BAN_START, BAN_END] = ['(^|[\\s,])(', ')([\\s,]|$)'];

const headerName = ({ method, header }: Options) =>
	(header ?? (method === 'ban' ? 'cache-tags' : method)).toLowerCase();
const inBan = (tag: string) => tag.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function load(target: AdapterTarget<Options>): Load {
	const { method, map_tags } = target.options;
	if (method === 'purge') return { of: (change) => pageUrls(change, target.url), max: 1 };
	const around =
		headerName(target.options).length + ': \r\n'.length + (method === 'ban' ? BAN_START.length + BAN_END.length : 0);
	return {
		of: (change) => cdnTags(change, { map: map_tags, pathsCount: false, forbidden: /[^\x21-\x7e]|,/g, maxBytes: 1024 }),
		max: HEADER_LINE - around,
		size: (tag) => (method === 'ban' ? inBan(tag) : tag).length + 1,
	};
}

export const adapter: Adapter<Options> = {
	name: 'varnish',
	title: 'Varnish',
	icon: 'dns',
	words,
	description: 'Purges the URLs of paths, or tags by xkey or ban, from Varnish. What it takes is written in its VCL.',
	options,
	signs: false,
	group: (changes, target) => packChanges(changes, target.options.batch_size, [load(target)]),
	requests: (group, target) => {
		const { method } = target.options;
		const parts = partsOf(group, load(target));
		const key = authorize(target);
		if (method === 'purge') {
			return parts.flat().map((page) => {
				const { url, host } = atOwnAddress(page, target.options.base_url);
				return { method: 'PURGE', url, headers: { ...key, ...host }, body: null };
			});
		}
		const { url, host } = atOwnAddress(pageUrl('/', target.url), target.options.base_url);
		return parts.map((part) => {
			const value = method === 'ban' ? `${BAN_START}${part.map(inBan).join('|')}${BAN_END}` : part.join(' ');
			return {
				method: method === 'ban' ? 'BAN' : 'PURGE',
				url,
				headers: { ...key, ...host, [headerName(target.options)]: value },
				body: null,
			};
		});
	},
	judge: (response) => {
		// The VCL in vmod_xkey's README answers so where nothing under that key is cached.
		if (response.status === 404 && /key not found|not in cache/i.test(response.body)) return { kind: 'delivered' };
		if (response.status === 405 || response.status === 501) {
			return {
				kind: 'failed',
				code: `HTTP_${response.status}`,
				message: `Varnish answered ${response.status}: check that its VCL handles this method, and that its ACL has the address of this server`,
			};
		}
		return judgeRefusal(
			response,
			'Varnish',
			'check that the ACL in its VCL has the address of this server, and api_key where it asks for one',
		);
	},
	rate: () => null,
};
