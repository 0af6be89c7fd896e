import { expect, it } from 'vitest';
import { hostOf } from './target-home.js';

it('names a target by its host', () => {
	expect(hostOf(' https://shop.example/flush ')).toBe('shop.example');
	expect(hostOf('shop')).toBe('');
});
