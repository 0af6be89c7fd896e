import { z } from 'zod';
import { answer, page, time, whole } from './answers/shapes.js';
import { define } from './define-route.js';
import { key, paging } from './inputs.js';

const path = z
	.string()
	.max(2_000)
	.regex(/^\/[^\p{Cc}\s\\#]*$/u, 'expected a path such as /blog/ant, without the host');
const tag = z
	.string()
	.max(128)
	.regex(/^[a-z0-9_.-]+$/, 'expected a tag that a read answered with');

const shownOn = z
	.object({
		path: z.string(),
		seen_at: time.meta({ description: 'When a front end made it last.' }),
		certain: z.boolean().meta({
			description: 'It shows the item. Otherwise it shows what cannot be told apart, such as a search.',
		}),
	})
	.meta({ id: 'ShownOn' });

/** The pages of front ends, and what they were made from. */
export const pageRoutes = {
	pages: define({
		method: 'get',
		path: '/pages',
		access: 'admin',
		summary: 'Which pages show an item, as front ends have reported them.',
		input: z.strictObject({
			collection: z.string().min(1).max(255),
			item: key,
			limit: paging(['path'], 'path').limit,
			page: paging(['path'], 'path').page,
		}),
		answer: page(shownOn),
	}),
	reportPages: define({
		method: 'post',
		path: '/pages',
		access: 'admin-or-pages-token',
		summary: 'A front end says which pages it has made from what; the answer names those that may be kept.',
		input: z.strictObject({
			pages: z
				.array(
					z.strictObject({
						path,
						tags: z.array(tag).min(1).max(5_000),
						read_at: whole
							.min(0)
							.meta({ description: 'The earliest `x-downstream-read-at` of its reads, in ms since 1970.' }),
					}),
				)
				.min(1)
				.max(100),
		}),
		answer: answer(z.object({ kept: z.array(z.string()) }).meta({ id: 'PagesKept' })),
	}),
} as const;
