import { expect, it } from 'vitest';
import { keysFrom } from './keys-from.js';

it('reads keys however they are separated, each once', () => {
	expect(keysFrom(' 1, 2;3\n1\t4 ')).toEqual(['1', '2', '3', '4']);
	expect(keysFrom(' , ')).toEqual([]);
});
