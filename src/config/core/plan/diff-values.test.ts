import { describe, expect, it } from 'vitest';
import { columnOf, diffElement, diffValues, sameJson, writtenValues } from './diff-values.js';

const known = new Set(['name', 'options', 'roles', 'folder', 'fields', 'project_name', 'ai_openai_api_key']);

describe('the difference of two values', () => {
	it('is told where it lies', () => {
		const from = { url: 'a', headers: { accept: 'x', age: 1 }, list: [1, 2] };
		const to = { headers: { age: 2, accept: 'x' }, list: [1, 3], url: 'a' };
		expect(diffValues('options', from, to)).toEqual([
			{ field: 'options.headers.age', from: 1, to: 2 },
			{ field: 'options.list', from: [1, 2], to: [1, 3] },
		]);
	});

	it('lists added and removed values', () => {
		expect(diffValues('o', { a: 1, b: null }, { a: 1, c: 2 })).toEqual([
			{ field: 'o.b', from: null, to: undefined },
			{ field: 'o.c', from: undefined, to: 2 },
		]);
	});

	it('is the whole value where nothing is left of the old one', () => {
		const [from, to] = [{ status: { _eq: 'a' } }, { _and: [] }];
		expect(diffValues('permissions', from, to)).toEqual([{ field: 'permissions', from, to }]);
	});

	it('follows the entries of a list by what they are called, unless their order changes', () => {
		const bar = [
			{ id: 'content', enabled: true },
			{ id: 'users', enabled: true },
		];
		const off = [
			{ id: 'content', enabled: false },
			{ id: 'users', enabled: true },
			{ id: 'files', enabled: true },
		];
		expect(diffValues('module_bar', bar, off)).toEqual([
			{ field: 'module_bar[content].enabled', from: true, to: false },
			{ field: 'module_bar[files]', from: undefined, to: { id: 'files', enabled: true } },
		]);
		const turned = [...bar].reverse();
		expect(diffValues('module_bar', bar, turned)).toEqual([{ field: 'module_bar', from: bar, to: turned }]);
	});

	it('ignores the order of keys', () => {
		expect(sameJson({ a: 1, b: [{ c: 1, d: undefined }] }, { b: [{ c: 1 }], a: 1 })).toBe(true);
		expect(sameJson({ a: null }, {})).toBe(false);
		expect(sameJson([1, 2], [2, 1])).toBe(false);
	});
});

describe('the difference of two elements', () => {
	const diff = (kind: 'flows' | 'policies' | 'settings', current: object, wanted: object) =>
		diffElement(kind, { _syncId: 'x', ...current }, { _syncId: 'x', ...wanted }, known);

	it('leaves unmentioned fields alone, and treats a missing value as null', () => {
		expect(diff('flows', { name: 'a', folder: 'f' }, { name: 'a' }).fields).toEqual([]);
		expect(diff('flows', { name: 'a' }, { name: 'a', folder: null }).fields).toEqual([]);
		expect(diff('flows', { name: 'a', folder: 'f' }, { name: 'a', folder: null }).fields).toEqual([
			{ field: 'folder', from: 'f', to: null },
		]);
	});

	it('tells fields that this Directus does not have, where they hold something', () => {
		expect(diff('flows', {}, { group: 'x', other: null })).toEqual({ fields: [], unknown: ['group'] });
	});

	it('never compares a secret, whether it is set, masked or missing', () => {
		for (const key of ['sk-1', '**********', null])
			expect(diff('settings', { ai_openai_api_key: 'sk-2' }, { ai_openai_api_key: key })).toEqual({
				fields: [],
				unknown: [],
			});
		expect(diff('flows', { options: 'a' }, { options: '**********' }).fields).toEqual([]);
	});

	it('compares the roles of a policy as a set, whichever version wrote them', () => {
		const roles = [
			{ role: 'a', sort: 1 },
			{ role: null, sort: 2 },
		];
		expect(
			diff('policies', { roles }, { roles: [...roles].reverse().map((entry) => ({ ...entry, user: null })) }).fields,
		).toEqual([]);
		expect(diff('policies', { roles }, { roles: roles.slice(0, 1) }).fields).toEqual([
			{ field: 'roles[public]', from: roles[1], to: undefined },
		]);
		expect(diff('policies', { roles }, { roles: [{ role: 'a', sort: 3 }, roles[1]] }).fields).toEqual([
			{ field: 'roles[a].sort', from: 1, to: 3 },
		]);
	});
});

describe('what a step writes', () => {
	it('is whole columns, however deep the difference lies', () => {
		const wanted = { _syncId: 'x', options: { a: 1, b: 2 }, resolve: 'y' };
		const fields = [
			{ field: 'options.a', from: 0, to: 1 },
			{ field: 'resolve', from: 'z', to: null },
		];
		expect(writtenValues(fields, wanted)).toEqual({ options: { a: 1, b: 2 }, resolve: null });
		expect(['a', 'a.b', 'a[b].c'].map(columnOf)).toEqual(['a', 'a', 'a']);
	});
});
