import { z } from 'zod';
import { tagsOf, writtenTag } from '../../core/tags.js';
import type { Adapter, FlushChange } from '../adapter.js';
import { authorize, JSON_HEADERS } from '../authorize.js';
import { packChanges, partsOf, type Load } from '../pack.js';
import { bytesOfEntry, webhookBody } from '../webhook-body.js';
import { words } from './words.js';

/** What Next.js takes (https://nextjs.org/docs/app/api-reference/functions/revalidateTag): as written, 256 characters. */
const tags: Load = {
	of: (change) =>
		tagsOf(change, { pathsCount: true }).map((tag) => writtenTag(tag, { forbidden: /[\r\n]/g, maxCharacters: 256 })),
	max: 128,
};

/**
 * What each request says of a group: every tag once, in as many requests as that takes. The first has every change and
 * its paths; the further ones have only the changes whose tags did not fit.
 */
function bodies(group: FlushChange[]): FlushChange[][] {
	const parts = partsOf(group, tags);
	return (parts.length > 0 ? parts : [[]]).map((part, index) => {
		const left = new Set(part);
		return group.flatMap((change) => {
			const own = tags.of(change).filter((tag) => left.delete(tag));
			if (index > 0) return own.length > 0 ? [{ ...change, tags: own, paths: [] }] : [];
			return [{ ...change, tags: own }];
		});
	});
}

export const adapter: Adapter = {
	name: 'nextjs',
	title: 'Next.js',
	icon: 'web',
	words,
	description:
		'Posts the changes, signed, to a route of the site that revalidates their tags and paths (see examples/nextjs). Each tag is named once per request, as the rule writes it.',
	options: z.strictObject({}),
	signs: true,
	group: (changes, target) => packChanges(changes, target.options.batch_size, [tags]),
	bytes: bytesOfEntry,
	requests: (group, target) =>
		bodies(group).map((body) => ({
			method: 'POST',
			url: target.url,
			headers: { ...JSON_HEADERS, ...authorize(target) },
			body: webhookBody(body),
		})),
	judge: () => null,
	rate: () => null,
};
