import { describe, expect, it } from 'vitest';
import { idsFromWire, idsToWire } from './rewrite-ids.js';
import type { Identities } from './identities.js';

const FILE = '6f9619ff-8b86-4011-b42d-00c04fc964ff';

function identities(key: string): Identities {
	return {
		syncId: (collection, local) =>
			local === FILE ? FILE : collection === 'articles' && local === key ? 'sync-a' : null,
		localKey: (collection, syncId) =>
			syncId === FILE ? FILE : collection === 'articles' && syncId === 'sync-a' ? key : null,
		userForm: () => null,
		userId: () => null,
	};
}

const [here, there] = [identities('12'), identities('70')];
const node = (key: unknown, collection = 'articles') => ({ type: 'relation', attrs: { key, collection, id: 12 } });
const body = (key: unknown) => ({
	type: 'doc',
	content: [node(key), { text: 'key 12' }, node(FILE, 'directus_files')],
});

describe('ids inside JSON', () => {
	it('are those of each instance, in the named fields only', () => {
		const values = { body: body(12), other: body(12), title: 'articles 12' };
		const wire = idsToWire(values, ['body', 'title', 'absent'], here);
		expect(wire).toEqual({ values: { ...values, body: body('downstream:articles/sync-a') }, missing: [] });
		expect(idsFromWire(wire.values, ['body'], there)).toEqual({
			values: { ...values, body: body(70) },
			missing: [],
		});
	});

	it('stay where they lead to nothing known, and are told', () => {
		expect(idsToWire({ body: node(99) }, ['body'], here)).toEqual({
			values: { body: node(99) },
			missing: [{ field: 'body', collection: 'articles', syncId: '99' }],
		});
		const unknown = { body: node('downstream:articles/other') };
		expect(idsFromWire(unknown, ['body'], there)).toEqual({
			values: unknown,
			missing: [{ field: 'body', collection: 'articles', syncId: 'other' }],
		});
		expect(idsToWire(unknown, ['body'], here)).toEqual({ values: unknown, missing: [] });
	});

	it('are text where they were text, and numbers where they were numbers', () => {
		const values = { body: [node(12), node('12')] };
		const wire = idsToWire(values, ['body'], here).values;
		expect(idsFromWire(wire, ['body'], there).values).toEqual({ body: [node(70), node('70')] });
		expect(idsFromWire(wire, ['body'], here).values).toEqual(values);
	});

	it('are rewritten in JSON that is kept as text, which stays as it was written otherwise', () => {
		const text = (key: string) =>
			`{\n  "n": 12345678901234567890,  "a": [ {"collection" : "articles", "key":${key}, "id":12 } ],\n"b": "key 12"}`;
		for (const key of ['12', '"12"']) {
			const wire = idsToWire({ body: text(key) }, ['body'], here).values;
			expect(wire['body']).not.toBe(text(key));
			expect(idsFromWire(wire, ['body'], there).values['body']).toBe(text(key.replace('12', '70')));
			expect(idsFromWire(wire, ['body'], here).values['body']).toBe(text(key));
		}
		const nested =
			'[{"collection":"articles","key":{"key":12,"collection":"articles"}},{"key":"\\"12","collection":"articles"}]';
		expect(idsToWire({ body: nested }, ['body'], here).values['body']).toBe(
			nested.replace('"key":12', '"key":"downstream:articles/sync-a"'),
		);
		for (const other of [text('99'), `${text('12')},`, 'a text with "collection": "articles", "key": 12', '12', ''])
			expect(idsToWire({ body: other }, ['body'], here).values['body']).toBe(other);
	});

	it('of files in rich text are the same everywhere and stay', () => {
		const text = { body: `<p><img src="/assets/${FILE}?width=12"></p>` };
		expect(idsFromWire(idsToWire(text, ['body'], here).values, ['body'], there).values).toEqual(text);
	});
});
