import type { Items } from '../kernel/ports.js';
import type { Row } from '../kernel/core/row.js';
import { expect, it } from 'vitest';
import { collection, field } from '../../test/schema-overview.js';
import type { ItemChange } from '../capture/core/item-change.js';
import { ALL_ITEMS } from '../contract/vocabulary.js';
import { compileRule } from '../capture/core/watch.js';
import { planToBeSafe } from './plan-to-be-safe.js';

const schema = {
	collections: {
		posts: collection('posts', [field('id', 'integer'), field('slug', 'string'), field('secret', 'string')]),
	},
	relations: [],
};
const rule = (more: Record<string, unknown>) =>
	compileRule(
		{ collection: 'posts', events: ['create', 'update', 'delete'], payload: ['secret'], ...more },
		't',
		0,
		schema,
	);
const items = (row: Row | null): Items =>
	({
		read: async () => (row ? new Map([['5', row]]) : Promise.reject(new Error('cannot be read'))),
	}) as unknown as Items;
const change = (before: Row[]): Map<string, ItemChange[]> => {
	const updated = {
		collection: 'posts',
		item: '5',
		created: false,
		updated: true,
		deleted: false,
		existedBefore: true,
		lastId: 1,
		madeAt: null,
		at: 1,
		steps: [],
		user: null,
		trace: null,
		before,
		replacedAt: before.map(() => 1),
		passed: null,
		beforeRelated: null,
		incomplete: false,
	};
	return new Map([['5', [updated]]]);
};
const error = new Error('no such operator');
const paths = ['/blog/{{slug}}'];

it('names the pages of what an item is and was when its rule cannot be evaluated, and none of its values', async () => {
	const [planned] = await planToBeSafe(
		rule({ paths }),
		change([{ slug: 'old', secret: 'x' }]),
		error,
		items({ id: 5, slug: 'new' }),
	);
	expect(planned).toMatchObject({ item: '5', event: 'update', asItWas: true });
	expect(planned?.old).toEqual({
		fields: null,
		previous: {},
		tags: [],
		paths: ['/blog/old', '/blog/new'],
		unsure: true,
	});
});

it('sends the whole collection when there are paths and none can be made', async () => {
	const [planned] = await planToBeSafe(rule({ paths }), change([]), error, items(null));
	expect(planned).toMatchObject({ item: ALL_ITEMS, event: 'update' });
	expect(planned?.reason).toContain('the whole collection is sent to be safe: no such operator');
});

it('sends the item when its rule has no paths', async () => {
	const [planned] = await planToBeSafe(rule({ tags: ['post:{{id}}'] }), change([]), error, items(null));
	expect(planned).toMatchObject({ item: '5', old: { tags: ['post:5'], paths: [] } });
});
