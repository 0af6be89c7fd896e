import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asWrittenHere } from './element-values.js';
import { uuid } from '../../../../test/fixtures/example-state.js';
import { idLookup } from './id-lookup.js';
import { markedReferences, toLocalIds, toSyncIds } from './json-references.js';

const [editor, editorSync, byHand, user] = ['editor', 'editor sync', 'by hand', 'user'].map(uuid) as [
	string,
	string,
	string,
	string,
];
const twice = uuid('twice');
const ids = idLookup({
	roles: [
		{ syncId: editorSync, localId: editor },
		{ syncId: 'writers (new)', localId: byHand },
		{ syncId: '_sync_default_admin_role', localId: uuid('admin') },
		{ syncId: twice, localId: uuid('role twice') },
	],
	dashboards: [{ syncId: twice, localId: uuid('dashboard twice') }],
	flows: [{ syncId: uuid('flow'), localId: uuid('flow') }],
});

test.each([
	[editor, editorSync],
	[`/flows/trigger/${editor}?x=1`, `/flows/trigger/${editorSync}?x=1`],
	[`${editor},${user}`, `${editorSync},${user}`],
	[uuid('admin'), '_sync_default_admin_role'],
	[uuid('flow'), uuid('flow')],
	[`x${editor}`, `x${editor}`],
	[`${editor}-1`, `${editor}-1`],
	[user, user],
	['writers (new)', 'writers (new)'],
	[byHand, '_sync(roles/writers%20%28new%29)'],
	[`see ${byHand}.`, 'see _sync(roles/writers%20%28new%29).'],
	[uuid('role twice'), `_sync(roles/${twice})`],
	[uuid('dashboard twice'), `_sync(dashboards/${twice})`],
	[editorSync, `_sync(literal/${editorSync})`],
	['_sync_default_settings', '_sync(literal/_sync_default_settings)'],
	[`_sync(roles/${editor})`, `_sync(literal/_sync%28roles%2F${editor}%29)`],
])('%s is written as %s, and read back', (here, file) => {
	expect(toSyncIds(here, ids)).toBe(file);
	expect(toLocalIds(file, ids)).toBe(here);
});

test('what names nothing that is known here stays as it is', () => {
	for (const text of [uuid('unknown'), '_sync(roles/unknown)', '_sync(dragons/1)', '_sync(roles/%zz)', twice]) {
		expect(toLocalIds(text, ids)).toBe(text);
	}
});

test('markers are found wherever they are', () => {
	const value = { a: ['x', `to _sync(roles/editor) and _sync(literal/x)`], '_sync(dashboards/d)': 1 };
	expect(markedReferences(value)).toEqual([
		{ kind: 'roles', syncId: 'editor', path: ['a', '1'] },
		{ kind: 'dashboards', syncId: 'd', path: ['_sync(dashboards/d)'] },
	]);
});

test("ids of this instance in a dump of directus-sync become SyncIDs, the instance's other ids stay", () => {
	const bundle = {
		version: 1 as const,
		directus: null,
		schema: null,
		elements: { permissions: [{ _syncId: 'p', policy: editor, permissions: { role: editor, user } }] },
	};
	expect(asWrittenHere(bundle, ids).elements.permissions).toEqual([
		{ _syncId: 'p', policy: editor, permissions: { role: editorSync, user } },
	]);
});

describe('for any JSON and any ids', () => {
	const names = ['a', 'b', 'c', 'd', 'e'].map(uuid);
	const syncId = fc.oneof(fc.constantFrom(...names), fc.constantFrom('_sync_default_admin_role', 'editor', 'ä (1)/%'));
	const known = fc.array(fc.record({ syncId, localId: fc.constantFrom(...names) }), { maxLength: 4 }).map((list) => {
		// What the id map guarantees: within a kind a SyncID and an id are each there once.
		const once = new Map(list.map((entry) => [entry.syncId, entry]));
		return [...new Map([...once.values()].map((entry) => [entry.localId, entry])).values()];
	});
	const piece = fc.oneof(
		fc.constantFrom(
			...names,
			'_sync_default_admin_role',
			'_sync(',
			')',
			'roles/',
			'literal/',
			'-',
			' ',
			'_sync(roles/editor)',
		),
		fc.string({ maxLength: 3 }),
	);
	const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
	const { json } = fc.letrec((tie) => ({
		json: fc.oneof(
			{ maxDepth: 3 },
			text,
			fc.integer(),
			fc.constant(null),
			fc.array(tie('json'), { maxLength: 3 }),
			fc.dictionary(text, tie('json'), { maxKeys: 3 }),
		),
	}));

	test('written values read back unchanged', () => {
		fc.assert(
			fc.property(json, known, known, (value, roles, dashboards) => {
				const lookup = idLookup({ roles, dashboards });
				expect(toLocalIds(toSyncIds(value, lookup), lookup)).toEqual(value);
			}),
			{ numRuns: 2_000 },
		);
	});
});
