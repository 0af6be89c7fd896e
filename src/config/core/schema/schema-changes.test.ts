import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../contract/bundle.js';
import { invertPlan } from '../plan/invert-plan.js';
import { planConfig } from '../plan/plan-config.js';
import type { PlanOptions } from '../plan/plan-options.js';
import { bundleWith, schemaWith, targetWith } from '../../../../test/fixtures/plan-world.js';
import { normaliseSnapshotDiff, plannedSnapshot, type SnapshotDiff } from './schema-diff.js';

const changesOf = (current: Snapshot, wanted: Snapshot, options: PlanOptions = {}) =>
	planConfig(targetWith(bundleWith({}, current), bundleWith({}, wanted), options)).plan.changes;

const brief = (current: Snapshot, wanted: Snapshot, options: PlanOptions = {}) =>
	changesOf(current, wanted, options).map(({ kind, sync_id, action, fields }) =>
		action === 'update'
			? `${action} ${kind} ${sync_id}: ${fields.map(({ field, from, to }) => `${field} ${String(from)} → ${String(to)}`).join(', ')}`
			: `${action} ${kind} ${sync_id}`,
	);

/** One column as different databases describe it. */
const column = (type: string, schema: object, meta: object = {}) => ({
	type,
	schema: { name: 'x', table: 't', is_nullable: true, ...schema },
	meta: { interface: 'input', ...meta },
});

describe('the schema', () => {
	it('is compared property by property', () => {
		const current = schemaWith({ articles: { title: {}, old: {} } });
		const wanted = schemaWith({
			articles: { title: { type: 'text', meta: { interface: 'textarea', options: { rows: 3 } } }, body: {} },
			tags: { id: {} },
		});
		expect(brief(current, wanted)).toEqual([
			'create collections tags',
			'update fields articles.title: type string → text, meta.interface input → textarea, meta.options null → [object Object]',
			'create fields articles.body',
			'create fields tags.id',
			'delete fields articles.old',
		]);
	});

	it('is left alone where the dump of an older Directus says nothing', () => {
		const current = schemaWith({ articles: { title: {} } });
		Object.assign(current.collections[0]?.['meta'] ?? {}, { status: 'active' });
		expect(
			changesOf(
				current,
				schemaWith({ articles: { title: { meta: { interface: 'input' }, schema: { is_nullable: true } } } }),
			),
		).toEqual([]);
	});

	it('is the same on all vendors', () => {
		const on = (vendor: string, columns: Record<string, object>) =>
			schemaWith({ t: columns as Record<string, Record<string, unknown>> }, { vendor });
		const sqlite = on('sqlite', {
			id: column('integer', {
				data_type: 'integer',
				is_primary_key: true,
				has_auto_increment: true,
				is_nullable: false,
				default_value: null,
				is_unique: false,
			}),
			name: column('string', { data_type: 'varchar', max_length: 255 }),
			body: column('text', { data_type: 'text', max_length: null }),
			owner: column('string', {
				data_type: 'char',
				max_length: 36,
				foreign_key_table: 'directus_users',
				is_indexed: false,
			}),
			live: column('boolean', { data_type: 'boolean', default_value: 0 }),
			at: column('timestamp', { data_type: 'datetime', default_value: 'CURRENT_TIMESTAMP' }),
			data: column('json', { data_type: 'json' }),
			price: column('float', { data_type: 'float', numeric_precision: null, default_value: '1.50' }),
		});
		const postgres = on('postgres', {
			id: column('integer', {
				data_type: 'integer',
				is_primary_key: true,
				has_auto_increment: true,
				is_nullable: false,
				default_value: "nextval('t_id_seq'::regclass)",
				numeric_precision: 32,
				is_unique: true,
			}),
			name: column('string', { data_type: 'character varying', max_length: 255 }),
			body: column('text', { data_type: 'text', max_length: null }),
			owner: column('uuid', {
				data_type: 'uuid',
				max_length: null,
				foreign_key_table: 'directus_users',
				is_indexed: true,
			}),
			live: column('boolean', { data_type: 'boolean', default_value: false }),
			at: column('timestamp', { data_type: 'timestamp with time zone', default_value: 'now()' }),
			data: column('json', { data_type: 'json' }),
			price: column('float', { data_type: 'real', numeric_precision: 24, default_value: 1.5 }),
		});
		const mysql = on('mysql', {
			id: column('integer', {
				data_type: 'int',
				is_primary_key: true,
				has_auto_increment: true,
				is_nullable: false,
				default_value: null,
				numeric_precision: 10,
			}),
			name: column('string', { data_type: 'varchar', max_length: 255 }),
			body: column('text', { data_type: 'text', max_length: 65535 }),
			owner: column('string', {
				data_type: 'char',
				max_length: 36,
				foreign_key_table: 'directus_users',
				is_indexed: true,
			}),
			live: column('boolean', { data_type: 'tinyint', default_value: false, numeric_precision: 3 }),
			at: column('timestamp', { data_type: 'timestamp', default_value: 'current_timestamp()' }),
			data: column('json', { data_type: 'longtext', max_length: 4294967295 }, { special: ['cast-json'] }),
			price: column('float', { data_type: 'float', numeric_precision: 12, default_value: '1.5' }),
		});
		for (const [here, there] of [
			[sqlite, postgres],
			[postgres, mysql],
			[mysql, sqlite],
			[postgres, sqlite],
		] as const)
			expect(brief(here, there)).toEqual([]);
		const shorter = on('postgres', {
			...Object.fromEntries(postgres.fields.map((field) => [field.field, field])),
			name: column('string', { max_length: 100 }),
			live: column('boolean', { default_value: true }),
		});
		expect(brief(sqlite, shorter)).toEqual([
			'update fields t.name: schema.max_length 255 → 100',
			'update fields t.live: schema.default_value 0 → true',
		]);
	});

	it('does not mind what a database calls a constraint', () => {
		const relation = (schema: object) => [
			{ collection: 't', field: 'x', related_collection: 't', meta: {}, schema: { on_delete: 'SET NULL', ...schema } },
		];
		const with_ = (schema: object) => schemaWith({ t: { x: {} } }, { relations: relation(schema) });
		expect(
			brief(
				with_({ constraint_name: 'a', on_update: 'RESTRICT' }),
				with_({ constraint_name: null, on_update: 'NO ACTION' }),
			),
		).toEqual([]);
		expect(brief(with_({}), with_({ on_delete: 'CASCADE' }))).toEqual([
			'update relations t.x: schema.on_delete SET NULL → CASCADE',
		]);
	});

	it('compares indexes on fields of Directus itself', () => {
		const indexed = (fields: string[]) =>
			schemaWith(
				{},
				{
					systemFields: fields.map((field) => ({ collection: 'directus_files', field, schema: { is_indexed: true } })),
				},
			);
		expect(brief(indexed(['title']), indexed(['type']))).toEqual([
			'update fields directus_files.title: schema.is_indexed true → false',
			'update fields directus_files.type: schema.is_indexed false → true',
		]);
		const { systemFields: _, ...silent } = schemaWith({});
		expect(brief(indexed(['title']), silent)).toEqual([]);
	});

	it('replaces a column by an alias in two steps', () => {
		const [real, alias] = [schemaWith({ t: { x: {} } }), schemaWith({ t: { x: { type: 'alias', schema: null } } })];
		expect(brief(real, alias)).toEqual(['delete fields t.x', 'create fields t.x']);
		expect(changesOf(real, alias)[0]?.risk).toContain('data_loss');
	});

	it('keeps what nothing recorded, and names what is lost with what it drops', () => {
		const [current, wanted] = [
			schemaWith({ articles: { title: {} }, stray: { a: {}, b: {} } }),
			schemaWith({ articles: {} }),
		];
		const facts = { rowsOf: { stray: 3 }, valuesOf: { 'articles.title': 5 } };
		const told = (options: PlanOptions) =>
			changesOf(current, wanted, { facts, ...options }).map(({ sync_id, kept, risk, impact }) => ({
				sync_id,
				kept,
				risk,
				impact,
			}));
		expect(told({ recorded_schema: ['articles', 'articles.title'] })).toEqual([
			{
				sync_id: 'articles.title',
				kept: false,
				risk: ['destructive', 'breaking', 'data_loss'],
				impact: ['5 values are lost'],
			},
			{
				sync_id: 'stray',
				kept: true,
				risk: ['untracked', 'destructive', 'breaking', 'data_loss'],
				impact: ['3 rows are lost'],
			},
		]);
		expect(told({ recorded_schema: ['articles'], mirror: true }).every(({ kept }) => !kept)).toBe(true);
		expect(told({ additive: true }).every(({ kept }) => kept)).toBe(true);
	});
});

describe("Directus' own difference", () => {
	const current = schemaWith({ articles: { title: {}, old: {} }, kept: { id: {} } });
	const wanted = schemaWith({ articles: { title: {} }, added: {} });
	Object.assign(current.collections[0]?.['meta'] ?? {}, {
		translations: [{ language: 'de-DE', singular: 'Artikel', plural: 'Artikel' }],
	});
	Object.assign(wanted.collections[0]?.['meta'] ?? {}, { translations: [{ language: 'de-DE', plural: 'Artikel' }] });
	const changes = changesOf(current, wanted, { recorded_schema: ['articles', 'articles.old'] });
	const planned = plannedSnapshot(current, wanted, changes);

	it('is asked for what the plan says and nothing else', () => {
		expect(planned.collections.map(({ collection }) => collection)).toEqual(['articles', 'kept', 'added']);
		expect(planned.fields.map(({ collection, field }) => `${collection}.${field}`)).toEqual([
			'articles.title',
			'kept.id',
		]);
		expect(planned.collections[0]?.['meta']).toMatchObject({
			group: null,
			translations: [{ language: 'de-DE', plural: 'Artikel' }],
		});
	});

	it('never drops a table because a nested property comes first (#27877)', () => {
		const raw: SnapshotDiff = {
			collections: [
				{
					collection: 'articles',
					diff: [{ kind: 'D', path: ['meta', 'translations', 0, 'singular'], lhs: 'Artikel' }],
				},
				{ collection: 'kept', diff: [{ kind: 'D', lhs: {} }] },
				{ collection: 'added', diff: [{ kind: 'N', rhs: { collection: 'added' } }] },
			],
			fields: [
				{ collection: 'articles', field: 'old', diff: [{ kind: 'D', lhs: {} }] },
				{ collection: 'articles', field: 'title', diff: [{ kind: 'D', path: ['schema', 'comment'], lhs: '' }] },
				{ collection: 'kept', field: 'id', diff: [{ kind: 'D', lhs: {} }] },
			],
			systemFields: [],
			relations: [],
		};
		const clean = normaliseSnapshotDiff(raw, { current, planned, changes });
		expect(clean.collections).toEqual([
			{
				collection: 'articles',
				diff: [
					{ kind: 'E', path: ['meta'], lhs: current.collections[0]?.['meta'], rhs: planned.collections[0]?.['meta'] },
				],
			},
			{ collection: 'added', diff: [{ kind: 'N', rhs: { collection: 'added' } }] },
		]);
		expect(clean.fields).toEqual([{ collection: 'articles', field: 'old', diff: [{ kind: 'D', lhs: {} }] }]);
	});

	it('can be taken back, but for the values', () => {
		const { plan } = planConfig(targetWith(bundleWith({}, current), bundleWith({}, wanted), { mirror: true }));
		const [before, after] = [bundleWith({}, current), bundleWith({}, plannedSnapshot(current, wanted, plan.changes))];
		const inverse = invertPlan(plan, { before, current: after });
		const names = (snapshot: Snapshot | null | undefined) =>
			snapshot?.fields.map(({ collection, field }) => `${collection}.${field}`).sort();
		expect(names(inverse.wanted.schema)).toEqual(names(current));
		expect(inverse.lost).toEqual([
			'field articles.old comes back empty (all its values are lost)',
			'collection kept comes back empty (all its rows are lost)',
		]);
		const back = planConfig(targetWith(after, inverse.wanted, { mirror: true })).plan.changes;
		const restored = plannedSnapshot(after.schema ?? current, inverse.wanted.schema ?? current, back);
		expect(changesOf(restored, current)).toEqual([]);
		expect(names(restored)).toEqual(names(current));
	});
});
