import { z } from 'zod';
import type { Adapter, AdapterTarget } from '../adapter.js';
import { authorize, JSON_HEADERS } from '../authorize.js';
import { baseUrl, cdnTags, identifier, mapTags, under } from '../cdn-options.js';
import { packChanges, partsOf, type Load } from '../pack.js';
import { judgeRefusal, judgeUnexpected } from '../refusal.js';
import { words } from './words.js';

const options = z.strictObject({
	site: identifier().meta({ description: "The site's ID, or its name: my-site of my-site.netlify.app." }),
	map_tags: mapTags,
	base_url: baseUrl('the Netlify API', 'https://api.netlify.com'),
});
type Options = z.output<typeof options>;

/**
 * Netlify purges by tag only, so that paths never stand in for tags. No number of tags is documented; 256 keeps a body
 * small. A list that is left out means the whole site: there is a request only where `partsOf` has tags for it.
 */
const tags = ({ options: { map_tags } }: AdapterTarget<Options>): Load => ({
	of: (change) => cdnTags(change, { map: map_tags, pathsCount: false, forbidden: /[^\x21-\x7e]|,/g, maxBytes: 1024 }),
	max: 256,
});

const SITE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const adapter: Adapter<Options> = {
	name: 'netlify',
	title: 'Netlify',
	icon: 'hub',
	words,
	description: 'Purges cache tags of a Netlify site; paths are not looked at. The API key is a personal access token.',
	options,
	signs: false,
	group: (changes, target) => packChanges(changes, target.options.batch_size, [tags(target)]),
	requests: (group, target) => {
		const { site, base_url } = target.options;
		return partsOf(group, tags(target)).map((part) => ({
			method: 'POST',
			url: under(base_url, '/api/v1/purge'),
			headers: { ...JSON_HEADERS, ...authorize({ authHeader: 'bearer', apiKey: target.apiKey }) },
			body: JSON.stringify({ [SITE_ID.test(site) ? 'site_id' : 'site_slug']: site, cache_tags: part }),
		}));
	},
	wide: ({ wide }, { apiKey, options: { site, base_url } }) =>
		wide.everything
			? [
					{
						method: 'POST',
						url: under(base_url, '/api/v1/purge'),
						headers: { ...JSON_HEADERS, ...authorize({ authHeader: 'bearer', apiKey }) },
						body: JSON.stringify({ [SITE_ID.test(site) ? 'site_id' : 'site_slug']: site }),
					},
				]
			: [],
	judge: (response) => {
		if (response.status === 404) {
			return {
				kind: 'failed',
				code: 'HTTP_404',
				message: 'Netlify knows no such site: check site, and that api_key belongs to somebody who may see it',
			};
		}
		return (
			judgeRefusal(
				response,
				'Netlify',
				'check that api_key is a personal access token of somebody who may purge this site',
			) ?? judgeUnexpected(response, 'Netlify', 202)
		);
	},
	/**
	 * At most two in any 5 s, as Netlify allows per tag and per site (https://github.com/netlify/context-and-tools/pull/104):
	 * one every 2.6 s, as a burst of two would make room for a third.
	 */
	rate: () => ({ perSecond: 0.38, burst: 1 }),
};
