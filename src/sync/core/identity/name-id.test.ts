import { v5 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { nameId } from './name-id.js';

describe('nameId', () => {
	it('is the UUID, version 5, of the name', () => {
		for (const name of ['', 'articles_tags', JSON.stringify(['articles_tags', 'ä', 'b'])])
			expect(nameId(name)).toBe(v5(name, '6a1fd3f6-2d0e-5c0c-9d0c-0b5f7a3d8e21'));
	});
});
