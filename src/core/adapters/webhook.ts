import { z } from 'zod';
import { ALL_ITEMS } from '../vocabulary.js';
import { authorize, JSON_HEADERS } from './authorize.js';
import type { Adapter, FlushChange } from './adapter.js';
import { inGroupsOf } from './pack.js';

/**
 * The body that users of `cache-flush` parse today (contract §4): a JSON array with one entry per change.
 * A change of every item of a collection carries `"keys": "*"` and no fields.
 */
export function webhookBody(changes: FlushChange[]): string {
	return JSON.stringify(
		changes.map(({ collection, event, item, fields, previous, tags, paths, timestamp }) => ({
			collection,
			event,
			...(item === ALL_ITEMS ? { keys: ALL_ITEMS } : {}),
			fields,
			...(previous ? { previous } : {}),
			...(tags.length > 0 ? { tags } : {}),
			...(paths.length > 0 ? { paths } : {}),
			timestamp,
		})),
	);
}

export const webhook: Adapter = {
	name: 'webhook',
	title: 'Webhook',
	description: 'Posts the changes as a JSON array to a URL, signed where the target has a signing secret.',
	options: z.strictObject({}),
	signs: true,
	group: (changes, target) => inGroupsOf(target.options.batch_size, changes),
	requests: (group, target) => [
		{ method: 'POST', url: target.url, headers: { ...JSON_HEADERS, ...authorize(target) }, body: webhookBody(group) },
	],
	judge: () => null,
	rate: () => null,
};
