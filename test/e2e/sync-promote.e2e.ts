import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledLinks } from '../kit/sampled-links.js';
import { ADMIN } from '../kit/settings.js';
import { until } from '../kit/wait.js';
import { link, quiet } from './sync-link.js';

const RULES = [
	{ collection: 'authors', fields: ['name'], direction: 'push' },
	{ collection: 'tags', fields: ['name'], direction: 'push' },
	{
		collection: 'articles',
		fields: ['title', 'slug', 'author', 'tags', 'translations', 'rating'],
		direction: 'push',
		match: ['slug'],
		when: { slug: { _nstarts_with: 'private' } },
	},
];

/** As in `docs/sync.md`. */
const FLOW_BODY =
	'{ "items": [{ "collection": "{{$trigger.body.collection}}", "keys": {{$trigger.body.keys}} }], "dry_run": false }';

interface Row {
	collection: string;
	item: string;
	there: string | null;
	action: string;
	why: string;
	found?: { by: string; fields: string[] };
	fields?: { field: string; from?: unknown; to?: unknown }[];
	message?: string;
}
interface Promotion {
	run: string | null;
	written: boolean;
	fingerprint: string;
	counts: Record<string, number>;
	rows: Row[];
	left_out: { item: string; message: string }[];
}

describe.each(await sampledLinks(import.meta.url))(
	'items that are promoted, in Directus $version from $from to $to',
	({ version, from, to }) => {
		let a: Directus;
		let b: Directus;
		let source: string;
		let article: number;

		const promote = (body: object) => a.data<Promotion>('POST', `/downstream/sync/peers/${source}/promote`, body);
		const at = (directus: Directus, collection: string) =>
			directus.data<Record<string, unknown>[]>('GET', `/items/${collection}?limit=-1&sort=id`);
		const chosen = (keys: (number | string)[]) => ({ items: [{ collection: 'articles', keys }] });

		beforeAll(async () => {
			[a, b] = await Promise.all([
				startDirectus({ version, database: from, content: true }),
				startDirectus({ version, database: to, content: true }),
			]);
			await a.request('POST', '/items/articles', { title: 'Before', slug: 'before' });
			await b.request('POST', '/items/articles', { title: 'Old', slug: 'known', rating: '1.50' });
			// Nothing goes by itself: the link is paused.
			source = await link(a, b, RULES);
			await a.request('POST', `/downstream/targets/${source}/pause`, {});
			({ id: article } = await a.data<{ id: number }>('POST', '/items/articles', {
				title: 'New',
				slug: 'known',
				author: { name: 'Ada' },
				tags: [{ tags_id: { name: 'blue' } }],
				translations: [{ languages_code: 'nl-NL', title: 'Nieuw' }],
			}));
		}, 120_000);
		afterAll(() => Promise.all([a?.stop(), b?.stop()]));

		it('are previewed with what they need, and the row that they are there, field by field', async () => {
			const seen = await promote(chosen([article]));
			const of = (collection: string) => seen.rows.find((row) => row.collection === collection);
			expect(seen, JSON.stringify(seen)).toMatchObject({ written: false, run: null, left_out: [] });
			expect(of('articles')).toMatchObject({
				action: 'update',
				why: 'chosen',
				found: { by: 'match', fields: ['slug'] },
			});
			expect(of('articles')?.fields).toContainEqual({ field: 'title', from: 'Old', to: 'New' });
			expect(of('articles')?.fields).toContainEqual({
				field: 'author',
				from: null,
				to: { $ref: expect.any(String), of: 'authors', item: '1', title: 'Ada' },
			});
			expect(of('authors')).toMatchObject({ action: 'create', why: 'needed' });
			expect(of('articles_translations')).toMatchObject({ action: 'create', why: 'part' });
			expect(await at(b, 'authors')).toEqual([]);
			expect(await at(b, 'articles')).toMatchObject([{ title: 'Old' }]);
		});

		it('are written as they were previewed, and nothing else is', async () => {
			const { fingerprint } = await promote(chosen([article]));
			const done = await promote({ ...chosen([article]), dry_run: false, expect: fingerprint, reason: 'launch' });
			expect(done).toMatchObject({ written: true, run: expect.any(String) });
			expect(await at(b, 'articles')).toMatchObject([{ title: 'New', slug: 'known' }]);
			const [there] = await b.data<object[]>(
				'GET',
				'/items/articles?fields=author.name,tags.tags_id.name,translations.title',
			);
			expect(there).toEqual({
				author: { name: 'Ada' },
				tags: [{ tags_id: { name: 'blue' } }],
				translations: [{ title: 'Nieuw' }],
			});
			expect(await promote(chosen([article]))).toMatchObject({
				counts: { create: 0, update: 0, delete: 0, refused: 0 },
			});
			const [last] = await a.data<object[]>('GET', '/downstream/operations?action=promote');
			expect(last).toMatchObject({ action: 'promote', reason: 'launch' });
		});

		it('are undone where they were written', async () => {
			await a.request('PATCH', `/items/articles/${article}`, { title: 'Newer' });
			const { run } = await promote({ ...chosen([article]), dry_run: false });
			expect(await at(b, 'articles')).toMatchObject([{ title: 'Newer' }]);
			await b.request('POST', `/downstream/sync/runs/${run}/undo`, {});
			expect(await at(b, 'articles')).toMatchObject([{ title: 'New' }]);
		});

		it('are not written at all where one of them is refused, and every reason is told', async () => {
			const [fine, bad] = await a.data<{ id: number }[]>('POST', '/items/articles', [
				{ title: 'Fine', slug: 'fine' },
				{ title: 'Bad', slug: 'bad' },
			]);
			await b.request('PATCH', '/fields/articles/slug', {
				meta: { validation: { slug: { _neq: 'bad' } }, validation_message: 'no bad ones' },
			});
			const body = chosen([fine?.id ?? 0, bad?.id ?? 0]);
			const seen = await promote(body);
			expect(seen.counts).toMatchObject({ create: 1, refused: 1 });
			await expect(promote({ ...body, dry_run: false })).rejects.toThrow(/409[^]*nothing is written[^]*articles/);
			expect(await at(b, 'articles')).toHaveLength(1);
			await b.request('PATCH', '/fields/articles/slug', { meta: { validation: null } });
			expect(await promote({ ...body, dry_run: false })).toMatchObject({ written: true });
			expect(await at(b, 'articles')).toHaveLength(3);
		});

		it('are not written where it would come out differently from what was previewed', async () => {
			const { id } = await a.data<{ id: number }>('POST', '/items/articles', { title: 'Seen', slug: 'seen' });
			const { fingerprint } = await promote(chosen([id]));
			await a.request('PATCH', `/items/articles/${id}`, { title: 'Unseen' });
			await expect(promote({ ...chosen([id]), dry_run: false, expect: fingerprint })).rejects.toThrow(
				/409[^]*differently/,
			);
			expect(await at(b, 'articles')).toHaveLength(3);
		});

		it('say why they cannot be sent, where their rule leaves them out', async () => {
			const { id } = await a.data<{ id: number }>('POST', '/items/articles', { title: 'Mine', slug: 'private-1' });
			expect(await promote(chosen([id]))).toMatchObject({
				rows: [],
				left_out: [{ item: String(id), message: expect.stringContaining('when') }],
			});
		});

		it('are promoted from a selection in a list, by a flow as the documentation shows it', async () => {
			const { id } = await a.data<{ id: number }>('POST', '/items/articles', { title: 'Selected', slug: 'selected' });
			const flow = await a.data<{ id: string }>('POST', '/flows', {
				name: 'Promote',
				status: 'active',
				trigger: 'manual',
				options: { collections: ['articles'], location: 'collection', requireSelection: true },
			});
			const operation = await a.data<{ id: string }>('POST', '/operations', {
				flow: flow.id,
				name: 'Promote',
				key: 'promote',
				type: 'request',
				position_x: 19,
				position_y: 1,
				options: {
					method: 'POST',
					url: `${a.url}/downstream/sync/peers/${source}/promote`,
					headers: [
						{ header: 'Authorization', value: `Bearer ${ADMIN.token}` },
						{ header: 'Content-Type', value: 'application/json' },
					],
					body: FLOW_BODY,
				},
			});
			await a.request('PATCH', `/flows/${flow.id}`, { operation: operation.id });
			const selection = { collection: 'articles', keys: [String(id)] };
			await a.request('POST', `/flows/trigger/${flow.id}`, selection);
			await until(async () => (await at(b, 'articles')).some(({ title }) => title === 'Selected'), {
				timeout: 20_000,
				message: 'the selected item to be promoted',
			});
			await a.request('DELETE', `/flows/${flow.id}`);
			await b.request('DELETE', `/items/articles/${String((await at(b, 'articles')).at(-1)?.['id'])}`);
			await a.request('DELETE', `/items/articles/${id}`);
		});

		it('are the same rows when the link goes on', async () => {
			await a.request('POST', `/downstream/targets/${source}/resume`, {});
			await quiet(a, b);
			const titles = (await at(b, 'articles')).map(({ title }) => title).toSorted();
			expect(titles).toEqual(['Bad', 'Fine', 'New', 'Newer', 'Unseen'].filter((title) => titles.includes(title)));
			expect(titles).toHaveLength(4);
		});
	},
);
