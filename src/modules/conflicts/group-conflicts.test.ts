import { expect, it } from 'vitest';
import type { Conflict } from '../../contract/answers/conflicts.js';
import { groupConflicts, similarTo, reversedChoice } from './group-conflicts.js';

const conflict = (id: string, change: Partial<Conflict> = {}): Conflict => ({
	id,
	status: 'open',
	kind: 'fields',
	target: 't',
	peer: 'p',
	collection: 'posts',
	sync_id: id,
	item: id,
	deleted: null,
	fields: [{ field: 'title', base: null, here: 'a', there: 'b', took: 'held' }],
	message: '',
	at: '2026-01-01T00:00:00.000Z',
	resolved_at: null,
	resolved_by: null,
	resolution: null,
	...change,
});

it('groups by collection, the largest first', () => {
	const all = [conflict('1', { collection: 'tags' }), conflict('2'), conflict('3')];
	expect(groupConflicts(all).map(({ collection, conflicts }) => [collection, conflicts.length])).toEqual([
		['posts', 2],
		['tags', 1],
	]);
});

it('groups conflicts only if the same choice fits all', () => {
	const other = [{ field: 'views', base: null, here: 1, there: 2, took: 'held' as const }];
	const all = [
		conflict('1'),
		conflict('2'),
		conflict('3', { fields: other }),
		conflict('4', { kind: 'delete', deleted: 'here', fields: [] }),
		conflict('5', { target: 'another' }),
	];
	expect(similarTo(all[0] as Conflict, all).map(({ id }) => id)).toEqual(['2']);
});

it('turns each field to the side that lost', () => {
	const fields = [
		{ field: 'title', base: null, here: 'a', there: 'b', took: 'here' as const },
		{ field: 'views', base: null, here: 1, there: 2, took: 'there' as const },
	];
	expect(reversedChoice(conflict('1', { fields }))).toEqual({ title: 'remote', views: 'local' });
});
