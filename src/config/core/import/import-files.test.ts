import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { randomFrom } from '../../../../test/kit/random.js';
import { largeConfig } from '../../../../test/config/large-config.js';
import type { Element, ElementKind } from '../../../contract/bundle.js';
import { checkBundle } from '../dump/check-bundle.js';
import { FIXED_SYNC_IDS } from '../elements/kinds.js';
import { importFiles } from './import-files.js';

const SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? Date.now() % 1_000_000);
const bundle = largeConfig({ directus: '12.4.0', scale: 0.05 });
const files = (values: Record<string, unknown>) => new Map(Object.entries(values));
const rowsOf = (kind: ElementKind) =>
	(bundle.elements[kind] ?? []).map(({ _syncId, ...values }): Record<string, unknown> => ({ ...values, id: _syncId }));

/** No file has anything that a check refuses. */
function checked(imported: ReturnType<typeof importFiles>) {
	expect(imported.issues).toEqual([]);
	const result = checkBundle(imported.bundle);
	expect(result.issues).toEqual([]);
	if (!result.bundle) throw new Error('no bundle');
	return result.bundle;
}

describe('a schema snapshot', () => {
	it('is read from YAML as from JSON', () => {
		const { schema } = bundle;
		const read = (value: unknown) => checked(importFiles(files({ 'snapshot.yaml': value }))).schema;
		expect(read(parse(stringify(schema)))).toEqual(read(JSON.parse(JSON.stringify(schema))));
		expect(importFiles(files({ 'snapshot.yaml': schema })).format).toBe('snapshot');
	});

	it('that is cut off reports what is missing', () => {
		const { bundle: none, issues } = importFiles(files({ 'a.yaml': { collections: [], fields: [{}], relations: [] } }));
		expect(none).toBeNull();
		expect(issues.map(({ path }) => path)).toContain('/fields/0/field');
	});

	it('is not mistaken for another format', () => {
		expect(importFiles(files({ 'a.json': { name: 'package' } })).issues.map(({ code }) => code)).toEqual([
			'unknown_format',
		]);
	});
});

describe('a template', () => {
	const policy = '11111111-1111-4111-8111-111111111111';
	const role = '22222222-2222-4222-8222-222222222222';
	const template = {
		'src/schema/snapshot.json': bundle.schema,
		'src/roles.json': [{ id: role, name: 'Writer', icon: 'edit', users: null, policies: null }],
		'src/policies.json': [
			{ id: policy, name: 'Writing', admin_access: false, app_access: true, roles: null, users: null },
		],
		'src/access.json': [
			{ id: 'a', role, user: null, policy, sort: 1 },
			{ id: 'b', role: null, user: 'someone', policy, sort: 2 },
		],
		'src/permissions.json': [{ policy, collection: 'c_001', action: 'read', fields: ['*'], permissions: {} }],
		'src/settings.json': { id: 1, project_name: 'Shop' },
		'src/presets.json': [
			{ id: 1, user: 'someone', collection: 'c_001' },
			{ id: 2, user: null, role: null, bookmark: 'All', collection: 'c_001' },
		],
		'src/users.json': [{ email: 'a@example.com' }],
		'src/content/c_001.json': [{ id: 1 }],
	};

	it('becomes elements with its ids, attachments to roles, and without users and content', () => {
		const imported = importFiles(files(template));
		const { elements } = checked(imported);
		expect(imported.format).toBe('template');
		expect(elements.roles).toEqual([{ _syncId: role, name: 'Writer', icon: 'edit' }]);
		expect(elements.policies?.[0]?.['roles']).toEqual([{ role, sort: 1 }]);
		expect(elements.permissions?.[0]).toMatchObject({ policy, collection: 'c_001', action: 'read' });
		expect(elements.presets).toHaveLength(1);
		expect(elements.settings?.[0]?._syncId).toBe(FIXED_SYNC_IDS.settings);
		expect(imported.notes.join('\n')).toMatch(
			/content were left out[\s\S]*users were left out[\s\S]*presets of single users/,
		);
	});

	it('gives elements without an id the same SyncID every time', () => {
		const ids = () => checked(importFiles(files(template))).elements.permissions?.map(({ _syncId }) => _syncId);
		expect(ids()).toEqual(ids());
	});

	it('without a snapshot has its schema in lists', () => {
		const { schema } = bundle;
		const lists = {
			'collections.json': schema?.collections,
			'fields.json': [...(schema?.fields ?? []), { collection: 'directus_users', field: 'title' }],
			'relations.json': schema?.relations,
			'roles.json': [],
		};
		expect(checked(importFiles(files(lists))).schema?.fields).toHaveLength(schema?.fields.length ?? -1);
	});
});

describe(`rights of Directus 10 (seed ${SEED})`, () => {
	it('lets each role do after the upgrade what it might do before, and the public too', () => {
		const random = randomFrom(SEED);
		const roles = Array.from({ length: 8 }, (_, index) => ({
			id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
			name: `Role ${index}`,
			admin_access: index === 0,
			app_access: random() < 0.5,
			enforce_tfa: random() < 0.3,
			ip_access: null,
		}));
		const permissions = Array.from({ length: 60 }, (_, index) => ({
			id: index + 1,
			role: random() < 0.2 ? null : (roles[Math.floor(random() * roles.length)]?.id ?? null),
			collection: `c_${index}`,
			action: 'read',
			fields: ['*'],
			permissions: {},
		}));
		const { elements } = checked(
			importFiles(
				files({ 'schema/snapshot.json': bundle.schema, 'roles.json': roles, 'permissions.json': permissions }),
			),
		);
		const policiesOf = (role: string | null) =>
			(elements.policies ?? []).filter(({ roles: of }) =>
				(of as { role: string | null }[]).some((one) => one.role === role),
			);
		const may = (role: string | null) => {
			const ids = policiesOf(role).map(({ _syncId }) => _syncId);
			return (elements.permissions ?? [])
				.filter(({ policy }) => ids.includes(String(policy)))
				.map((one: Element) => one['collection']);
		};
		for (const role of [null, ...roles.map(({ id }) => id)]) {
			const before = permissions.filter((one) => one.role === role).map(({ collection }) => collection);
			expect(may(role).toSorted()).toEqual(before.toSorted());
		}
		for (const { id, admin_access, app_access, enforce_tfa } of roles)
			expect(policiesOf(id)).toMatchObject([{ admin_access, app_access, enforce_tfa }]);
		for (const role of elements.roles ?? []) expect(Object.keys(role)).not.toContain('admin_access');
	});

	it('is done to dumps of directus-sync too', () => {
		const imported = importFiles(
			files({
				'collections/roles.json': [{ _syncId: 'r', name: 'Editor', admin_access: false, app_access: true }],
				'collections/permissions.json': [{ _syncId: 'p', role: 'r', collection: 'a', action: 'read' }],
			}),
		);
		const { elements } = checked(imported);
		expect(elements.permissions?.[0]?.['policy']).toBe(elements.policies?.[0]?._syncId);
		expect(imported.notes.join()).toContain('each role got a policy of its own');
	});
});

describe('a folder of d6s', () => {
	it('has all records of a table in one file, and one file for each collection', () => {
		const imported = importFiles(
			files({
				'data/directus_roles_0123456789abcdef.json': rowsOf('roles'),
				'data/directus_folders_0123456789abcdef.json': { records: rowsOf('folders') },
				'schema/metadata.json': { directus: '12.4.0', vendor: 'sqlite' },
				'schema/c-001_0123456789abcdef.json': {
					collection: 'c_001',
					meta: { collection: 'c_001' },
					schema: { name: 'c_001' },
					fields: bundle.schema?.fields.filter(({ collection }) => collection === 'c_001'),
					relations: [],
				},
			}),
		);
		const { elements, schema } = checked(imported);
		expect(imported.format).toBe('d6s');
		expect(elements.roles).toHaveLength(bundle.elements.roles?.length ?? -1);
		expect(elements.folders).toHaveLength(bundle.elements.folders?.length ?? -1);
		expect(schema?.collections.map(({ collection }) => collection)).toEqual(['c_001']);
	});
});
