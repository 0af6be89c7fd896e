import { z } from 'zod';
import { define } from './define-route.js';

/** What admins ask before two instances are linked. */
export const linkRoutes = {
	syncOptions: define({
		method: 'get',
		path: '/sync/options',
		access: 'admin',
		summary: 'The JSON Schema of the options of a remote source.',
		input: z.strictObject({}),
	}),
	syncClosure: define({
		method: 'post',
		path: '/sync/closure',
		access: 'admin',
		summary: 'Which related collections the rules of a remote source lead to, and what becomes of each; with counts.',
		input: z.strictObject({ schema: z.unknown() }),
	}),
	syncCheck: define({
		method: 'post',
		path: '/sync/peers/:id/check',
		access: 'admin',
		summary: 'Goes through what a remote source needs to work, step by step, and says what is missing where.',
		input: z.strictObject({}),
	}),
} as const;
