import { expect, test } from 'vitest';
import { bundleOf } from './bundle-of.js';
import { readDump, writeDump } from '../dump/dump-files.js';
import { counter, EVERYTHING, exampleState } from '../../../../test/fixtures/example-state.js';

const choice = EVERYTHING;
const example = () => bundleOf(exampleState(), choice, counter()).bundle;
const changed = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) =>
	[...after.keys()].filter((file) => before.get(file) !== after.get(file));

test("what others wrote of Downstream's own policy stays where it is, and goes nowhere", () => {
	const dump = writeDump(example(), choice, new Map());
	const policy = { _syncId: 'own', name: 'Data Sync', icon: 'sync', admin_access: false, app_access: false, roles: [] };
	const permission = { _syncId: 'own-1', policy: 'own', collection: 'articles', action: 'read', fields: ['*'] };
	const theirs = writeDump(
		{
			...example(),
			elements: {
				...example().elements,
				policies: [...(example().elements.policies ?? []), policy],
				permissions: [...(example().elements.permissions ?? []), permission],
			},
		},
		{ ...choice, own: true },
		new Map(),
	);
	const form = { ...choice, own: false };
	expect(changed(theirs, writeDump(example(), form, theirs))).toEqual([]);
	expect(readDump(theirs, form).bundle?.elements).toEqual(readDump(dump, form).bundle?.elements);
	expect(changed(theirs, writeDump(example(), { ...choice, own: true }, theirs))).toEqual([
		'collections/policies.json',
		'collections/permissions.json',
	]);
});
