import type { DatabaseKind } from '../kit/database-servers.js';
import type { Snapshot } from '../../src/contract/bundle.js';
import { add, drop, KEY, relate, retarget, UUID_KEY } from './edit-schema.js';

type Rows = Record<string, Record<string, unknown>[]>;

/** A change of the schema, of tables that may hold values. */
export interface ChangeOnData {
	name: string;
	/** Makes what is to be changed. */
	base(schema: Snapshot): void;
	/** What the tables hold, where they hold anything; in this order. */
	rows: Rows;
	change(schema: Snapshot): void;
	/** Columns whose values may become others, once somebody agreed to that. */
	mayLose?: readonly string[];
	/** Whether Directus or the database cannot do it, even where there are no rows. */
	impossible?: boolean;
	/** Databases for which it is no change. */
	sameOn?: readonly DatabaseKind[];
}

const LONG = 'x'.repeat(300);

/** A column `value` of a table `kept`, as it is and as it becomes. */
function column(
	name: string,
	{ from, to, values }: { from: Column; to: Column; values: readonly unknown[] },
): ChangeOnData {
	return {
		name,
		base: (schema) => add(schema, 'kept', { id: KEY, note: {}, value: from }),
		rows: { kept: values.map((value, index) => ({ id: index + 1, note: `row ${index + 1}`, value })) },
		change: (schema) => alter(schema, 'kept.value', to),
		mayLose: ['kept.value'],
	};
}

type Column = { type?: string; meta?: Record<string, unknown>; schema?: Record<string, unknown> };

function alter(schema: Snapshot, name: string, { schema: column, ...rest }: Column): void {
	const field = schema.fields.find((one) => `${one.collection}.${one.field}` === name);
	if (!field) throw new Error(`there is no field ${name}`);
	// What the column was says nothing of the column of another type.
	const was = Object(field['schema']) as Record<string, unknown>;
	const { data_type: _, ...same } = was;
	const before = rest.type === undefined ? was : { is_nullable: same['is_nullable'], default_value: null };
	Object.assign(field, rest, { schema: { ...before, ...column } });
}

const unrelate = (schema: Snapshot, name: string): void => {
	schema.relations = schema.relations.filter(({ collection, field }) => `${collection}.${field}` !== name);
	const field = schema.fields.find((one) => `${one.collection}.${one.field}` === name);
	if (field) Object.assign(Object(field['schema']), { foreign_key_table: null, foreign_key_column: null });
};

const withoutField = (schema: Snapshot, name: string): void => {
	schema.fields = schema.fields.filter(({ collection, field }) => `${collection}.${field}` !== name);
	schema.relations = schema.relations.filter(({ collection, field }) => `${collection}.${field}` !== name);
};

const RELATED: Pick<ChangeOnData, 'base' | 'rows'> = {
	base(schema) {
		add(schema, 'writers', { id: KEY, name: {} });
		add(schema, 'editors', { id: KEY, name: {} });
		add(schema, 'desks', { id: UUID_KEY, name: {} });
		add(schema, 'kept', { id: KEY, note: {}, value: { type: 'integer' } });
		relate(schema, 'kept', 'value', 'writers');
	},
	rows: {
		writers: [
			{ id: 1, name: 'Ada' },
			{ id: 7, name: 'Grace' },
		],
		editors: [{ id: 1, name: 'Ed' }],
		kept: [
			{ id: 1, note: 'one', value: 1 },
			{ id: 2, note: 'two', value: 7 },
			{ id: 3, note: 'three', value: null },
		],
	},
};

const decimal = (precision: number, scale: number): Column => ({
	type: 'decimal',
	schema: { numeric_precision: precision, numeric_scale: scale },
});

/** What becomes of a model over time: types, lengths, digits, keys, relations, names. */
export const CHANGES_ON_DATA: readonly ChangeOnData[] = [
	column('a text becomes a string that is too short', {
		from: { type: 'text' },
		to: { type: 'string', schema: { max_length: 50 } },
		values: ['short', LONG, null],
	}),
	column('a string becomes a text', {
		from: { schema: { max_length: 255 } },
		to: { type: 'text' },
		values: ['short', "it's \\ ? ünïcode ✓", null],
	}),
	column('a string becomes shorter than what it holds', {
		from: { schema: { max_length: 400 } },
		to: { schema: { max_length: 20 } },
		values: ['short', LONG, null],
	}),
	column('a string becomes shorter, and what it holds still fits', {
		from: { schema: { max_length: 400 } },
		to: { schema: { max_length: 20 } },
		values: ['short', '', null],
	}),
	column('an integer becomes a string', {
		from: { type: 'integer' },
		to: { type: 'string', schema: { max_length: 255 } },
		values: [1, -2_000_000_000, null],
	}),
	column('a string with words becomes an integer', {
		from: { schema: { max_length: 100 } },
		to: { type: 'integer' },
		values: ['12', 'twelve', null],
	}),
	column('an integer becomes a bigInteger', {
		from: { type: 'integer' },
		to: { type: 'bigInteger' },
		values: [1, 2_000_000_000, null],
	}),
	column('a bigInteger becomes an integer that is too small', {
		from: { type: 'bigInteger' },
		to: { type: 'integer' },
		values: [1, '9007199254740', null],
	}),
	column('an integer becomes a float', {
		from: { type: 'integer' },
		to: { type: 'float' },
		values: [1, 123_456_789, null],
	}),
	column('a float becomes an integer', { from: { type: 'float' }, to: { type: 'integer' }, values: [1, 2.75, null] }),
	{
		...column('a decimal has fewer digits behind the point', {
			from: decimal(10, 4),
			to: decimal(10, 1),
			values: ['1.2345', '2.5000', null],
		}),
		sameOn: ['sqlite'],
	},
	{
		...column('a decimal has fewer digits in all', {
			from: decimal(12, 2),
			to: decimal(6, 2),
			values: ['1.50', '123456789.25', null],
		}),
		sameOn: ['sqlite'],
	},
	column('a dateTime becomes a date', {
		from: { type: 'dateTime' },
		to: { type: 'date' },
		values: ['2026-11-30 09:30:15', null],
	}),
	column('a boolean becomes an integer', {
		from: { type: 'boolean', meta: { special: ['cast-boolean'] } },
		to: { type: 'integer', meta: { special: null } },
		values: [true, false, null],
	}),
	column('a string that is no JSON becomes JSON', {
		from: { schema: { max_length: 255 } },
		to: { type: 'json', meta: { special: ['cast-json'] } },
		values: ['{"a":1}', 'not JSON', null],
	}),
	column('a column must not be empty any more', {
		from: { schema: { max_length: 40 } },
		to: { schema: { is_nullable: false } },
		values: ['full', null],
	}),
	column('a column may be empty', {
		from: { schema: { max_length: 40, is_nullable: false, default_value: 'x' } },
		to: { schema: { is_nullable: true, default_value: null } },
		values: ['full', 'x'],
	}),
	column('a column is unique from now on', {
		from: { schema: { max_length: 40 } },
		to: { schema: { is_unique: true } },
		values: ['twice', 'twice', null],
	}),
	{
		name: 'a key becomes a UUID',
		base: (schema) => add(schema, 'kept', { id: KEY, note: {} }),
		rows: { kept: [{ id: 1, note: 'one' }] },
		change: (schema) => alter(schema, 'kept.id', { ...UUID_KEY, schema: { is_primary_key: true, is_nullable: false } }),
		impossible: true,
	},
	{
		...RELATED,
		name: 'a relation points to another collection',
		change: (schema) => retarget(schema, 'kept', 'value', 'editors'),
	},
	{
		...RELATED,
		name: 'a relation points to a collection with another kind of key',
		change(schema) {
			retarget(schema, 'kept', 'value', 'desks');
			const related = { foreign_key_table: 'desks', foreign_key_column: 'id' };
			alter(schema, 'kept.value', { type: 'uuid', schema: { is_nullable: true, ...related } });
		},
		mayLose: ['kept.value'],
	},
	{ ...RELATED, name: 'a relation is removed', change: (schema) => unrelate(schema, 'kept.value') },
	{
		...RELATED,
		name: 'a relation and what it pointed to are removed',
		change(schema) {
			unrelate(schema, 'kept.value');
			drop(schema, 'writers');
		},
		mayLose: ['writers'],
	},
	{
		...RELATED,
		name: 'a column and its relation are removed',
		change: (schema) => withoutField(schema, 'kept.value'),
		mayLose: ['kept.value'],
	},
	{
		name: 'a relation is added to values that name nothing',
		base(schema) {
			add(schema, 'writers', { id: KEY, name: {} });
			add(schema, 'kept', { id: KEY, note: {}, value: { type: 'integer' } });
		},
		rows: { writers: [{ id: 1, name: 'Ada' }], kept: [{ id: 1, note: 'one', value: 4711 }] },
		change: (schema) => relate(schema, 'kept', 'value', 'writers'),
	},
];
