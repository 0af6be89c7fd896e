import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DeliveryDetail } from '../../src/contract/answers/deliveries.js';
import type { Status } from '../../src/contract/answers/status.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { deliveriesOf, publish } from './flush-target.js';

/** What is seen of pages after a purge (docs/pages.md). The site keeps each page until it is purged, unless it is broken. */
describe('pages after a delivery', () => {
	let directus: Directus;
	let site: Receiver;
	let target: string;
	let isBroken = false;
	const kept = new Map<string, number>();

	beforeAll(async () => {
		site = await startReceiver({
			respond({ method, path }) {
				if (method === 'POST') {
					if (!isBroken) kept.clear();
					return {};
				}
				const madeAt = kept.get(path) ?? Date.now();
				kept.set(path, madeAt);
				const headers = { age: String(Math.floor((Date.now() - madeAt) / 1_000)), 'cache-control': 'max-age=300' };
				return { headers, body: `made at ${madeAt}` };
			},
		});
		directus = await startDirectus({ version: '12', database: 'sqlite', content: true });
		target = await publish(directus, {
			url: `${site.url}/flush`,
			schema: [{ collection: 'posts', events: ['create', 'update'], payload: ['slug'], paths: ['/blog/{{slug}}'] }],
			options: { check: { stale_after_ms: 4_000 } },
		});
	});
	afterAll(() => Promise.all([directus?.stop(), site?.stop()]));

	const save = async (id: number, title: string) => {
		await directus.request('PATCH', `/items/posts/${id}`, { title });
		const checked = async () => {
			const [delivery] = await deliveriesOf(directus, target, `&item=${id}&event=update`);
			if (!delivery) return false;
			const detail = await directus.data<DeliveryDetail>('GET', `/downstream/deliveries/${delivery.id}`);
			return detail.pages.length > 0 && detail;
		};
		return until(checked, { timeout: 20_000, message: () => 'the page to be looked at' });
	};
	const status = async () =>
		(await directus.data<Status>('GET', '/downstream/status')).targets.find(({ id }) => id === target);

	test('the time until a visitor gets the new page is kept with the delivery, and in the status', async () => {
		const { id } = await directus.data<{ id: number }>('POST', '/items/posts', { title: 'One', slug: 'one' });
		await until(async () => (await status())?.fresh?.checked === 1, { message: () => 'the first page' });
		// Kept for long by now.
		kept.set('/blog/one', Date.now() - 60_000);
		const { pages } = await save(id, 'Two');
		expect(pages).toMatchObject([{ path: '/blog/one', state: 'fresh' }]);
		expect(pages[0]?.took_ms).toBeGreaterThan(0);
		expect((await status())?.fresh).toMatchObject({ checked: 2, stale: 0 });
		const metrics = await (
			await fetch(`${directus.url}/downstream/metrics`, {
				headers: { authorization: 'Bearer downstream-admin-token' },
			})
		).text();
		expect(metrics).toContain(`downstream_time_to_fresh_seconds_count{target="${target}"} 2`);
	});

	test('a page that stays old is an incident that says what to look at', async () => {
		isBroken = true;
		kept.set('/blog/old', Date.now() - 60_000);
		const { id } = await directus.data<{ id: number }>('POST', '/items/posts', { title: 'Old', slug: 'old' });
		const found = () =>
			directus.data<{ last_error: { code: string; message: string } }[]>('GET', '/downstream/incidents');
		const incident = await until(
			async () => (await found()).find(({ last_error: { code } }) => code === 'STALE_PAGE'),
			{
				timeout: 20_000,
				message: () => 'the incident',
			},
		);
		expect(incident?.last_error.message).toMatch(
			/^\/blog\/old is still the old page .*\(status 200, age: 6\d, .*max-age=300/,
		);
		const [delivery] = await deliveriesOf(directus, target, `&item=${id}`);
		const { pages } = await directus.data<DeliveryDetail>('GET', `/downstream/deliveries/${delivery?.id}`);
		expect(pages).toMatchObject([{ state: 'stale', took_ms: null }]);
	});
});
