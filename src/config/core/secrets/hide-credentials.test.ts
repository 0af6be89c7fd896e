import { describe, expect, it } from 'vitest';
import { diffValues } from '../plan/diff-values.js';
import { HIDDEN, withoutCredentials } from './hide-credentials.js';

const TOKEN = 'Bearer 0123456789abcdef';

describe('what is shown of a value', () => {
	it('keeps everything except credentials', () => {
		const options = { url: 'https://shop.test', headers: [{ header: 'Authorization', value: TOKEN }], retries: 3 };
		expect(withoutCredentials({ field: 'options', from: undefined, to: options })).toEqual({
			field: 'options',
			from: undefined,
			to: { ...options, headers: [{ header: 'Authorization', value: HIDDEN }] },
		});
	});

	it('distinguishes an empty value from a missing one', () => {
		expect(withoutCredentials({ field: 'note', to: null })).toEqual({ field: 'note', to: null });
	});

	it.each([
		[{ header: 'Authorization', value: TOKEN }, 'another one, as long as it has to be'],
		[{ header: 'X-Api-Key', value: 'nothing-to-see' }, 'changed-since'],
		[{ name: 'token', value: 'abc' }, 'def'],
	])('tells no credential of a list of headers or parameters, not in its path either: %j', (secret, value) => {
		const other = Object.fromEntries(Object.keys(secret).map((key) => [key, key === 'value' ? 'json' : 'Accept']));
		const changes = diffValues('options.headers', [other, secret], [other, { ...secret, value }]);
		expect(changes).toHaveLength(1);
		const shown = JSON.stringify(changes.map(withoutCredentials));
		expect(shown).toContain(HIDDEN);
		for (const told of [secret.value, value]) expect(shown).not.toContain(`"${told}"`);
		expect(shown).not.toContain(TOKEN);
	});

	it('is no credential in a path, where a list has nothing else to be told apart by', () => {
		expect(withoutCredentials({ field: `rules[${TOKEN}].action`, from: 'a', to: 'b' }).field).toBe('rules[…].action');
	});
});
