import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { until } from '../kit/wait.js';
import { link, quiet } from './sync-link.js';

const RULES = [
	{ collection: 'authors', fields: ['name'], direction: 'both' },
	{
		collection: 'articles',
		fields: ['title', 'slug', 'author', 'rating', 'translations'],
		direction: 'both',
		match: ['slug'],
	},
];

interface Comparison {
	at: string;
	equal: boolean;
	collections: {
		collection: string;
		problem: string | null;
		equal: number;
		different: { count: number; rows: { sync_id: string; item: string; fields: string[] }[] };
		missing_here: { count: number; rows: { item: string }[] };
		missing_there: { count: number; rows: { item: string }[] };
	}[];
}
interface Run {
	id: string;
	status: string;
	collections: { collection: string; total: number; read: number; queued: number; done: boolean }[];
	deliveries: Record<string, number>;
}

describe('two instances with content of their own', () => {
	let a: Directus;
	let b: Directus;
	let source: string;
	let back: string;
	let last = '';

	const compare = () => a.data<Comparison>('GET', `/downstream/sync/peers/${source}/compare`);
	const of = (comparison: Comparison, collection: string) =>
		comparison.collections.find((one) => one.collection === collection);
	const titles = async (directus: Directus) =>
		(
			await directus.data<{ slug: string; title: string }[]>(
				'GET',
				'/items/articles?limit=-1&sort=slug&fields=slug,title',
			)
		).map(({ slug, title }) => `${slug}: ${title}`);
	const progress = () => a.data<Run>('GET', `/downstream/sync/peers/${source}/progress`);
	/** Waits for both runs: b is asked for what a lacks, and would take what a test tampers with for an edit. */
	const done = () =>
		until(
			async () => {
				const run = await progress();
				const answering = await b.data<Run>('GET', `/downstream/sync/peers/${back}/progress`);
				last = JSON.stringify({ run, answering });
				return run.status === 'done' && answering.status === 'done' ? run : null;
			},
			{
				timeout: 40_000,
				message: () => `the backfill to be done, which says ${last}`,
			},
		);

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startDirectus({ version: '12', database: 'sqlite', content: true }),
		]);
		const many = (from: string, count: number) =>
			Array.from({ length: count }, (_, index) => ({
				title: `${from} ${index}`,
				slug: `${from}-${index}`,
				rating: '1.50',
			}));
		await a.request('POST', '/items/articles', many('a', 1_200));
		const translations = [{ languages_code: 'nl-NL', title: 'Gedeeld' }];
		await a.request('POST', '/items/articles', {
			title: 'Shared',
			slug: 'shared',
			author: { name: 'Ada' },
			translations,
		});
		await b.request('POST', '/items/articles', many('b', 30));
		await b.request('POST', '/items/articles', { title: 'Shared', slug: 'shared' });
		source = await link(a, b, RULES);
		back = await link(b, a, RULES);
	}, 120_000);
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it('say what each has that the other does not, before anything is sent', async () => {
		const found = await compare();
		expect(found.equal).toBe(false);
		expect(of(found, 'articles')).toMatchObject({ problem: null, equal: 0, missing_there: { count: 1_201 } });
		expect(of(found, 'articles')?.missing_here.count).toBe(31);
	});

	it('preview a backfill: what it would make, and which rows it would recognise, and write nothing', async () => {
		const seen = await a.data<{
			collections: {
				collection: string;
				total: number;
				looked: number;
				counts: Record<string, number>;
				found: object;
				examples: Record<string, unknown[]>;
			}[];
			asks: string[];
		}>('POST', `/downstream/sync/peers/${source}/backfill`, { dry_run: true });
		const articles = seen.collections.find(({ collection }) => collection === 'articles');
		expect(articles).toMatchObject({
			total: 1_201,
			looked: 1_201,
			counts: { create: 1_200, refused: 0, delete: 0 },
			found: { match: 1, key: 0, ends: 0 },
			examples: { found: [{ found: { by: 'match', fields: ['slug'] }, there: expect.any(String) }] },
		});
		expect(
			seen.collections.find(({ collection }) => collection === 'articles_translations'),
			JSON.stringify(seen),
		).toMatchObject({
			counts: { create: 1, refused: 0 },
		});
		expect(seen.asks).toContain('articles');
		expect(await titles(b)).toHaveLength(31);
		expect(await a.sql('downstream_sync_ids').select()).toEqual([]);
		expect(await b.sql('downstream_sync_ids').select()).toEqual([]);
	});

	it('are filled from both sides, find the row that both had by its slug, and are then proven equal', async () => {
		const run = await a.data<Run>('POST', `/downstream/sync/peers/${source}/backfill`, {});
		expect(run.collections.map(({ collection, total }) => [collection, total])).toEqual([
			['authors', 1],
			['articles', 1_201],
			['articles_translations', 1],
		]);
		await done();
		await until(async () => (await titles(a)).length === 1_231, { timeout: 30_000, message: 'what b had at a' });
		await quiet(a, b);
		expect(await titles(b)).toEqual(await titles(a));
		const found = await compare();
		expect(found, JSON.stringify(found)).toMatchObject({ equal: true });
		expect(of(found, 'articles')?.equal).toBe(1_231);
		expect(
			(
				await b.data<{ author: { name: string } }[]>(
					'GET',
					'/items/articles?filter[slug][_eq]=shared&fields=author.name',
				)
			)[0],
		).toEqual({
			author: { name: 'Ada' },
		});
	});

	it('send nothing twice when they are filled again', async () => {
		const run = await a.data<Run>('POST', `/downstream/sync/peers/${source}/backfill`, {});
		const over = await done();
		expect(over.id).toBe(run.id);
		expect(over.collections.map(({ queued }) => queued)).toEqual([0, 0, 0]);
	});

	it('name the row and the field that differ past Directus, and repair them after a dry run', async () => {
		const [article] = await b.data<{ id: number }[]>('GET', '/items/articles?filter[slug][_eq]=a-7');
		await b.sql('articles').where({ id: article?.id }).update({ title: 'tampered with' });
		const [gone] = await b.data<{ id: number }[]>('GET', '/items/articles?filter[slug][_eq]=a-8');
		await b.sql('articles').where({ id: gone?.id }).delete();
		const found = of(await compare(), 'articles');
		expect(found?.different.rows).toMatchObject([{ fields: ['title'] }]);
		expect(found?.missing_there.count).toBe(1);
		const path = `/downstream/sync/peers/${source}/repair`;
		const tried = await a.data<{ run: null; collections: { collection: string; preview?: object }[] }>(
			'POST',
			path,
			{},
		);
		expect(tried.run).toBeNull();
		expect(tried.collections.find(({ collection }) => collection === 'articles')?.preview).toMatchObject({
			counts: { create: 1, update: 1, refused: 0 },
			examples: {
				update: [{ there: String(article?.id), fields: [{ field: 'title', from: 'tampered with', to: 'a 7' }] }],
			},
		});
		expect(of(await compare(), 'articles')?.different.count).toBe(1);
		await a.request('POST', path, { dry_run: false });
		await until(async () => (await compare()).equal, { timeout: 30_000, message: 'both to be equal' });
		expect(await titles(b)).toEqual(await titles(a));
	});

	it('take a run back where it was written, as new changes that the other side hears of', async () => {
		await b.sql('articles').where({ slug: 'a-9' }).update({ title: 'theirs' });
		const { run } = await a.data<{ run: string }>('POST', `/downstream/sync/peers/${source}/repair`, {
			dry_run: false,
		});
		await quiet(a, b);
		const before = await titles(a);
		expect(before).toEqual(await titles(b));
		const received = await b.request<{ data: { run: string }[]; meta: object }>('GET', '/downstream/sync/runs?limit=1');
		expect(received).toMatchObject({
			data: [{ run, collections: [{ collection: 'articles', created: 0, updated: 1, deleted: 0 }] }],
			meta: { total: expect.any(Number), limit: 1, page: 1 },
		});
		expect(await b.data('GET', '/downstream/sync/runs?target=nobody')).toEqual([]);
		const tried = await b.data<{ undone: number }>('POST', `/downstream/sync/runs/${run}/undo`, { dry_run: true });
		expect(tried.undone).toBe(1);
		expect(await titles(b)).toEqual(before);
		await b.request('POST', `/downstream/sync/runs/${run}/undo`, {});
		await quiet(a, b);
		expect(await titles(a)).toContain('a-9: theirs');
		expect(await titles(a)).toEqual(await titles(b));
		for (const time of ['second', 'third']) {
			const again = await b.data<object>('POST', `/downstream/sync/runs/${run}/undo`, {});
			expect({ time, ...again }).toMatchObject({ time, undone: 0 });
		}
	});
});
