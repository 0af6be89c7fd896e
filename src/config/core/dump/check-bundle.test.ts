import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bundleOf } from '../elements/bundle-of.js';
import type { Bundle, ElementKind } from '../../../contract/bundle.js';
import { checkBundle } from './check-bundle.js';
import { counter, EVERYTHING, exampleState, uuid } from '../../../../test/fixtures/example-state.js';

const example = (): Bundle => bundleOf(exampleState(), EVERYTHING, counter()).bundle;
const said = (given: unknown) => checkBundle(given).issues.map(({ path, code }) => `${path} ${code}`);
const of = (elements: Partial<Record<ElementKind, unknown[]>>) => ({
	version: 1,
	directus: null,
	schema: null,
	elements,
});

test('what an instance gives is a bundle, also by way of JSON', () => {
	const checked = checkBundle(JSON.parse(JSON.stringify(example())));
	expect(checked).toEqual({ bundle: example(), issues: [], warnings: [], needs: [] });
});

test('a bundle of a newer version says what to do', () => {
	expect(checkBundle({ ...example(), version: 2, news: {} }).issues).toMatchObject([
		{ path: '/version', code: 'newer_version', suggestion: expect.stringContaining('install a newer version') },
	]);
});

test.each([
	[null, ' wrong_type'],
	[[], ' wrong_type'],
	['x', ' wrong_type'],
	[{ ...of({}), version: '1' }, '/version wrong_type'],
	[{ ...of({}), more: 1 }, ' wrong_type'],
	[{ ...of({}), schema: undefined }, '/schema wrong_type'],
	[
		{ ...of({}), schema: { version: 1, directus: '12', collections: {}, fields: [], relations: [] } },
		'/schema/collections wrong_type',
	],
	[{ ...of({}), elements: null }, '/elements wrong_type'],
	[of({ ['roles' as never]: {} as never }), '/elements/roles wrong_type'],
	[of({ ['permision' as never]: [] }), '/elements/permision unknown_kind'],
	[of({ roles: [{ name: 'x' }] }), '/elements/roles/0/_syncId wrong_type'],
	[of({ roles: [{ _syncId: 'a', name: null }] }), 'roles:a/name required'],
	[of({ settings: [{ _syncId: 'a' }, { _syncId: 'b' }] }), '/elements/settings too_many'],
	[of({ roles: [{ _syncId: 'a' }, { _syncId: 'b' }, { _syncId: 'a' }] }), 'roles:a duplicate_sync_id'],
	[of({ policies: [{ _syncId: 'a', roles: [{ role: 1 }] }] }), 'policies:a/roles/0 wrong_type'],
])('%j is refused: %s', (given, issue) => {
	expect(said(given)).toEqual([issue]);
});

test('parts of a schema that are there twice are named', () => {
	const schema = example().schema;
	const twice = { ...example(), schema: { ...schema, fields: [...(schema?.fields ?? []), schema?.fields[0]] } };
	expect(said(twice)).toEqual(['fields:articles.id duplicate']);
});

test('references that lead nowhere are named, with what may have been meant', () => {
	const issues = checkBundle(
		of({
			roles: [
				{ _syncId: 'writers', name: 'Editor' },
				{ _syncId: 'b', name: 'B', parent: 'writer' },
			],
			policies: [
				{
					_syncId: 'p',
					name: 'P',
					roles: [
						{ role: 'writers', sort: 1 },
						{ role: 'Editor', sort: 2 },
					],
				},
			],
			panels: [{ _syncId: 'x', dashboard: 'd', options: { text: '_sync(roles/gone)' } }],
			dashboards: [],
		}),
	).issues;
	expect(issues.map(({ path, code, suggestion }) => [path, code, suggestion])).toEqual([
		['roles:b/parent', 'unresolved_reference', '"writers"?'],
		['policies:p/roles/1/role', 'unresolved_reference', '"writers" is the SyncID of Editor'],
		['panels:x/dashboard', 'unresolved_reference', undefined],
		['panels:x/options/text', 'unresolved_reference', undefined],
	]);
	expect(issues[0]?.message).toBe('"parent" of roles "B" names roles writer, which the bundle does not have');
});

test('what a part of a bundle refers to beyond itself is needed on the target', () => {
	const { bundle, issues, needs } = checkBundle(
		of({
			permissions: [
				{ _syncId: '1', policy: 'p', collection: 'a', action: 'read' },
				{ _syncId: '2', policy: 'p', collection: 'b', action: 'read' },
			],
			roles: [],
			presets: [{ _syncId: '3', role: '_sync_default_admin_role' }],
		}),
	);
	expect(issues).toEqual([]);
	expect(bundle).not.toBeNull();
	expect(needs).toEqual([
		{ kind: 'policies', syncId: 'p', by: ['permissions:1/policy', 'permissions:2/policy'] },
		{ kind: 'roles', syncId: '_sync_default_admin_role', by: ['presets:3/role'] },
	]);
});

describe('an operation that triggers a flow', () => {
	const operation = (options: unknown, type = 'trigger') =>
		checkBundle(
			of({ flows: [{ _syncId: 'f', name: 'F' }], operations: [{ _syncId: 'o', key: 'o', type, flow: 'f', options }] }),
		);

	test('that does not exist any more only causes a warning', () => {
		const { issues, warnings } = operation({ flow: uuid('gone') });
		expect(issues).toEqual([]);
		expect(warnings).toMatchObject([{ path: 'operations:o/options/flow', code: 'unresolved_reference' }]);
	});

	test('by a misspelt SyncID is refused, one computed at run time is not', () => {
		expect(operation({ flow: 'ff' }).issues).toMatchObject([{ path: 'operations:o/options/flow', suggestion: '"f"?' }]);
		expect(operation({ flow: '{{ $trigger.flow }}' })).toMatchObject({ issues: [], warnings: [] });
		expect(operation({ flow: 'anything' }, 'exec')).toMatchObject({ issues: [], warnings: [] });
		expect(operation(null).issues).toEqual([]);
	});
});

test('what the database has only once is there only once', () => {
	const step = (id: string, resolve: string | null) => ({ _syncId: id, key: id, type: 'log', flow: 'f', resolve });
	expect(
		said(
			of({
				flows: [{ _syncId: 'f', name: 'F' }],
				operations: [step('a', 'c'), step('b', 'c'), step('c', null)],
				translations: ['1', '2'].map((id) => ({ _syncId: id, key: 'k', language: 'l', value: 'v' })),
			}),
		),
	).toEqual(['operations:b/resolve competing_reference', 'translations:2 duplicate']);
});

test('credentials in a bundle go no further', () => {
	const { bundle, warnings } = checkBundle(of({ settings: [{ _syncId: 's', license_key: 'x', project_name: 'y' }] }));
	expect(bundle?.elements.settings).toEqual([{ _syncId: 's', project_name: 'y' }]);
	expect(warnings).toMatchObject([{ path: 'settings:s/license_key', code: 'secret' }]);
});

test('nothing that comes in makes it throw', () => {
	const entry = fc.record(
		{ _syncId: fc.oneof(fc.constant('a'), fc.anything()), roles: fc.anything(), options: fc.anything() },
		{ requiredKeys: [] },
	);
	const elements = fc.dictionary(
		fc.constantFrom('roles', 'policies', 'operations', 'x'),
		fc.oneof(fc.anything(), fc.array(entry)),
	);
	fc.assert(
		fc.property(
			fc.oneof(
				fc.anything(),
				fc.record({ version: fc.constant(1), directus: fc.constant(null), schema: fc.anything(), elements }),
			),
			(given) => {
				const { bundle, issues } = checkBundle(given);
				expect(bundle === null).toBe(issues.length > 0);
			},
		),
		{ numRuns: 1_000 },
	);
});

test('five thousand broken references are found quickly', () => {
	const roles = Array.from({ length: 5_000 }, (_, index) => ({
		_syncId: uuid(`${index}`),
		name: 'x',
		parent: uuid(`no ${index}`),
	}));
	const start = process.cpuUsage().user;
	expect(checkBundle(of({ roles })).issues).toHaveLength(5_000);
	expect((process.cpuUsage().user - start) / 1_000).toBeLessThan(3_000);
});
