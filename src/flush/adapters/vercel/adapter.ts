import { z } from 'zod';
import type { Verdict } from '../../../delivery/core/verdict.js';
import type { WireResponse } from '../../../kernel/core/wire.js';
import type { Adapter, AdapterTarget } from '../adapter.js';
import { authorize, JSON_HEADERS } from '../authorize.js';
import { baseUrl, cdnTags, identifier, under } from '../cdn-options.js';
import { packChanges, partsOf, type Load } from '../pack.js';
import { pageUrls } from '../page-url.js';
import { judgeRefusal } from '../refusal.js';
import { words } from './words.js';

const options = z.strictObject({
	by: z.enum(['tags', 'paths']).default('tags').meta({
		description:
			'tags: invalidates cache tags over the Vercel API, and api_key is a Vercel access token. paths: re-renders the ISR pages of the paths, and api_key is the bypass token that the site was built with (32 characters or more).',
	}),
	project: identifier().meta({ description: "The project's ID or name. Not used by paths." }),
	team: identifier()
		.optional()
		.meta({ description: "The team's ID (team_…) or slug, where the project belongs to one." }),
	environment: z
		.enum(['production', 'preview'])
		.default('production')
		.meta({ description: 'Whose cache: of production or of previews.' }),
	delete: z.boolean().default(false).meta({
		description:
			'Deletes at once, so that the next visitor waits for the page, instead of serving the old page one last time.',
	}),
	base_url: baseUrl('the Vercel API', 'https://api.vercel.com'),
});
type Options = z.output<typeof options>;

/** Tags are shared with Next.js' own on Vercel, so they go as written: 16 of 256 bytes, without commas, case counts. */
const tags: Load = {
	of: (change) => cdnTags(change, { map: false, pathsCount: false, forbidden: /[,\p{Cc}]/gu, maxBytes: 256 }),
	max: 16,
};
/** A page is re-rendered by a request of its own. */
const pages = ({ url }: AdapterTarget<Options>): Load => ({ of: (change) => pageUrls(change, url), max: 1 });

const load = (target: AdapterTarget<Options>) => (target.options.by === 'tags' ? tags : pages(target));

function tagsAddress({ base_url, project, team, delete: hard }: Options): string {
	const query = new URLSearchParams({ projectIdOrName: project });
	if (team) query.set(team.startsWith('team_') ? 'teamId' : 'slug', team);
	return under(base_url, `/v1/edge-cache/${hard ? 'dangerously-delete-by-tags' : 'invalidate-by-tags'}?${query}`);
}

/**
 * A page says in a header what the cache did (`x-vercel-cache`, `x-nextjs-cache` where it is not on Vercel). With a
 * wrong bypass token it is served as to anybody, with 200; and a page that was deleted is rightly 404 once refreshed.
 */
function judgePage({ status, headers, body }: WireResponse): Verdict | null {
	const cache = (headers['x-vercel-cache'] ?? headers['x-nextjs-cache'])?.toUpperCase();
	// An answer to HEAD has no body; those of the API do, and a 404 of theirs is a project that is not there.
	if (cache === undefined || body !== '' || status >= 500 || status === 429) return null;
	if (cache === 'REVALIDATED' || status === 404 || status === 410) return { kind: 'delivered' };
	if (!['HIT', 'STALE', 'PRERENDER'].includes(cache)) return null;
	return {
		kind: 'failed',
		code: 'NOT_REVALIDATED',
		message: `the page came from the cache (${cache}) instead of being rendered again: check that api_key is the bypass token that the site was built with`,
	};
}

export const adapter: Adapter<Options> = {
	name: 'vercel',
	title: 'Vercel',
	icon: 'change_history',
	words,
	description: "Invalidates cache tags on Vercel's network, or re-renders the ISR pages of paths.",
	options,
	signs: false,
	credentialHeaders: ['x-prerender-revalidate'],
	group: (changes, target) => packChanges(changes, target.options.batch_size, [load(target)]),
	requests: (group, target) => {
		const { options: chosen, apiKey } = target;
		const parts = partsOf(group, load(target));
		if (chosen.by === 'paths') {
			const headers: Record<string, string> = apiKey ? { 'x-prerender-revalidate': apiKey } : {};
			return parts.flat().map((url) => ({ method: 'HEAD', url, headers, body: null }));
		}
		return parts.map((part) => ({
			method: 'POST',
			url: tagsAddress(chosen),
			headers: { ...JSON_HEADERS, ...authorize({ authHeader: 'bearer', apiKey }) },
			body: JSON.stringify({ tags: part, target: chosen.environment }),
		}));
	},
	judge: (response) =>
		judgePage(response) ??
		judgeRefusal(
			response,
			'Vercel',
			'check that api_key is a Vercel access token that may purge the cache of this project (owner or member), and that team is set where the project belongs to one',
		),
	rate: () => null,
};
