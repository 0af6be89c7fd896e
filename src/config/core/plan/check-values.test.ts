import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../../contract/bundle.js';
import { planConfig } from './plan-config.js';
import type { PlanFacts } from './plan-options.js';
import { bundleWith, schemaWith, targetWith } from '../../../../test/fixtures/plan-world.js';

const KEY = { type: 'integer', schema: { name: 'id', is_primary_key: true, has_auto_increment: true } };

const relation = (collection: string, field: string, related: string) => ({
	collection,
	field,
	related_collection: related,
	meta: { many_collection: collection, many_field: field, one_collection: related },
	schema: { on_delete: 'SET NULL' },
});

function told(current: Snapshot, wanted: Snapshot, facts: PlanFacts = {}) {
	const { issues, warnings } = planConfig(targetWith(bundleWith({}, current), bundleWith({}, wanted), { facts }));
	return { issues, warnings };
}

describe('values in the way', () => {
	const column = (more: object) => ({ code: { schema: { name: 'code', is_unique: false, ...more } } });

	test('refuses a unique column while values are there more than once', () => {
		const [current, wanted] = [
			schemaWith({ articles: column({}) }),
			schemaWith({ articles: column({ is_unique: true }) }),
		];
		const facts = { duplicatesOf: { 'articles.code': 2 } };
		expect(told(current, wanted, facts).issues).toMatchObject([
			{ path: 'fields:articles.code', code: 'has_duplicates', message: expect.stringContaining('2 values') },
		]);
		expect(told(current, wanted).issues).toEqual([]);
	});

	test('refuses a type to which the database cannot convert the values, quoting its error', () => {
		const [current, wanted] = ['string', 'integer'].map((type) => schemaWith({ articles: { code: { type } } }));
		if (!current || !wanted) throw new Error('two are made');
		const { issues } = told(current, wanted, {
			valuesOf: { 'articles.code': 1 },
			unfitOf: { 'articles.code': 'no: "x"' },
		});
		expect(issues).toMatchObject([
			{ path: 'fields:articles.code', code: 'values_do_not_fit', message: expect.stringContaining('no: "x"') },
		]);
	});

	test('refuses a new unique column with a default that several rows would get', () => {
		const wanted = schemaWith({ articles: { id: KEY, ...column({ is_unique: true, default_value: 'x' }) } });
		const current = schemaWith({ articles: { id: KEY } });
		const codes = (rows: number) =>
			told(current, wanted, { rowsOf: { articles: rows } }).issues.map(({ code }) => code);
		expect(codes(2)).toEqual(['has_duplicates']);
		expect(codes(1)).toEqual([]);
	});

	test('refuses a relation while rows would lead nowhere', () => {
		const tables = { articles: { writer: { type: 'integer' } }, writers: { id: KEY } };
		const wanted = schemaWith(tables, { relations: [relation('articles', 'writer', 'writers')] });
		const facts = { danglingOf: { 'articles.writer': 3 } };
		expect(told(schemaWith(tables), wanted, facts).issues).toMatchObject([
			{ path: 'relations:articles.writer', code: 'has_dangling_values', message: expect.stringContaining('3 rows') },
		]);
		expect(told(schemaWith(tables), wanted).issues).toEqual([]);
		// What does not change is left alone.
		expect(told(wanted, wanted, facts).issues).toEqual([]);
	});
});

describe('a default that a new column cannot have', () => {
	const withDefault = (type: string, value: unknown, vendor: string) =>
		schemaWith({ articles: { note: { type, schema: { name: 'note', default_value: value } } } }, { vendor });
	const codes = (wanted: Snapshot, on: string) =>
		told(schemaWith({}, { vendor: on }), wanted).warnings.map(({ path, code }) => `${path} ${code}`);

	test.each([
		['of which PostgreSQL tells only a part', withDefault('string', "'it", 'postgres'), 'sqlite'],
		['that is a function of one database', withDefault('uuid', 'uuid_generate_v4()', 'postgres'), 'mysql'],
		['of a text on MySQL', withDefault('text', 'draft', 'sqlite'), 'mysql'],
		['of a CSV on MySQL', withDefault('csv', 'a,b', 'postgres'), 'mysql'],
	])('is told when it is one %s', (_title, wanted, on) => {
		expect(codes(wanted, on)).toEqual(['fields:articles.note default_left_out']);
	});

	test('is not reported when the same push adds it to the column', () => {
		expect(codes(withDefault('string', "it''s", 'postgres'), 'sqlite')).toEqual([]);
		expect(codes(withDefault('text', 'draft', 'mysql'), 'postgres')).toEqual([]);
		expect(codes(withDefault('boolean', false, 'postgres'), 'mysql')).toEqual([]);
	});

	test('makes no difference afterwards on MySQL', () => {
		const here = schemaWith(
			{ articles: { note: { type: 'text', schema: { name: 'note', default_value: null } } } },
			{ vendor: 'mysql' },
		);
		const { plan } = planConfig(
			targetWith(bundleWith({}, here), bundleWith({}, withDefault('text', 'draft', 'postgres'))),
		);
		expect(plan.changes.filter(({ action }) => action !== 'none')).toEqual([]);
	});
});
