import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { until } from '../kit/wait.js';
import { link, quiet } from './sync-link.js';

const COUNT = 6_000;

interface Run {
	id: string;
	status: string;
	collections: { total: number; read: number; queued: number }[];
}

describe('a backfill', () => {
	let a: Directus;
	let b: Directus;
	let source: string;

	const progress = () => a.data<Run>('GET', `/downstream/sync/peers/${source}/progress`);
	const arrived = async () => Number((await b.sql('posts').count({ count: '*' }))[0]?.['count']);
	const revised = async () =>
		Number((await b.sql('directus_revisions').where({ collection: 'posts' }).count({ count: '*' }))[0]?.['count']);

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startDirectus({ version: '12', database: 'sqlite', content: true }),
		]);
		for (let start = 0; start < COUNT; start += 300)
			await a.sql('posts').insert(Array.from({ length: 300 }, () => ({ title: randomUUID() })));
		source = await link(a, b, [{ collection: 'posts', fields: ['title'], direction: 'both' }]);
	}, 120_000);
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it('goes on where it was when either side is killed, and writes no row twice', async () => {
		const { id } = await a.data<Run>('POST', `/downstream/sync/peers/${source}/backfill`, {});
		await until(async () => (await arrived()) >= 500, { timeout: 60_000, message: 'the first rows to arrive' });
		await a.kill9();
		await a.restart();
		// In the middle of writing what has arrived: the next rows are there only once all of their request are.
		const before = await arrived();
		await until(async () => (await arrived()) > before, { timeout: 60_000, message: 'it to go on' });
		await b.kill9();
		await b.restart();
		await a.request('POST', `/downstream/targets/${source}/resume`);
		await until(async () => (await progress()).status === 'done', { timeout: 90_000, message: 'it to be done' });
		await quiet(a, b);
		const run = await progress();
		expect({ id: run.id, queued: run.collections[0]?.queued }).toEqual({ id, queued: COUNT });
		const titles = (directus: Directus) => directus.sql('posts').orderBy('title').pluck<string[]>('title');
		expect(await titles(b)).toEqual(await titles(a));
		expect(await revised()).toBe(COUNT);
		const owed = await a.sql('downstream_deliveries').where({ target: source }).countDistinct({ count: 'item' });
		expect(Number(owed[0]?.['count'])).toBe(COUNT);
	}, 240_000);
});
