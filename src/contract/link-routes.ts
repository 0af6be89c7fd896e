import { z } from 'zod';
import { jsonSchema, linkCheck, paired, pairingCode, ruleClosure, unpaired } from './answers/links.js';
import { answer } from './answers/shapes.js';
import { define } from './define-route.js';
import { instance, syncPaired } from './sync-messages.js';

/** What admins ask before two instances are linked. */
export const linkRoutes = {
	syncOptions: define({
		method: 'get',
		path: '/sync/options',
		access: 'admin',
		summary: 'The JSON Schema of the options of a remote source.',
		input: z.strictObject({}),
		answer: answer(jsonSchema),
	}),
	syncClosure: define({
		method: 'post',
		path: '/sync/closure',
		access: 'admin',
		summary: 'Which related collections the rules of a remote source lead to, and what becomes of each; with counts.',
		input: z.strictObject({ schema: z.unknown() }),
		answer: answer(z.array(ruleClosure)),
	}),
	syncCheck: define({
		method: 'post',
		path: '/sync/peers/:id/check',
		access: 'admin',
		summary: 'Goes through what a remote source needs to work, step by step, and says what is missing where.',
		input: z.strictObject({}),
		answer: answer(linkCheck),
	}),
	syncPairing: define({
		method: 'post',
		path: '/sync/peers/:id/pair',
		access: 'admin',
		summary:
			'Makes a code with which the instance behind a remote source gets a credential of its own here: once, within 15 minutes.',
		input: z.strictObject({}),
		answer: answer(pairingCode),
	}),
	syncUnpair: define({
		method: 'post',
		path: '/sync/peers/:id/unpair',
		access: 'admin',
		summary: 'Takes back the credential of a remote source, and its code: its instance is not known by it any more.',
		input: z.strictObject({}),
		answer: answer(unpaired),
	}),
	syncRedeem: define({
		method: 'post',
		path: '/sync/peers/:id/redeem',
		access: 'admin',
		summary:
			'Brings a code that was made there to the instance behind a remote source, and keeps the credential that it gives as `api_key`.',
		input: z.strictObject({ code: z.string().min(10).max(100) }),
		answer: answer(paired),
	}),
	syncPair: define({
		method: 'post',
		path: '/sync/pair',
		access: 'code',
		summary:
			'Another instance redeems a code for its own credential. The code comes as `Authorization: Downstream-Code …` or in the header `x-downstream-code`.',
		input: z.strictObject({ protocol: z.number().int(), from: instance }),
		answer: answer(syncPaired.meta({ id: 'SyncPaired' })),
	}),
} as const;
