import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledLinks } from '../kit/sampled-links.js';
import { until } from '../kit/wait.js';
import { link, syncDeliveries } from './sync-link.js';

const RULES = [
	{ collection: 'authors', fields: ['name'], direction: 'push' },
	{ collection: 'articles', fields: ['title', 'slug', 'author', 'translations'], direction: 'push', match: ['slug'] },
];

interface Promotion {
	written: boolean;
	fingerprint: string;
	counts: Record<string, number>;
	rows: { collection: string; item: string; action: string; why: string }[];
}
interface Release {
	id: string;
	status: string;
	items: { collection: string; item: string; deleted: boolean }[];
	error: string | null;
}

describe.each(await sampledLinks(import.meta.url))(
	'a remote on release only, in Directus $version from $from to $to',
	({ version, from, to }) => {
		let a: Directus;
		let b: Directus;
		let source: string;
		let [first, second]: number[] = [];

		const release = <T = Promotion>(body: object = {}) =>
			a.data<T>('POST', `/downstream/sync/peers/${source}/release`, body);
		const releases = () => a.data<Release[]>('GET', `/downstream/sync/releases?target=${source}`);
		const there = async () =>
			(await b.data<{ title: string }[]>('GET', '/items/articles?limit=-1&sort=title')).map(({ title }) => title);
		const collected = async (count: number) =>
			until(
				async () => {
					const waiting = (await syncDeliveries(a, source)).filter(({ status }) => status === 'pending');
					return waiting.length === count ? waiting : null;
				},
				{ timeout: 20_000, message: `${count} deliveries to be collected` },
			);

		beforeAll(async () => {
			[a, b] = await Promise.all([
				startDirectus({ version, database: from, content: true }),
				startDirectus({ version, database: to, content: true }),
			]);
			source = await link(a, b, RULES, { options: { on_release: true } });
			for (const slug of ['first', 'second']) {
				const { id } = await a.data<{ id: number }>('POST', '/items/articles', {
					title: slug,
					slug,
					author: { name: `by ${slug}` },
					translations: [{ languages_code: 'nl-NL', title: `${slug} nl` }],
				});
				[first, second] = [first ?? id, id];
			}
		}, 300_000);
		afterAll(() => Promise.all([a?.stop(), b?.stop()]));

		it('collects changes, sends none of them, and is not late for that', async () => {
			await collected(6);
			const { targets, outbox } = await a.data<{ targets: object[]; outbox: { lag_ms: number } }>(
				'GET',
				'/downstream/status',
			);
			expect(targets).toMatchObject([{ on_release: true, state: 'healthy', pending: 6, lag_ms: 0 }]);
			expect(outbox.lag_ms).toBe(0);
			expect(await there()).toEqual([]);
		});

		it('is shown what would be released, and gets a part of it with what it needs', async () => {
			const all = await release();
			expect(all).toMatchObject({ written: false, counts: { create: 6, refused: 0 } });
			const some = { items: [{ collection: 'articles', keys: [first] }] };
			const seen = await release(some);
			expect(seen.rows.map(({ collection, why }) => `${collection} ${why}`).toSorted()).toEqual([
				'articles chosen',
				'articles_translations part',
				'authors needed',
			]);
			expect(await release({ ...some, dry_run: false, expect: seen.fingerprint })).toMatchObject({ written: true });
			expect(await there()).toEqual(['first']);
			await collected(3);
		});

		it('gets an edit, and the deletion of a part, with the item that they belong to, and nothing of others', async () => {
			const [nl] = await a.data<{ id: number }[]>(
				'GET',
				`/items/articles_translations?filter[articles_id][_eq]=${first}`,
			);
			await a.request('PATCH', `/items/articles/${first}`, { title: 'first, edited' });
			await a.request('DELETE', `/items/articles_translations/${nl?.id}`);
			await collected(5);
			const done = await release({ items: [{ collection: 'articles', keys: [first] }], dry_run: false });
			expect(done, JSON.stringify(done)).toMatchObject({ written: true, counts: { update: 1, delete: 1, create: 0 } });
			expect(await there()).toEqual(['first, edited']);
			expect(await b.data('GET', '/items/articles_translations')).toEqual([]);
		});

		it('gets the rest at the time that was set, unless that is called off', async () => {
			const at = (ms: number) => new Date(Date.now() + ms).toISOString();
			const off = await release<Release>({ at: at(3_600_000), reason: 'launch' });
			expect(off).toMatchObject({ status: 'planned', items: { length: 3 }, items_count: 3 });
			expect(await a.data('POST', `/downstream/sync/releases/${off.id}/cancel`, {})).toMatchObject({
				status: 'cancelled',
			});
			const { id } = await release<Release>({ at: at(1_500) });
			expect(await there()).toEqual(['first, edited']);
			await until(async () => (await releases()).find((one) => one.id === id)?.status === 'done', {
				timeout: 20_000,
				message: 'the release to be done',
			});
			expect(await there()).toEqual(['first, edited', 'second']);
			expect((await releases()).find((one) => one.id === off.id)?.status).toBe('cancelled');
			await collected(0);
		});

		it('says why a planned release failed, and keeps what is collected', async () => {
			await a.request('PATCH', `/items/articles/${second}`, { title: 'seen' });
			await collected(1);
			const { fingerprint } = await release();
			const { id } = await release<Release>({ at: new Date(Date.now() + 4_000).toISOString(), expect: fingerprint });
			await a.request('PATCH', `/items/articles/${second}`, { title: 'not seen' });
			const failed = await until(
				async () => {
					const one = (await releases()).find((other) => other.id === id);
					return one?.status === 'failed' ? one : null;
				},
				{ timeout: 20_000, message: 'the release to fail' },
			);
			expect(failed.error).toContain('differently');
			const told = await until(
				async () => {
					const all = await a.data<{ subject: string; message: string; item: string }[]>('GET', '/notifications');
					return all.find(({ item }) => item === source) ?? null;
				},
				{ timeout: 20_000, message: 'whoever planned it to be told' },
			);
			expect(told).toMatchObject({
				subject: expect.stringMatching(/^The release to .* failed$/),
				message: expect.stringContaining('differently'),
			});
			const did = await a.data<{ detail: object }[]>('GET', '/downstream/operations?action=release');
			expect(did[0]?.detail).toMatchObject({ status: 'failed', items: { length: 1 }, items_count: 1 });
			expect(await there()).toEqual(['first, edited', 'second']);
			await collected(1);
		});

		it('sends at once what somebody starts by hand, and everything once it is no longer on release only', async () => {
			await a.request('POST', `/downstream/sync/peers/${source}/backfill`, {});
			await a.request('POST', '/items/authors', { name: 'new' });
			await a.request('PATCH', `/items/data_sync_remote_sources/${source}`, { options: { max_wait_ms: 10 } });
			await until(async () => (await there()).includes('not seen'), { timeout: 20_000, message: 'what was collected' });
		});
	},
);
