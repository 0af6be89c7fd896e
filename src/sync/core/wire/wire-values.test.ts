import { describe, expect, it } from 'vitest';
import type { SyncField, SyncModel } from '../rules/sync-model.js';
import { fromWire, toWire } from './wire-values.js';
import type { Identities } from './identities.js';

const field = (name: string, more: Partial<SyncField> = {}): [string, SyncField] => [
	name,
	{ field: name, kind: 'value', type: 'string', related: null, typeField: null, required: false, ...more },
];

const model: SyncModel = {
	collection: 'articles',
	primary: 'id',
	keyType: 'integer',
	singleton: false,
	fields: new Map([
		field('title'),
		field('price', { type: 'decimal' }),
		field('secret', { type: 'hash' }),
		field('author', { kind: 'reference', type: 'integer', related: 'authors' }),
		field('item', { kind: 'many-to-any', typeField: 'collection' }),
		field('owner', { kind: 'user', type: 'uuid' }),
	]),
	junction: null,
};

/** Of every instance: authors under their own keys, and one user under two ids. */
function identities(keys: Record<string, string>, user: string): Identities {
	return {
		syncId: (collection, key) =>
			Object.entries(keys).find(([, local]) => local === `${collection} ${key}`)?.[0] ?? null,
		localKey: (collection, syncId) =>
			keys[syncId]?.startsWith(`${collection} `) ? keys[syncId].slice(collection.length + 1) : null,
		userForm: (id) => (id === user ? 'email:a@example.com' : null),
		userId: (form) => (form === 'email:a@example.com' ? user : null),
	};
}

const here = identities({ 'sync-a': 'authors 12', 'sync-b': 'blocks 3' }, 'user-here');
const there = identities({ 'sync-a': 'authors 70', 'sync-b': 'blocks 8' }, 'user-there');
const row = {
	id: 1,
	title: 'One',
	price: '1.50',
	secret: 'x',
	author: 12,
	item: '3',
	collection: 'blocks',
	owner: 'user-here',
};

describe('toWire', () => {
	it('names what a row refers to by what it is called everywhere, and never sends a secret', () => {
		expect(toWire(row, model, here)).toEqual({
			values: {
				title: 'One',
				price: '1.5',
				author: { $ref: 'sync-a' },
				item: { $ref: 'sync-b', of: 'blocks' },
				owner: { $user: 'email:a@example.com' },
			},
			missing: [],
		});
	});

	it('says which references lead to nothing that is synced', () => {
		const { values, missing } = toWire({ author: 99, owner: 'gone' }, model, here);
		expect(values).toEqual({ author: null, owner: { $user: 'id:gone' } });
		expect(missing).toEqual([{ field: 'author', collection: 'authors', syncId: '99' }]);
	});

	it('does not take what was not read for empty', () => {
		expect(toWire({ title: null }, model, here).values).toEqual({ title: null });
	});
});

describe('fromWire', () => {
	it('gives the keys of this instance', () => {
		expect(fromWire(toWire(row, model, here).values, model, there)).toEqual({
			values: { title: 'One', price: '1.5', author: 70, item: '8', collection: 'blocks', owner: 'user-there' },
			missing: [],
		});
	});

	it('leaves empty what has not arrived, and says what that is', () => {
		const wire = {
			author: { $ref: 'new' },
			item: { $ref: 'new', of: 'blocks' },
			owner: { $user: 'email:b@example.com' },
		};
		expect(fromWire(wire, model, there)).toEqual({
			values: { author: null, item: null, collection: null, owner: null },
			missing: [
				{ field: 'author', collection: 'authors', syncId: 'new' },
				{ field: 'item', collection: 'blocks', syncId: 'new' },
				{ field: 'owner', collection: 'directus_users', syncId: 'email:b@example.com' },
			],
		});
	});

	it('leaves out fields that are not in the model', () => {
		expect(fromWire({ id: 7, title: 'One' }, model, there).values).toEqual({ title: 'One' });
	});
});

it('ids inside JSON travel as sync ids, of synced collections in named fields only', () => {
	const rewriting: SyncModel = {
		...model,
		fields: new Map([
			field('body', { type: 'json', rewrites: new Set(['authors']) }),
			field('other', { type: 'json' }),
		]),
	};
	const mention = (key: unknown, collection: string) => ({ type: 'relation', attrs: { key, collection } });
	const content = [mention(12, 'authors'), mention(3, 'blocks')];
	const wire = toWire({ body: JSON.stringify(content), other: content }, rewriting, here);
	expect(wire.values).toEqual({
		body: [mention('downstream:authors/sync-a', 'authors'), mention(3, 'blocks')],
		other: content,
	});
	expect(fromWire(wire.values, rewriting, there)).toEqual({
		values: { body: [mention(70, 'authors'), mention(3, 'blocks')], other: content },
		missing: [],
	});
	const strange = { body: [mention('downstream:authors/new', 'authors')] };
	expect(fromWire(strange, rewriting, there)).toEqual({
		values: strange,
		missing: [{ field: 'body', collection: 'authors', syncId: 'new' }],
	});
});
