import { describe, expect, it } from 'vitest';
import { isAboutKey, longAway, reasonInAnswer, reasonInInstance } from './pause-reason.js';

const URL = 'https://remote.example';
const answer = (status: number, more: { code?: string; refusal?: string } = {}) =>
	reasonInAnswer({ status, code: more.code ?? null, refusal: more.refusal ?? null }, URL);

describe('an answer', () => {
	it.each<[string, number, { code?: string; refusal?: string }, RegExp | null]>([
		['pauses the link when the token is unknown', 401, {}, /does not know the token/],
		['pauses the link when the user may not sync', 403, {}, /its user may not sync/],
		[
			'pauses the link with the words of the remote when it refuses this instance',
			403,
			{ refusal: 'paired' },
			/: paired$/,
		],
		['pauses the link when there is no extension', 404, {}, /install the extension/],
		['pauses the link when the remote is this instance', 409, { code: 'SAME_INSTANCE' }, /this very instance/],
		['does not pause it at another conflict', 409, { code: 'RECORD_NOT_UNIQUE' }, null],
		['does not pause it while the remote is down', 503, { refusal: 'later' }, null],
	])('%s', (_, status, more, expected) => {
		const reason = answer(status, more);
		if (expected === null) expect(reason).toBeNull();
		else expect(reason).toMatch(expected);
	});

	it('is about the key when another key may help, and only then', () => {
		expect([answer(401), answer(403), answer(403, { refusal: 'x' })].map(isAboutKey)).toEqual([true, true, true]);
		const others = [answer(404), longAway('Shop'), 'paused by a person', null];
		expect(others.map(isAboutKey)).toEqual([false, false, false, false]);
	});
});

it('another instance than the known one pauses the link, and so does this one', () => {
	const [own, known] = ['a', 'b'];
	expect(reasonInInstance('b', { own, known }, URL)).toBeNull();
	expect(reasonInInstance('b', { own, known: null }, URL)).toBeNull();
	expect(reasonInInstance('c', { own, known }, URL)).toMatch(/another instance than before/);
	expect(reasonInInstance('a', { own, known }, URL)).toMatch(/this very instance/);
});
