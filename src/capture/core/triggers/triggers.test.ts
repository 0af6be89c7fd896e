import { expect, it } from 'vitest';
import { memoryDatabase } from '../../../../test/kit/memory-database.js';
import { randomFrom } from '../../../../test/kit/random.js';
import { collection, field, relation } from '../../../../test/schema-overview.js';
import { buildWatch } from '../watch.js';
import { mysqlTriggers } from './mysql-triggers.js';
import { postgresTriggers, recordingFunction } from './postgres-triggers.js';
import { sqliteTriggers } from './sqlite-triggers.js';
import type { TriggerCascade, Trigger, TriggeredTable } from './trigger.js';
import { triggerFailure } from './trigger-failure.js';
import { triggeredTables, type LiveColumns } from './triggered-tables.js';

const table = (known: Partial<TriggeredTable> = {}): TriggeredTable => ({
	collection: 'posts',
	primary: 'id',
	isWatched: true,
	columns: {},
	along: [],
	...known,
});
const ofAll = (table: TriggeredTable): Trigger[] => [
	...sqliteTriggers(table),
	...mysqlTriggers(table, 'SYSTEM'),
	...postgresTriggers(table, 'public'),
];

it('gives the same trigger the same name, another one another, and none too long a one', () => {
	const seed = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? Date.now() % 1_000_000);
	const random = randomFrom(seed);
	const letters = [...'abcXYZ_-. "\'`\\?$üß中😀'];
	const word = () =>
		Array.from({ length: 1 + random() * 60 }, () => letters[Math.floor(random() * letters.length)]).join('');
	const seen = new Map<string, string>();
	for (let count = 0; count < 300; count += 1) {
		const triggeredTable = table({ collection: word(), primary: word(), columns: { [word()]: 'plain' } });
		const made = ofAll(triggeredTable);
		expect(ofAll(triggeredTable)).toEqual(made);
		for (const { name, sql } of made) {
			expect({ seed, name, fits: Buffer.byteLength(name) <= 63 }).toEqual({ seed, name, fits: true });
			expect({ seed, same: seen.get(name) ?? sql }).toEqual({ seed, same: sql });
			seen.set(name, sql);
		}
	}
});

it('names no column of a row but its key, so that any other can be dropped', () => {
	const triggeredTable = table({ columns: { slug: 'plain', at: 'instant' } });
	for (const { sql } of [...sqliteTriggers(triggeredTable), ...mysqlTriggers(triggeredTable, 'SYSTEM')]) {
		const named = [...sql.matchAll(/\b(?:new|old)\.["`](\w+)["`]/g)].map(([, column]) => column);
		expect(new Set(named)).toEqual(new Set(['id']));
	}
	// On PostgreSQL the names are arguments, and what has them is looked up in the row as JSON.
	expect(recordingFunction('public').sql).not.toMatch(/slug/);
	expect(postgresTriggers(triggeredTable, 'public')[1]?.sql).toContain(`'{"slug":"plain","at":"instant"}'`);
});

it('works on a table and a key of any name', async () => {
	const database = memoryDatabase();
	await database.schema.createTable('downstream_outbox', (columns) => {
		columns.increments('id');
		for (const column of ['collection', 'item', 'event', 'at', 'source', 'before']) columns.string(column);
	});
	const names = ["it's", 'say "so"', 'back`tick', 'a\\b', 'über', 'select', 'new', 'old'];
	for (const name of names) {
		await database.schema.createTable(name, (columns) => {
			columns.string(name).primary();
			columns.string('other');
		});
		for (const { sql } of sqliteTriggers(table({ collection: name, primary: name }))) await database.raw(sql);
		await database(name).insert({ [name]: 'key', other: 'x' });
		await database(name).where(name, 'key').update({ other: 'y' });
		await database(name)
			.where(name, 'key')
			.update({ [name]: 'moved' });
		await database(name).del();
		const rows = await database('downstream_outbox').where({ collection: name }).orderBy('id');
		expect(rows.map(({ event, item }) => `${event} ${item}`)).toEqual([
			'create key',
			'update key',
			'delete key',
			'create moved',
			'delete moved',
		]);
	}
	await database.destroy();
});

it('makes triggers for what is watched and there, and says of the rest why not', () => {
	const schema = {
		collections: {
			posts: collection('posts', [field('id', 'integer')]),
			views: collection('views', [field('id', 'integer')]),
			renamed: collection('renamed', [field('id', 'integer')]),
		},
		relations: [],
	};
	const watch = buildWatch([], schema, ['posts', 'views', 'renamed']);
	const live: LiveColumns = new Map([
		['posts', new Map([['id', 'int4']])],
		['renamed', new Map([['pid', 'int4']])],
	]);
	const { tables, problems } = triggeredTables(watch, schema, live, 'postgres');
	expect(tables.map((table) => table.collection)).toEqual(['posts']);
	expect(problems).toEqual([
		{ collection: 'renamed', problem: 'it has no column id' },
		{ collection: 'views', problem: 'there is no such table' },
	]);
});

it('keeps old values where every one of them is read again as it was, and none otherwise', () => {
	const schema = { collections: { posts: collection('posts', [field('id', 'integer')]) }, relations: [] };
	const watch = buildWatch([], schema, ['posts']);
	const formsOf = (columns: Record<string, string>) => {
		const posts = watch.collections.get('posts');
		if (posts) posts.columns = [...Object.keys(columns), 'dropped'];
		const live = new Map([['posts', new Map(Object.entries({ id: 'int4', ...columns }))]]);
		return triggeredTables(watch, schema, live, 'postgres').tables[0]?.columns;
	};
	expect(formsOf({ slug: 'varchar', price: 'numeric', at: 'timestamptz', day: 'date', meta: 'json' })).toEqual({
		id: 'plain',
		slug: 'plain',
		price: 'text',
		at: 'instant',
		day: 'local',
		meta: 'json',
	});
	expect(formsOf({ slug: 'varchar', place: 'geometry' })).toEqual({});
});

it('looks on MySQL for what goes along, as deep as it may, and counts the rest as changed', () => {
	const names = ['a', 'b', 'c', 'd', 'e'];
	const schema = {
		collections: Object.fromEntries(names.map((name) => [name, collection(name, [field('id', 'integer')])])),
		// A chain of five, and back from the third to the first.
		relations: ['ba', 'cb', 'dc', 'ed', 'ac'].map((pair) => ({
			...relation([pair[0] ?? '', `to_${pair[1]}`], pair[1] ?? ''),
			schema: { on_delete: 'CASCADE' } as never,
		})),
	};
	const watch = buildWatch([], schema, ['e', 'b']);
	const live = new Map(names.map((name) => [name, new Map([['id', 'int']])]));
	const { tables } = triggeredTables(watch, schema, live, 'mysql');
	// `d` and others are not watched: their own writes are not recorded, what they take along is.
	expect(tables.map((triggeredTable) => `${triggeredTable.collection} ${triggeredTable.isWatched}`)).toEqual([
		'a false',
		'b true',
		'c false',
		'd false',
		'e true',
	]);
	const shape = ({ collection: name, next, beyond }: TriggerCascade): string =>
		[name, ...next.map(shape), ...beyond.map((other) => `(${other})`)].join(' ');
	expect(tables[0]?.along.map(shape)).toEqual(['b c d (e) a (b) (e)']);
	expect(
		mysqlTriggers(table({ collection: 'a', isWatched: false, along: tables[0]?.along ?? [] }), 'SYSTEM'),
	).toHaveLength(1);
	expect(
		triggeredTables(watch, schema, live, 'sqlite').tables.map((triggeredTable) => triggeredTable.collection),
	).toEqual(['b', 'e']);
});

it.each([
	[
		{ code: '42501', message: 'create trigger … - permission denied for table posts' },
		/grant it TRIGGER on the table posts.*permission denied/,
	],
	[{ code: 'ER_BINLOG_CREATE_ROUTINE_NEED_SUPER', message: 'no' }, /log_bin_trust_function_creators = 1/],
	[{ code: 'ER_TABLEACCESS_DENIED_ERROR', message: 'no' }, /grant it TRIGGER/],
	[{ code: '55P03', message: 'timeout' }, /tries again/],
	[new Error('something else'), /^something else$/],
])('says what to do about %o', (error, advice) => {
	expect(triggerFailure(error, 'posts')).toMatch(advice);
});
