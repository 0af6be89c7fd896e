import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KINDS_OF_COLUMNS, type Vendor } from '../../../../test/config/column-kinds.js';
import { snapshotOf } from '../../../../test/config/vendor-snapshots.js';
import type { Snapshot } from '../../../contract/bundle.js';
import { planConfig } from '../plan/plan-config.js';
import { bundleWith, targetWith } from '../../../../test/fixtures/plan-world.js';
import { columnToWrite } from './portable-column.js';
import { schemaFor } from './portable-schema.js';
import { schemaChanges } from './schema-changes.js';
import { part } from './schema-vendors.js';

const VENDORS: Vendor[] = ['sqlite', 'postgres', 'mysql'];
const VERSIONS = ['11.17.4', '12.4.0'];

const ways = VENDORS.flatMap((from) =>
	VENDORS.flatMap((to) =>
		VERSIONS.flatMap((a) => VERSIONS.map((b): [Vendor, string, Vendor, string] => [from, a, to, b])),
	),
);

/** What an instance has after it was made there: described by the database itself, and managed. */
function presentOn(vendor: Vendor, version: string): Snapshot {
	const taken = snapshotOf(vendor, version, 'things');
	for (const entry of [...taken.collections, ...taken.fields]) {
		const meta = {
			collection: 'things',
			conditions: null,
			special: null,
			interface: 'input',
			...Object(entry['meta']),
		};
		Object.assign(meta, 'field' in entry ? {} : { accountability: 'all' });
		if (version.startsWith('11') && !('field' in entry)) delete meta.status;
		// What a dump of another database cannot say the same of.
		delete meta.note;
		entry['meta'] = meta;
	}
	// Directus makes no generated columns, and no functions of one database.
	for (const entry of taken.fields) {
		const { field } = entry;
		const schema = part(entry['schema']);
		if (field === 'sum') Object.assign(schema, { is_generated: false, generation_expression: null });
		if (field === 'endless') schema['max_length'] = 255;
	}
	return taken;
}

const changesOf = (current: Snapshot, wanted: Snapshot) =>
	schemaChanges(current, schemaFor(wanted, current), {}).changes.map(
		({ action, sync_id, fields }) => `${action} ${sync_id}: ${fields.map(({ field }) => field).join(', ')}`,
	);

describe('a schema of another database or version', () => {
	it.each(ways)('of %s %s says nothing new to %s %s, which has the same', (from, a, to, b) => {
		const wanted = snapshotOf(from, a, 'things');
		for (const { meta } of wanted.collections) if (meta) delete Object(meta).note;
		const changes = changesOf(presentOn(to, b), wanted);
		// How exact a number is is said by those who know.
		const digits =
			[from, to].includes('sqlite') || from === to
				? []
				: ['update things.loose: schema.numeric_precision, schema.numeric_scale'];
		expect(changes.filter((change) => !digits.includes(change))).toEqual([]);
	});

	it('stays the same when it is said in the target’s words twice', () => {
		fc.assert(
			fc.property(fc.constantFrom(...ways), fc.subarray(Object.keys(KINDS_OF_COLUMNS)), ([from, a, to, b], kept) => {
				const current = presentOn(to, b);
				// Some fields are new there.
				current.fields = current.fields.filter(({ field }) => kept.includes(field));
				const once = schemaFor(snapshotOf(from, a, 'things'), current);
				expect(schemaFor(once, current)).toEqual(once);
			}),
		);
	});

	it('never drops an index that comes with Directus', () => {
		const [own, other] = [presentOn('postgres', '12.4.0'), presentOn('postgres', '12.4.0')];
		own.systemFields = ['directus_activity.timestamp', 'directus_oauth_tokens.session', 'directus_files.title'].map(
			(name) => {
				const [collection = '', field = ''] = name.split('.');
				return { collection, field, schema: { is_indexed: true } };
			},
		);
		other.systemFields = [];
		expect(changesOf(own, other)).toEqual(['update directus_files.title: schema.is_indexed']);
	});
});

/** A literal between the quotes that each database has around it, as Directus' readers tell it. */
function told(text: string, vendor: Vendor): string {
	const doubled = text.replaceAll("'", "''");
	if (vendor === 'sqlite') return doubled;
	if (vendor === 'postgres') {
		const [read = ''] = `'${doubled}'::character varying`.split('::');
		return /^'.*'$/s.test(read) ? read.slice(1, -1) : read;
	}
	return doubled.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** JSON is told parsed, where it can be. */
function toldJson(value: unknown, vendor: Vendor): unknown {
	const words = told(JSON.stringify(value), vendor);
	try {
		return JSON.parse(words);
	} catch {
		return words;
	}
}

const texts = fc.string({
	minLength: 1,
	unit: fc.oneof(fc.constantFrom(...`'\\"\n\rnr0:?{ `), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })),
});
const vendors = fc.constantFrom(...VENDORS);

/** A schema of one field with a default, as it is told. */
function fieldWith(vendor: Vendor, type: string, value: unknown): Snapshot {
	const taken = presentOn(vendor, '12.4.0');
	taken.fields = taken.fields.filter(({ field }) => field === 'name').map((field) => ({ ...field, type }));
	for (const { schema } of taken.fields) Object.assign(Object(schema), { default_value: value });
	return taken;
}

/** What Directus is told to make of it where the field is new. */
function madeOf(wanted: Snapshot, to: Vendor): unknown {
	const [field] = schemaFor(wanted, { ...presentOn(to, '12.4.0'), fields: [] }).fields;
	return columnToWrite(field ?? {}, to)['default_value'];
}

describe('a default', () => {
	it('comes back as it was, whatever it has in it and however often it is pushed', () => {
		fc.assert(
			fc.property(texts, vendors, vendors, (text, from, to) => {
				const [here, wanted] = [fieldWith(to, 'string', told(text, to)), fieldWith(from, 'string', told(text, from))];
				expect(changesOf(here, wanted)).toEqual([]);
				// Of PostgreSQL's, Directus reads only what is before two colons: a part of a text is none.
				expect(madeOf(wanted, to)).toBe(from === 'postgres' && text.includes('::') ? null : text);
			}),
			{ numRuns: 300 },
		);
	});

	it('of JSON does, too, and is told as text where knex would not escape it', () => {
		const values = fc.oneof(fc.dictionary(texts, texts, { maxKeys: 2 }), fc.array(texts, { maxLength: 2 }));
		fc.assert(
			fc.property(values, vendors, vendors, (value, from, to) => {
				const [here, wanted] = [
					fieldWith(to, 'json', toldJson(value, to)),
					fieldWith(from, 'json', toldJson(value, from)),
				];
				expect(changesOf(here, wanted)).toEqual([]);
				if (from === 'postgres' && JSON.stringify(value).includes('::')) return;
				const made = madeOf(wanted, to);
				expect(typeof made === 'string' ? JSON.parse(made) : made).toEqual(value);
				// knex escapes nothing in JSON.
				if (typeof made !== 'string') expect(JSON.stringify(made)).not.toMatch(to === 'mysql' ? /['\\]/ : /['\\?]/);
			}),
			{ numRuns: 300 },
		);
	});

	// As the readers of Directus 12 told them on MariaDB 10.11, PostgreSQL 15 and SQLite 3.
	it.each([
		["it's", "it''s", "it''s"],
		["\\' ", "\\\\'' ", "\\'' "],
		["\\''", "\\\\''''", "\\''''"],
		['a\nb', 'a\\nb', 'a\nb'],
		['a\rb', 'a\\rb', 'a\rb'],
		['\\n', '\\\\n', '\\n'],
		['\\\\n', '\\\\\\\\n', '\\\\n'],
		['a\0b', 'a\\0b', null],
	])('%j is read from the words of each database', (text, mariadb, others) => {
		for (const to of VENDORS) {
			expect(madeOf(fieldWith('mysql', 'string', mariadb), to)).toBe(text);
			if (others === null) continue;
			expect(madeOf(fieldWith('postgres', 'string', others), to)).toBe(text);
			expect(madeOf(fieldWith('sqlite', 'string', others), to)).toBe(text);
		}
	});

	it('is taken as it is from MySQL, which tells the text itself', () => {
		expect(madeOf(fieldWith('mysql', 'string', "it's"), 'sqlite')).toBe("it's");
		expect(madeOf(fieldWith('mysql', 'string', 'C:\\dir'), 'sqlite')).toBe('C:\\dir');
	});
});

it('is translated once for a plan and for the facts that it needs', () => {
	const [here, wanted] = [
		bundleWith({}, presentOn('sqlite', '12.4.0')),
		bundleWith({}, presentOn('postgres', '12.4.0')),
	];
	const input = targetWith(here, wanted);
	const schema = wanted.schema && input.current.schema && schemaFor(wanted.schema, input.current.schema);
	expect(planConfig({ ...input, wanted }).wanted.schema).toBe(schema);
	// Another state is another translation.
	expect(wanted.schema && schemaFor(wanted.schema, presentOn('mysql', '12.4.0'))).not.toBe(schema);
});
