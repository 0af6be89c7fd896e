import { describe, expect, it } from 'vitest';
import { mayPass } from '../../../kernel/core/passing-errors.js';
import { isSchemaMoved, refusalOf } from './refusal.js';

const failing = (message: string, more: Record<string, unknown>) => Object.assign(new Error(message), more);

describe('an error while a row is written', () => {
	it.each([
		['a connection that breaks', failing('read ECONNRESET', { code: 'ECONNRESET' })],
		['a pool without free connections', failing('Knex: Timeout acquiring a connection.', { name: 'KnexTimeoutError' })],
		['a database that shuts down', failing('terminating connection', { code: '57P01' })],
		['a deadlock', failing('deadlock detected', { code: '40P01' })],
		['a locked file', failing('insert … - SQLITE_BUSY: database is locked', { code: 'SQLITE_BUSY' })],
		['a full disk', failing('insert … - SQLITE_FULL: database or disk is full', { code: 'SQLITE_FULL' })],
		['a lock that is held', failing('Lock wait timeout', { code: 'ER_LOCK_WAIT_TIMEOUT' })],
		['a connection without a code', new Error('Connection terminated unexpectedly')],
		['a server under pressure', failing('Under pressure', { status: 503, code: 'SERVICE_UNAVAILABLE' })],
		['too many requests', failing('Too many requests', { status: 429 })],
	])('passes: %s', (_what, error) => {
		expect(mayPass(error)).toBe(true);
	});

	it.each([
		['PostgreSQL', failing('column "a" does not exist', { code: '42703' })],
		['MariaDB', failing('unknown column', { code: 'ER_BAD_FIELD_ERROR' })],
		['SQLite', failing('update … - SQLITE_ERROR: no such column: a', { code: 'SQLITE_ERROR' })],
	])('is of a schema that is being changed: %s', (_what, error) => {
		expect([isSchemaMoved(error), mayPass(error)]).toEqual([true, false]);
	});

	it.each<[string, unknown, { code: string; message: string }]>([
		[
			'rules of several fields',
			[
				failing('Validation failed for field "title". Value is required.', { status: 400, code: 'FAILED_VALIDATION' }),
				failing('Validation failed for field "views". Value has to be less than "9".', {
					status: 400,
					code: 'FAILED_VALIDATION',
				}),
			],
			{
				code: 'FAILED_VALIDATION',
				message:
					'Validation failed for field "title". Value is required. Validation failed for field "views". Value has to be less than "9".',
			},
		],
		[
			'a flow that throws',
			failing('no swearing', { status: 500, code: 'FLOW' }),
			{ code: 'FLOW', message: 'no swearing' },
		],
		['a flow that throws a text', 'stop', { code: 'REFUSED', message: 'it was refused here: stop' }],
		['a flow that throws a value', { a: 1 }, { code: 'REFUSED', message: 'it was refused here: {"a":1}' }],
		['a flow that throws nothing', null, { code: 'REFUSED', message: 'it was refused here: no reason was given' }],
		[
			'a hook',
			new TypeError('x is not a function'),
			{ code: 'REFUSED', message: 'it was refused here: x is not a function' },
		],
		[
			'a CHECK of SQLite',
			failing(
				"insert into `posts` (`title`) values ('secret - value') - SQLITE_CONSTRAINT: CHECK constraint failed: few",
				{
					code: 'SQLITE_CONSTRAINT',
				},
			),
			{
				code: 'DATABASE_REFUSED',
				message: 'the database refuses it: SQLITE_CONSTRAINT: CHECK constraint failed: few',
			},
		],
		[
			'a CHECK of MariaDB',
			failing('insert … - CONSTRAINT `few` failed', {
				code: 'ER_CONSTRAINT_FAILED',
				sqlMessage: 'CONSTRAINT `few` failed',
			}),
			{ code: 'DATABASE_REFUSED', message: 'the database refuses it: CONSTRAINT `few` failed' },
		],
		[
			'NUL in PostgreSQL',
			failing('insert … - invalid byte sequence for encoding "UTF8": 0x00', { code: '22021' }),
			{ code: 'DATABASE_REFUSED', message: 'the database refuses it: invalid byte sequence for encoding "UTF8": 0x00' },
		],
	])('is the row’s fault: %s', (_what, error, refusal) => {
		expect(mayPass(error)).toBe(false);
		expect(refusalOf(error)).toEqual(refusal);
	});
});
