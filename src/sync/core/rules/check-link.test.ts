import { expect, it } from 'vitest';
import { checkLink, type CheckStepName, type LinkFacts } from './check-link.js';
import { PROTOCOL } from '../../../contract/sync-messages.js';

const welcome = {
	instance: 'bbbbbbbbbbbb',
	version: '1.2.3',
	protocol: PROTOCOL,
	now: 0,
	knows_you: true,
	collections: {},
};
const fine: LinkFacts = {
	url: 'https://b.example',
	instance: 'aaaaaaaaaaaa',
	ownUrl: 'https://a.example',
	unreachable: null,
	isDirectus: true,
	hasDownstream: true,
	hasToken: true,
	refusal: null,
	welcome,
	knowsToken: true,
	known: 'bbbbbbbbbbbb',
	ahead: 500,
	pulled: ['posts'],
	denied: [],
};
const refused = (status: number, code: string, more: Partial<LinkFacts> = {}): LinkFacts => ({
	...fine,
	welcome: null,
	knowsToken: false,
	refusal: { status, code, message: 'the other side speaks version 2' },
	...more,
});

it('finds nothing wrong with a link that works', () => {
	expect(new Set(checkLink(fine).map(({ state }) => state))).toEqual(new Set(['ok']));
});

it.each<[string, LinkFacts, CheckStepName, 'missing' | 'warning', RegExp]>([
	[
		'no answer',
		{ ...refused(0, ''), unreachable: 'refused' },
		'reachable',
		'missing',
		/Nothing answers at https:\/\/b/,
	],
	['no Directus', { ...fine, isDirectus: false }, 'reachable', 'warning', /without \/admin/],
	[
		'no extension',
		refused(404, 'NOT_THERE', { hasDownstream: false, knowsToken: true, pulled: [] }),
		'downstream',
		'warning',
		/one way.*install/,
	],
	['no token', refused(403, 'FORBIDDEN', { hasToken: false }), 'token', 'missing', /No token is stored here/],
	['a wrong token', refused(401, 'UNAUTHORIZED'), 'token', 'missing', /generate a new token/],
	['a user without the policy', refused(403, 'FORBIDDEN'), 'policy', 'missing', /policy "Data Sync" there/],
	[
		'a user without any permission',
		{ ...fine, denied: ['posts', 'tags'] },
		'policy',
		'missing',
		/may not write posts and tags at .*policy "Data Sync" there/,
	],
	['another protocol', refused(400, 'PROTOCOL'), 'protocol', 'missing', /version 2/],
	['this very instance', { ...fine, welcome: { ...welcome, instance: 'aaaaaaaaaaaa' } }, 'identity', 'missing', /copy/],
	['another instance', { ...fine, known: 'cccccccccccc' }, 'identity', 'warning', /Another instance/],
	['clocks apart', { ...fine, ahead: -120_000 }, 'clock', 'warning', /120 s behind/],
	['no source back', { ...fine, welcome: { ...welcome, knows_you: false } }, 'back', 'missing', /https:\/\/a\.example/],
])('says what to do about %s', (_name, facts, step, state, message) => {
	const found = checkLink(facts);
	expect(found.find((one) => one.step === step)).toMatchObject({
		state,
		message: expect.stringMatching(message) as string,
	});
	const wrong = found.filter((issue) => issue.state === 'missing' || issue.state === 'warning');
	expect(wrong.map((issue) => issue.step)).toEqual([step]);
});

it('names what does not go without the extension there', () => {
	const without = refused(404, 'NOT_THERE', { hasDownstream: false });
	const states = Object.fromEntries(checkLink(without).map(({ step, state }) => [step, state]));
	expect(states).toMatchObject({ downstream: 'warning', token: 'missing', policy: 'unknown', back: 'missing' });
});

it('asks for no source back where nothing is taken from there', () => {
	const back = checkLink({ ...fine, welcome: { ...welcome, knows_you: false }, pulled: [] }).at(-1);
	expect(back).toMatchObject({ step: 'back', state: 'ok' });
});
