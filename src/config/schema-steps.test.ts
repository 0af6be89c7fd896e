import { expect, test } from 'vitest';
import type { Snapshot } from '../contract/bundle.js';
import { exampleState } from '../../test/fixtures/example-state.js';
import { schemaChanges } from './core/schema/schema-changes.js';
import { isDestructive, schemaSteps } from './schema-steps.js';

const current = exampleState().snapshot;

function stepsTo(change: (snapshot: Snapshot) => void) {
	const wanted = structuredClone(current);
	change(wanted);
	return schemaSteps(schemaChanges(current, wanted, { mirror: true }).changes, current, wanted);
}

test('a new collection comes with its fields, and nothing is done twice', () => {
	const steps = stepsTo(({ collections, fields }) => {
		collections.push({ collection: 'pages', meta: { collection: 'pages' }, schema: { name: 'pages' } });
		for (const field of ['id', 'title'])
			fields.push({ collection: 'pages', field, type: 'string', meta: {}, schema: {} });
	});
	expect(steps).toHaveLength(1);
	expect(steps[0]).toMatchObject({
		step: { kind: 'collections', action: 'create', fields: [{ field: 'id' }, { field: 'title' }] },
		changes: [{ sync_id: 'pages' }, { sync_id: 'pages.id' }, { sync_id: 'pages.title' }],
	});
});

test('of what changes only that is written: an unchanged status trips the licence', () => {
	const [collection, field] = stepsTo(({ collections, fields }) => {
		for (const entry of collections)
			if (entry.collection === 'articles') entry['meta'] = { ...Object(entry['meta']), note: 'New' };
		for (const entry of fields) if (entry.field === 'title') entry['meta'] = { ...Object(entry['meta']), note: 'New' };
	});
	expect(collection?.step).toEqual({
		kind: 'collections',
		action: 'update',
		collection: 'articles',
		meta: { note: 'New' },
	});
	expect(field?.step).toMatchObject({ action: 'update', schema: null, meta: { note: 'New' } });
});

test('a column that changes is written in full, since it cannot be altered in part', () => {
	const [step] = stepsTo(({ fields }) => {
		for (const entry of fields)
			if (entry.field === 'title') entry['schema'] = { ...Object(entry['schema']), max_length: 100 };
	});
	expect(step?.step).toMatchObject({
		action: 'update',
		type: 'string',
		meta: null,
		schema: { name: 'title', table: 'articles', max_length: 100 },
	});
});

test('a lost key of a collection is no lost collection (directus/directus #27877)', () => {
	const steps = stepsTo(({ collections }) => {
		for (const entry of collections) if (entry.collection === 'articles') entry['meta'] = { collection: 'articles' };
	});
	expect(steps.filter(({ step }) => step.action === 'delete')).toEqual([]);
});

test('a replacement counts as destructive like the drop before it', () => {
	const steps = stepsTo(({ fields }) => {
		for (const entry of fields) if (entry.field === 'title') Object.assign(entry, { type: 'alias', schema: null });
		fields.push({ collection: 'articles', field: 'added', type: 'string', meta: {}, schema: {} });
	});
	const destructive = steps.filter((step) => isDestructive(step, steps)).map(({ step }) => step.action);
	expect(destructive.toSorted()).toEqual(['create', 'delete']);
	expect(steps).toHaveLength(3);
});
