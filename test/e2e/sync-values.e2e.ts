import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { until } from '../kit/wait.js';
import { link, quiet, syncDeliveries } from './sync-link.js';

interface Article {
	id: number;
	title: string;
	published_at: string | null;
	place: unknown;
}

const RULES = [{ collection: 'articles', fields: ['title', 'published_at', 'place'], direction: 'both' }];

describe('values between two MariaDB whose Directus are in different time zones', () => {
	let a: Directus;
	let b: Directus;
	let there: string;

	const articles = (directus: Directus) =>
		directus.data<Article[]>('GET', '/items/articles?limit=-1&sort=title&fields=id,title,published_at,place');

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version: '12', database: 'mysql', content: true, env: { TZ: 'America/New_York' } }),
			startDirectus({ version: '12', database: 'mysql', content: true, env: { TZ: 'Asia/Kolkata' } }),
		]);
		for (const directus of [a, b])
			await directus.request('POST', '/fields/articles', {
				field: 'place',
				type: 'geometry.Point',
				schema: {},
				meta: {},
			});
		there = await link(a, b, RULES);
		await link(b, a, RULES);
	}, 300_000);
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it('are the same moments and the same shapes on both sides, and come to rest', async () => {
		const times = ['2026-01-15T12:00:00.000Z', '2026-07-15T23:30:00.000Z', '1999-12-31T23:59:59.000Z'];
		const place = { type: 'Point', coordinates: [5.12, 52.09] };
		await a.request(
			'POST',
			'/items/articles',
			times.map((published_at, index) => ({ title: `time ${index}`, published_at, place })),
		);
		await quiet(a, b);
		for (const directus of [a, b]) {
			const found = await articles(directus);
			expect(found.map(({ published_at }) => new Date(String(published_at)).toISOString())).toEqual(times);
			expect(found.map((article) => article.place)).toEqual(times.map(() => place));
		}
		const [first] = await articles(b);
		const later = '2026-03-20T08:15:00.000Z';
		await b.request('PATCH', `/items/articles/${first?.id}`, { title: 'time 0, by b', published_at: later });
		await until(async () => (await articles(a))[0]?.title === 'time 0, by b', { message: 'the edit at a' });
		await quiet(a, b);
		for (const directus of [a, b])
			expect(new Date(String((await articles(directus))[0]?.published_at)).toISOString()).toBe(later);
		// Hours before the clocks of New York are put forward, and back, Directus itself writes another time.
		const odd = ['2026-03-08T05:37:07.000Z', '2026-11-01T05:37:07.000Z'];
		await b.request(
			'POST',
			'/items/articles',
			odd.map((published_at, index) => ({ title: `time ${index + 3}`, published_at })),
		);
		await quiet(a, b);
		for (const directus of [a, b])
			expect(
				(await articles(directus)).slice(3).map(({ published_at }) => new Date(String(published_at)).toISOString()),
			).toEqual(odd);
		// Each row was told of once, and the edit by who had made it.
		expect(await syncDeliveries(a, there)).toHaveLength(3);
		expect(await a.data('GET', `/downstream/sync/peers/${there}/compare`)).toMatchObject({ equal: true });
	});
});
