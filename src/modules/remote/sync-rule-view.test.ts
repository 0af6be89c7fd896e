import { expect, it } from 'vitest';
import { readContentModel } from '../flush-target/document/content-model.js';
import { magazine } from '../../../test/fixtures/magazine.js';
import { sensibleSyncRule, syncedFields, viewSyncRule } from './sync-rule-view.js';

const model = readContentModel(magazine);

it('shows what a rule says, and what holds where it says nothing', () => {
	expect(viewSyncRule({ collection: 'articles', fields: ['title'] })).toMatchObject({
		collection: 'articles',
		direction: 'push',
		conflict: 'newest',
		onDelete: 'park',
		lists: { fields: ['title'], match: [], rewrite_ids: [] },
		extra: [],
	});
	const all = { name: 'tags', fields: 'all', direction: 'pull', references: { a: 'stop', b: 7 }, mine: 1 };
	expect(viewSyncRule(all)).toMatchObject({
		collection: 'tags',
		direction: 'pull',
		references: { a: 'stop' },
		lists: { fields: null },
		keys: { collection: 'name' },
		extra: ['mine'],
	});
	expect(viewSyncRule('articles')).toBeNull();
});

it('offers a rule with the content of a collection, without its key and what Directus writes itself', () => {
	const rule = sensibleSyncRule(model, 'articles');
	expect(rule).toMatchObject({ collection: 'articles', direction: 'push', conflict: 'newest' });
	expect(rule['fields']).toContain('title');
	expect(syncedFields(model, 'articles').map(({ field }) => field)).not.toContain('id');
});
