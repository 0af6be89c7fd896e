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
		summary:
			'Related collections that the rules of a remote source lead to, how each is treated, and how many items it has.',
		input: z.strictObject({ schema: z.unknown() }),
		answer: answer(z.array(ruleClosure)),
	}),
	syncCheck: define({
		method: 'post',
		path: '/sync/peers/:id/check',
		access: 'admin',
		summary: 'Checks step by step whether a remote source can work, and says what is missing, and on which instance.',
		input: z.strictObject({}),
		answer: answer(linkCheck),
	}),
	syncPairing: define({
		method: 'post',
		path: '/sync/peers/:id/pair',
		access: 'admin',
		summary:
			'Makes a code that the instance behind a remote source can redeem for a credential, once, within 15 minutes.',
		input: z.strictObject({}),
		answer: answer(pairingCode),
	}),
	syncUnpair: define({
		method: 'post',
		path: '/sync/peers/:id/unpair',
		access: 'admin',
		summary: 'Revokes the credential and the code of a remote source: its instance cannot use them any more.',
		input: z.strictObject({}),
		answer: answer(unpaired),
	}),
	syncRedeem: define({
		method: 'post',
		path: '/sync/peers/:id/redeem',
		access: 'admin',
		summary:
			'Redeems a code that the other instance made, and stores the credential that it answers with as `api_key`.',
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
