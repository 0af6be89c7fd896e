import { z } from 'zod';
import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import { tagsOf } from '../core/tags.js';
import type { Adapter } from './adapter.js';
import { authorize, JSON_HEADERS } from './authorize.js';
import { bytesOfEntry, webhookBody } from './webhook-body.js';

/**
 * An adapter that posts the changes, signed, to a route of the site itself, which drops what they are about from its own
 * cache. As the webhook does, but with the tags that stand in where a rule names neither tags nor paths.
 */
export const siteRoute = (
	about: Pick<Adapter, 'name' | 'title' | 'icon' | 'description' | 'words'>,
): Adapter<Record<string, unknown>> => ({
	...about,
	options: z.strictObject({}),
	signs: true,
	group: (changes, target) => inGroupsOf(target.options.batch_size, changes),
	bytes: bytesOfEntry,
	requests: (group, target) => [
		{
			method: 'POST',
			url: target.url,
			headers: { ...JSON_HEADERS, ...authorize(target) },
			body: webhookBody(
				group.map((change) => ({ ...change, tags: [...new Set(tagsOf(change, { pathsCount: true }))] })),
			),
		},
	],
	judge: () => null,
	rate: () => null,
});
