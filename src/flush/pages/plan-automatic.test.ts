import { expect, test } from 'vitest';
import { PAGE_SCHEMA } from '../../../test/fixtures/page-world.js';
import { foldChanges, type RecordedChange } from '../../capture/core/item-change.js';
import { buildWatch } from '../../capture/core/watch.js';
import { ALL_ITEMS } from '../../contract/vocabulary.js';
import type { Row } from '../../kernel/core/row.js';
import { collection, field } from '../../../test/schema-overview.js';
import { automaticRules, checkAutomatic } from '../core/pages/automatic-rules.js';
import { planAutomatic } from './plan-automatic.js';

const SCHEMA = {
	...PAGE_SCHEMA,
	collections: {
		...PAGE_SCHEMA.collections,
		articles: collection('articles', [
			...Object.values(PAGE_SCHEMA.collections['articles']?.fields ?? {}),
			field('publish_on', 'timestamp'),
		]),
		directus_permissions: collection('directus_permissions', [field('id', 'integer'), field('fields', 'csv')]),
		directus_users: collection('directus_users', [field('id', 'uuid'), field('email', 'string')]),
		directus_versions: collection('directus_versions', [
			field('id', 'uuid'),
			field('collection', 'string'),
			field('item', 'string'),
			field('key', 'string'),
			field('hash', 'string'),
			field('delta', 'json'),
		]),
		cache_flush_targets: collection('cache_flush_targets', [field('id', 'uuid'), field('name', 'string')]),
	},
};

const change = (more: Partial<RecordedChange>): RecordedChange => ({
	id: 1,
	collection: 'articles',
	item: '5',
	event: 'update',
	at: 1,
	user: null,
	before: null,
	between: null,
	beforeRelated: null,
	absent: false,
	fields: null,
	...more,
});

const plan = (
	changes: RecordedChange[],
	present: Record<string, Row[]>,
	collections?: string[],
	isSupposed = false,
	{ at, versions }: { at?: Record<string, string[]>; versions?: boolean } = {},
) => {
	const watch = buildWatch(automaticRules({ collections, versions, at }, 'site', SCHEMA), SCHEMA);
	const rows = new Map(
		Object.entries(present).map(([name, list]) => [name, new Map(list.map((row) => [String(row['id']), row]))]),
	);
	return planAutomatic(foldChanges(changes), watch, rows, isSupposed);
};

test('all collections but those of Directus are watched, with all their columns, and files', () => {
	const watch = buildWatch(automaticRules({}, 'site', SCHEMA), SCHEMA);
	expect([...watch.collections.keys()].toSorted()).toEqual(
		[...Object.keys(PAGE_SCHEMA.collections), 'directus_permissions'].toSorted(),
	);
	expect(watch.collections.get('tags')?.columns).toEqual(['name', 'status']);
	expect(watch.collections.get('directus_permissions')?.columns).toEqual([]);
});

test('with some collections, those whose rows they show are watched too', () => {
	const watch = buildWatch(automaticRules({ collections: ['authors'] }, 'site', SCHEMA), SCHEMA);
	expect([...watch.collections.keys()].toSorted()).toEqual([
		'articles',
		'authors',
		'block_quote',
		'directus_permissions',
	]);
});

test('collections that are not there, or of which nothing is sent, are told', () => {
	expect(checkAutomatic({ collections: ['articles', 'artikles', 'cache_flush_targets'] }, SCHEMA)).toMatchObject([
		{ path: '/collections/1', code: 'unknown_collection', suggestion: 'articles' },
		{ path: '/collections/2', code: 'refused_collection' },
	]);
});

test('a change is one delivery with its tags, and says why', () => {
	const before = { id: 5, title: 'Ant', status: 'draft', rank: 1, author: 3, cover: null };
	const now = { ...before, author: 4 };
	const { deliveries } = plan([change({ before })], { articles: [now] });
	expect(deliveries).toMatchObject([
		{
			collection: 'articles',
			item: '5',
			event: 'update',
			asItWas: false,
			reason: 'author of articles 5 changed; this row led to authors 3, authors 4',
			old: { tags: ['articles-5', 'articles..', 'articles.author', 'authors-3.', 'authors-4.'] },
		},
	]);
	expect(plan([change({ before })], { articles: [before] })).toMatchObject({
		deliveries: [],
		explained: [{ send: false, reason: 'no value changed' }],
	});
});

test('what was changed and is gone by now purges what it led to', () => {
	const { deliveries } = plan([change({ before: { id: 5, author: 3 } })], {});
	expect(deliveries[0]).toMatchObject({ asItWas: true });
	expect(deliveries[0]?.old.tags).toEqual(expect.arrayContaining(['articles-5', 'articles.', 'authors-3.']));
});

test('what is not known purges everything; what is only supposed leaves open what it does not say', () => {
	expect(plan([change({})], { articles: [{ id: 5 }] }).deliveries[0]?.old.tags).toEqual(['..']);
	expect(plan([change({ item: ALL_ITEMS })], {}).deliveries[0]?.old.tags).toEqual(['..']);
	const supposed = plan([change({})], { articles: [{ id: 5, author: 3 }] }, undefined, true).deliveries[0]?.old.tags;
	expect(supposed).toEqual(expect.arrayContaining(['articles-5', 'articles.title', 'authors-3.']));
	expect(supposed).not.toContain('..');
});

test('changed rights purge everything, in one delivery however many there are', () => {
	const rights = ['1', '2'].map((item) => change({ collection: 'directus_permissions', item }));
	const { deliveries } = plan(rights, {});
	expect(deliveries.map(({ item, old }) => [item, old.tags])).toEqual([
		[ALL_ITEMS, ['..']],
		[ALL_ITEMS, ['..']],
	]);
});

test('a moment that passes is a change where `at` names its field, and nobody’s change elsewhere', () => {
	const passed = change({ passedSince: 1, fields: ['publish_on'] });
	const now = { id: 5, title: 'Ant', author: 3, publish_on: '2026-01-01T00:00:00Z' };
	expect(plan([passed], { articles: [now] }).deliveries).toEqual([]);
	const at = { articles: ['publish_on'] };
	const { deliveries } = plan([passed], { articles: [now] }, undefined, false, { at });
	expect(deliveries).toMatchObject([
		{ item: '5', event: 'update', reason: 'publish_on has passed; this row led to authors 3' },
	]);
	expect(deliveries[0]?.old.tags).toEqual(['articles-5', 'articles..', 'articles.publish_on', 'authors-3.']);
	const renamed = plan(
		[change({ before: { ...now, title: 'Bee' } }), { ...passed, id: 2 }],
		{ articles: [now] },
		undefined,
		false,
		{ at },
	);
	expect(renamed.deliveries[0]?.reason).toBe(
		'publish_on has passed, and title of articles 5 changed; this row led to authors 3',
	);
	expect(plan([passed], { articles: [] }, undefined, false, { at }).explained[0]?.reason).toBe('the item is gone');
});

test('dates that are none are told', () => {
	const at = { articles: ['publish_on', 'title'], artikles: ['publish_on'] };
	expect(checkAutomatic({ at }, SCHEMA)).toMatchObject([
		{ path: '/at/articles/1', code: 'not_a_date' },
		{ path: '/at/artikles', code: 'unknown_collection', suggestion: 'articles' },
	]);
});

test('a preview site is told of versions by the tag of their item, and of what they hold nothing', () => {
	const draft = { id: 'v', collection: 'articles', item: '5', key: 'draft', hash: 'b' };
	const changes = [change({ collection: 'directus_versions', item: 'v', before: { ...draft, hash: 'a' } })];
	const present = { directus_versions: [draft] };
	expect(plan(changes, present).deliveries).toEqual([]);
	const { deliveries } = plan(changes, present, undefined, false, { versions: true });
	expect(deliveries.map(({ old, reason }) => [old.tags, reason])).toEqual([
		[['articles-5'], 'a version of articles 5 changed'],
	]);
	expect(plan(changes, present, ['authors'], false, { versions: true }).deliveries).toEqual([]);
	const watch = buildWatch(automaticRules({ versions: true }, 'site', SCHEMA), SCHEMA);
	expect(watch.collections.get('directus_versions')?.columns).not.toContain('delta');
});
