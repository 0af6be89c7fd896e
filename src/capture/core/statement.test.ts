import fc from 'fast-check';
import type { Dialect } from '../../kernel/core/dialect.js';
import { describe, expect, it } from 'vitest';
import { readStatement, type Statement } from './statement.js';

const write = (sql: string, dialect: Dialect = 'sqlite') => {
	const read = readStatement(sql, dialect);
	expect(read?.kind).toBe('write');
	return (read as Extract<Statement, { kind: 'write' }>).writes;
};

describe('what a statement writes', () => {
	it.each([
		['update `posts` set `a` = ?, `b` = `b` + 1 where `id` in (?, ?)', 'mysql', [1, 2]],
		['update "posts" set "a" = $1, "b" = now() where "id" in ($2, $3) returning "id"', 'postgres', [1, 2]],
		['UPDATE public."posts" SET "a"=$1,"b"=coalesce($2, 1) WHERE "posts"."id" = $3;', 'postgres', [2]],
		['update `posts` set `a` = ?, `b` = ? where (`id` = ?)', 'sqlite', [2]],
	] as const)('an update by keys: %s', (sql, dialect, bindings) => {
		const [statement] = write(sql, dialect);
		expect(statement).toMatchObject({ table: 'posts', event: 'update', columns: ['a', 'b'], conflicts: null });
		expect(statement?.picked?.by).toEqual({ column: 'id', values: bindings.map((binding) => ({ binding })) });
	});

	it.each([
		['update `posts` set `sort` = `sort` + ? where `sort` > ? and `sort` <= ? and not `id` = ?', 'mysql'],
		['update "posts" set "sort" = "sort" + $1 where "sort" > $2 and "sort" <= $3 and not "id" = $4', 'postgres'],
	] as const)('an update by anything else: the rows can be selected: %s', (sql, dialect) => {
		const [one] = write(sql, dialect);
		const quote = dialect === 'mysql' ? '`' : '"';
		expect(one?.picked).toMatchObject({ by: null, bindings: [1, 2, 3] });
		expect(one?.picked?.where?.replaceAll(quote, '')).toBe('sort > ? and sort <= ? and not id = ?');
	});

	it('keeps question marks that are no bindings', () => {
		const [one] = write(`delete from "posts" where "tags" ? 'a?' and "id" = $1`, 'postgres');
		expect(one?.picked).toMatchObject({ where: `"tags" \\? 'a\\?' and "id" = ?`, bindings: [0] });
	});

	it.each([
		['insert into `posts` (`id`, `title`) values (?, ?), (?, ?)', 'mysql'],
		['insert into "posts" ("id", "title") values ($1, $2), ($3, $4) returning "id"', 'postgres'],
		[
			'insert into `posts` (`id`, `title`) select ? as `id`, ? as `title` union all select ? as `id`, ? as `title`',
			'sqlite',
		],
	] as const)('an insert of several rows: %s', (sql, dialect) => {
		expect(write(sql, dialect)).toEqual([
			{
				table: 'posts',
				event: 'create',
				columns: ['id', 'title'],
				picked: null,
				rows: [
					[{ binding: 0 }, { binding: 1 }],
					[{ binding: 2 }, { binding: 3 }],
				],
				conflicts: null,
				conflictOn: null,
			},
		]);
	});

	it.each([
		['insert into "posts" ("id") values ($1) on conflict ("id") do update set "id" = excluded."id"', 'written', ['id']],
		['insert into "posts" ("id") values ($1) on conflict ("slug") do nothing', 'left', ['slug']],
		['insert into `posts` (`id`) values (?) on duplicate key update `id` = values(`id`)', 'written', null],
		['insert or replace into posts (id) values (1)', 'unknown', null],
		['replace into `posts` (`id`) values (?)', 'unknown', null],
		['insert ignore into `posts` (`id`) values (?)', 'left', null],
	] as const)('an insert that may meet rows that are there: %s', (sql, conflicts, conflictOn) => {
		expect(write(sql, sql.includes('$1') ? 'postgres' : 'mysql')).toMatchObject([
			{ table: 'posts', conflicts, conflictOn },
		]);
	});

	it.each([
		[
			'with gone as (delete from "posts" where true returning *) insert into "log" select * from gone',
			['posts', 'log'],
		],
		['update posts set a = 1; delete from authors', ['posts', 'authors']],
		['update posts p join authors a on a.id = p.author set p.title = a.name', ['posts', 'authors']],
		['update posts set a = x.a from x where x.id = posts.id', ['posts']],
		['delete p from posts p join authors a on a.id = p.author', ['posts']],
		['truncate table "public"."posts"', ['posts']],
		['merge into posts using x on true when matched then delete', ['posts']],
		['do $$ begin update posts set a = 1; end $$', ['posts']],
		['insert into posts select * from others', ['posts']],
	])('never nothing where it is not understood: %s', (sql, tables) => {
		const found = write(sql, 'mysql');
		expect(found.map(({ table }) => table)).toEqual(expect.arrayContaining(tables));
		for (const one of found) expect(one.picked).toBeNull();
	});

	it('looks into no text that is quoted', () => {
		expect(write("update posts set a = 'x; delete from authors where id = 1' where id = 7")).toMatchObject([
			{ table: 'posts', columns: ['a'], picked: { by: { column: 'id', values: [{ value: 7 }] } } },
		]);
		expect(write(String.raw`update posts set a = 'it\'s; where', b = 2 where id = 7`, 'mysql')).toMatchObject([
			{ table: 'posts', columns: ['a', 'b'] },
		]);
	});

	it.each([
		'select 1',
		'PRAGMA foreign_keys = ON',
		'savepoint downstream; insert into x values (1); release savepoint downstream',
		'create table a (b int)',
		'savepoint downstream',
		'rollback to savepoint downstream',
	])('nothing: %s', (sql) => {
		expect(readStatement(sql, 'postgres')).toBeNull();
	});
});

it.each([
	['BEGIN;', { kind: 'begin' }],
	['BEGIN TRANSACTION ISOLATION LEVEL serializable;', { kind: 'begin' }],
	['COMMIT;', { kind: 'commit' }],
	['ROLLBACK', { kind: 'rollback' }],
	['SAVEPOINT trx12;', { kind: 'savepoint', name: 'trx12' }],
	['RELEASE SAVEPOINT trx12;', { kind: 'release', name: 'trx12' }],
	['release trx12', { kind: 'release', name: 'trx12' }],
	['ROLLBACK TO SAVEPOINT trx12', { kind: 'rollback-to', name: 'trx12' }],
])('what a statement does to its transaction: %s', (sql, expected) => {
	expect(readStatement(sql, 'postgres')).toEqual(expected);
});

it('takes any text, in time that grows with its length', () => {
	const words = fc.constantFrom(
		'update ',
		'set ',
		'where ',
		'(',
		')',
		',',
		"'",
		'"',
		'`',
		'?',
		'$1',
		' a ',
		';',
		'--',
		'/*',
		'\\',
	);
	fc.assert(
		fc.property(
			fc.array(words, { maxLength: 60 }),
			fc.constantFrom<Dialect>('postgres', 'mysql', 'sqlite'),
			(parts, dialect) => {
				readStatement(`update ${parts.join('')}`, dialect);
				readStatement(parts.join(''), dialect);
			},
		),
		{ numRuns: 2_000 },
	);
	const keys = Array.from({ length: 50_000 }, () => '?').join(', ');
	expect(write(`update posts set a = 1 where id in (${keys})`)[0]?.picked?.by?.values).toHaveLength(50_000);
});
