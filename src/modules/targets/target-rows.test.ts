import { expect, it } from 'vitest';
import type { TargetStatus } from '../endpoint/answers.js';
import { fitting, toRow, type ListedTarget } from './target-rows.js';

const target = (change: Partial<ListedTarget> = {}): ListedTarget => ({
	id: 'a',
	name: 'Shop',
	url: 'https://shop.example/flush',
	status: 'published',
	adapter: null,
	schema: [{ collection: 'articles' }, { name: 'authors', fields: ['id'] }, { collection: 'articles' }, 7],
	...change,
});
const failing = { id: 'a', conditions: [{ code: 'failing' }] } as TargetStatus;

it('reads rules of both spellings, and counts each collection once', () => {
	expect(toRow(target(), undefined, '?')).toMatchObject({
		adapter: 'webhook',
		collections: ['articles', 'authors'],
		rules: 3,
	});
});

it('shows health only of what is published', () => {
	expect(toRow(target(), failing, '?').state).toBe('failing');
	expect(toRow(target(), undefined, '?').state).toBeNull();
	expect(toRow(target({ status: 'draft' }), failing, '?').state).toBe('draft');
});

it('shows the host of a target without a name', () => {
	expect(toRow(target({ name: ' ' }), undefined, '?').name).toBe('shop.example');
	expect(toRow(target({ name: null, url: 'nonsense' }), undefined, '?').name).toBe('?');
});

it('finds by name, address, adapter and collection', () => {
	const rows = [
		toRow(target(), undefined, '?'),
		toRow(target({ id: 'b', name: 'Blog', status: 'draft' }), undefined, '?'),
	];
	expect(fitting(rows, 'AUTHORS', 'all')).toHaveLength(2);
	expect(fitting(rows, 'blo', 'all').map(({ id }) => id)).toEqual(['b']);
	expect(fitting(rows, '', 'published').map(({ id }) => id)).toEqual(['a']);
});

it('tells where the rules send, taken together', () => {
	const directionOf = (schema: unknown) => toRow(target({ schema }), undefined, '?').direction;
	expect(directionOf([{ collection: 'articles', fields: ['*'] }, { name: 'authors' }])).toBe('push');
	expect(directionOf([{ collection: 'a', direction: 'pull' }])).toBe('pull');
	const both = [
		{ collection: 'a', direction: 'push' },
		{ collection: 'b', direction: 'pull' },
	];
	expect(directionOf(both)).toBe('both');
	expect(directionOf(null)).toBeNull();
});
