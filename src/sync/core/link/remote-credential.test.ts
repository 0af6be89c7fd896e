import { describe, expect, it } from 'vitest';
import {
	broughtBy,
	CODE,
	codeHeaders,
	CREDENTIAL,
	credentialOf,
	isCredential,
	judgeClaim,
	keyHeaders,
	type Claim,
} from './remote-credential.js';

const [ME, OTHER] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'] as const;
const claim = (more: Partial<Claim>): Claim => ({
	from: ME,
	by: { user: 'one', admin: false },
	isPaired: false,
	cameAs: null,
	...more,
});

describe('an instance is believed to be who it says it is', () => {
	it.each<[string, Partial<Claim>, string]>([
		['by a credential of its own', { by: { credential: { instance: ME } } }, 'known'],
		['not by that of another', { by: { credential: { instance: OTHER } } }, 'OTHER_INSTANCE'],
		['by the first user that it came as', {}, 'new'],
		['by the same user again', { cameAs: 'one' }, 'known'],
		['not by another user', { cameAs: 'two' }, 'OTHER_USER'],
		['by any admin, who may do everything anyway', { by: { user: 'x', admin: true }, cameAs: 'two' }, 'known'],
		['not by a user once it is paired', { isPaired: true, cameAs: 'one' }, 'PAIRED'],
		['not even by an admin then', { isPaired: true, by: { user: 'x', admin: true } }, 'PAIRED'],
	])('%s', (_, more, expected) => {
		const answer = judgeClaim(claim(more));
		expect('refused' in answer ? answer.code : answer.remember ? 'new' : 'known').toBe(expected);
		if ('refused' in answer) expect(answer.refused).toMatch(/: (pair|put|let) /);
	});
});

it('a credential is told from a token of Directus, and never sent as one', () => {
	const credential = credentialOf(Buffer.alloc(32, 7));
	expect(isCredential(credential)).toBe(true);
	expect(keyHeaders(credential)).toEqual({ authorization: `Downstream ${credential}` });
	expect(keyHeaders(credential, { Authorization: 'Basic of-a-proxy' })).toEqual({ 'x-downstream-remote': credential });
	expect(codeHeaders('a-code')).toEqual({ authorization: 'Downstream-Code a-code' });
	const extras: Record<string, string>[] = [{}, { Authorization: 'Basic of-a-proxy' }];
	for (const extra of extras)
		for (const [way, headers] of [
			[CREDENTIAL, keyHeaders(credential, extra)],
			[CODE, codeHeaders(credential, extra)],
		] as const) {
			const arrived = {
				...Object.fromEntries(Object.entries(extra).map(([name, value]) => [name.toLowerCase(), value])),
				...headers,
			};
			expect(broughtBy(way, arrived)).toBe(credential);
			expect(broughtBy(way === CODE ? CREDENTIAL : CODE, arrived)).toBeNull();
		}
	expect(broughtBy(CREDENTIAL, { authorization: `Bearer ${credential}` })).toBeNull();
	expect(broughtBy(CREDENTIAL, {})).toBeNull();
	expect(keyHeaders('a token')).toEqual({ authorization: 'Bearer a token' });
	expect(keyHeaders(null)).toEqual({});
});
