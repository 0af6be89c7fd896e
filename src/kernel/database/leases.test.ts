import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryWithMeta } from '../../../test/kit/memory-database.js';
import { acquireLeases, NOTE_LOST, releaseLeases, renewLeases } from './leases.js';

const TTL = 10_000;
const TARGETS = Array.from({ length: 10 }, (_, index) => `target-${index}`);

describe('leases of many targets', () => {
	let database: Knex;
	let statements: string[];

	beforeEach(async () => {
		database = await memoryWithMeta();
		statements = [];
		database.on('query', ({ sql }: { sql: string }) => statements.push(sql));
	});
	afterEach(() => database.destroy());

	const take = (holder: string, now: number, names: readonly string[] = TARGETS) =>
		acquireLeases(database, names, holder, TTL, now).then((taken) => [...taken.keys()].toSorted());

	it('are each held by one node only, however often any node asks', async () => {
		expect(await take('a', 0)).toEqual(TARGETS);
		expect(await take('b', 100)).toEqual([]);
		expect(await take('a', 200)).toEqual(TARGETS);
		expect(await take('b', 200 + TTL)).toEqual([]);
		expect(await take('b', 201 + TTL)).toEqual(TARGETS);
		expect(await take('a', 300 + TTL)).toEqual([]);
	});

	it('are shared out where some are held and some are free', async () => {
		await take('a', 0, TARGETS.slice(0, 3));
		expect(await take('b', 1, TARGETS.slice(2))).toEqual(TARGETS.slice(3));
		await releaseLeases(database, TARGETS, 'a');
		expect(await take('b', 2)).toEqual(TARGETS);
	});

	it('are taken over when a wrong clock reserved them for years', async () => {
		await take('a', 1_000_000_000);
		expect(await take('b', 0)).toEqual(TARGETS);
	});

	it('need two statements, however many they are, once all their rows exist', async () => {
		await take('a', 0);
		statements.length = 0;
		await take('a', 1);
		expect(statements).toHaveLength(2);
	});

	it('need no row when no name is given', async () => {
		expect(await take('a', 0, [])).toEqual([]);
	});
});

describe('a lease that passes from node to node', () => {
	let database: Knex;
	beforeEach(async () => void (database = await memoryWithMeta()));
	afterEach(() => database.destroy());
	const take = (holder: string, now: number) => acquireLeases(database, ['target'], holder, TTL, now);

	it('is not renewed by a node that slept while another held it, even after the other released it', async () => {
		await take('a', 0);
		expect(await renewLeases(database, ['target'], 'a', TTL, 1)).toEqual(new Set(['target']));
		await take('b', 2 * TTL);
		expect(await renewLeases(database, ['target'], 'a', TTL, 2 * TTL)).toEqual(new Set());
		await releaseLeases(database, ['target'], 'b');
		expect(await renewLeases(database, ['target'], 'a', TTL, 2 * TTL)).toEqual(new Set());
	});

	it('passes on the note of its last holder, or that the note was lost', async () => {
		expect((await take('a', 0)).get('target')).toBe(null);
		await releaseLeases(database, ['target'], 'a', new Map([['target', 'from a']]));
		expect((await take('b', 1)).get('target')).toBe('from a');
		expect((await take('b', 2)).get('target')).toBe('from a');
		expect((await take('c', 3 * TTL)).get('target')).toBe(NOTE_LOST);
		await releaseLeases(database, ['target'], 'c');
		expect((await take('a', 3 * TTL)).get('target')).toBe(null);
	});
});
