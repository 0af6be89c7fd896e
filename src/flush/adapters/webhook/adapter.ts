import { z } from 'zod';
import { inGroupsOf } from '../../../kernel/core/in-groups-of.js';
import type { Adapter } from '../adapter.js';
import { authorize, JSON_HEADERS } from '../authorize.js';
import { bytesOfEntry, webhookBody } from '../webhook-body.js';
import { dutch } from './words.js';

export const adapter: Adapter = {
	name: 'webhook',
	title: 'Webhook',
	icon: 'webhook',
	words: { 'nl-NL': dutch },
	description: 'Posts the changes as a JSON array to a URL, signed where the target has a signing secret.',
	options: z.strictObject({}),
	signs: true,
	group: (changes, target) => inGroupsOf(target.options.batch_size, changes),
	bytes: bytesOfEntry,
	requests: (group, target) => [
		{ method: 'POST', url: target.url, headers: { ...JSON_HEADERS, ...authorize(target) }, body: webhookBody(group) },
	],
	judge: () => null,
	rate: () => null,
};
