import { expect, test } from 'vitest';
import type { Bundle } from '../../contract/bundle.js';
import { driftBetween, driftText, fingerprintsOf, isSameDrift, partsOf } from './drift.js';

const bundle = (roles: Record<string, string>): Bundle => ({
	version: 1,
	directus: null,
	schema: null,
	elements: { roles: Object.entries(roles).map(([_syncId, name]) => ({ _syncId, name })) },
});
const drift = (from: Record<string, string>, to: Record<string, string>) =>
	driftBetween(fingerprintsOf(bundle(from)), fingerprintsOf(bundle(to)));

test('names what was added, changed and removed', () => {
	const found = drift({ a: 'Editor', b: 'Intern' }, { a: 'Chief', c: 'Guest' });
	expect(found).toEqual({ added: ['roles "Guest"'], changed: ['roles "Chief"'], removed: ['roles "Intern"'] });
	expect(found && driftText(found)).toBe('added: roles "Guest"; changed: roles "Chief"; removed: roles "Intern"');
});

test('is nothing when all is as it was', () => {
	expect(drift({ a: 'Editor' }, { a: 'Editor' })).toBeNull();
});

test('tells the first names, and how many there are', () => {
	const many = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`r${index}`, `Role ${index}`]));
	const found = drift({}, many);
	expect(found && driftText(found)).toMatch(/"Role 4" and 3 more$/);
});

test('keeps no value that could be read', () => {
	const kept = JSON.stringify(
		fingerprintsOf({
			...bundle({}),
			elements: { flows: [{ _syncId: 'f', name: 'Mail', options: { token: 'secret' } }] },
		}),
	);
	expect(kept).not.toContain('secret');
});

test('says who changed what, where that is known', () => {
	const found = drift({ a: 'Editor', b: 'Intern' }, { a: 'Chief', c: 'Guest' });
	const by = {
		'roles "Chief"': { name: 'Ann Smith', at: '2026-11-30T10:00:00.000Z' },
		'roles "Guest"': { name: null, at: '2026-11-30T11:00:00.000Z' },
	};
	expect(found && driftText({ ...found, by })).toBe(
		'added: roles "Guest" (by nobody who was logged in at 2026-11-30T11:00:00.000Z); changed: roles "Chief" (by Ann Smith at 2026-11-30T10:00:00.000Z); removed: roles "Intern"',
	);
	expect(found && isSameDrift(found, { ...found, by })).toBe(true);
});

test('names the parts that differ by their keys', () => {
	const [before, now] = [
		bundle({ a: 'Editor', b: 'Intern', d: 'Same' }),
		bundle({ a: 'Chief', c: 'Guest', d: 'Same' }),
	];
	expect(partsOf(fingerprintsOf(before), fingerprintsOf(now))).toEqual([
		{ key: 'roles:a', name: 'roles "Chief"' },
		{ key: 'roles:b', name: 'roles "Intern"' },
		{ key: 'roles:c', name: 'roles "Guest"' },
	]);
});
