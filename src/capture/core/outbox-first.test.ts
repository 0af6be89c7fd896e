import { expect, it } from 'vitest';
import { whyOutboxFirst } from './outbox-first.js';

it.each([
	['select * from `downstream_outbox` where `id` > ?', 'reads'],
	['insert into "downstream_outbox" ("id") values ($1)', 'reads'],
	['savepoint downstream; insert into downstream_outbox values (1); release savepoint downstream', 'reads'],
	['savepoint downstream; select "id" from "posts"; release savepoint downstream', null],
	['select 1; commit', 'hidden'],
	['insert into `posts` (`id`) values (?)', null],
	['COMMIT;', null],
	['SAVEPOINT trx3;', null],
] as const)('says of %s whether the outbox has to be written first: %s', (sql, why) => {
	for (const dialect of ['sqlite', 'postgres', 'mysql'] as const) expect(whyOutboxFirst(sql, dialect)).toBe(why);
});

it.each([
	'create table `x` (a int)',
	'  alter table `x` add column b int',
	'/* made by hand */ drop table `x`',
	'-- made by hand\ntruncate `x`',
	'BEGIN;',
	'START TRANSACTION',
	'set autocommit = 1',
	'SET SESSION autocommit = 1',
])('knows that MySQL commits by itself: %s', (sql) => {
	expect(whyOutboxFirst(sql, 'mysql')).toBe('commits');
	expect(whyOutboxFirst(sql, 'postgres')).toBe(null);
});
