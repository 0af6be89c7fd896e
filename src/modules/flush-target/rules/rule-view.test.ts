import { expect, it } from 'vitest';
import { viewRule } from './rule-view.js';

it('reads a rule in either spelling, and lists keys it cannot show', () => {
	expect(viewRule({ name: 'a', fields: ['id'], 'x-note': 1 })).toMatchObject({
		collection: 'a',
		events: ['create', 'update', 'delete'],
		lists: { payload: ['id'], via: [], at: [] },
		keys: { collection: 'name', payload: 'fields' },
		extra: ['x-note'],
	});
	expect(viewRule({ collection: 'a', name: 'b', payload: [], events: ['delete', 'odd'] })).toMatchObject({
		events: ['delete'],
		keys: { collection: 'collection', payload: 'payload' },
		extra: ['name'],
	});
});

it('shows date fields whose moment counts', () => {
	expect(viewRule({ collection: 'a', payload: ['id'], at: ['publish_on'] })).toMatchObject({
		lists: { at: ['publish_on'] },
		extra: [],
	});
});

it('does not show a value as a list if it is not one', () => {
	expect(viewRule({ payload: 'id', tags: [1], when: [] })).toMatchObject({
		lists: { payload: null, tags: null },
		when: null,
	});
	expect(viewRule(7)).toBeNull();
	expect(viewRule(null)).toBeNull();
});
