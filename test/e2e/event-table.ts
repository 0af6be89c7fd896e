import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseKind } from '../kit/database-servers.js';
import type { DirectusVersion } from '../kit/playground.js';
import { startProbe, type Probe } from './event-probe.js';
import { fileAndVersionEvents } from './event-table-files.js';
import { flowEvents } from './event-table-flows.js';
import { untrackedEvents } from './event-table-untracked.js';

/** Every way in which Directus writes, and which changes must come of it. */
export function eventTable(version: DirectusVersion, database: DatabaseKind): void {
	describe(`the event table on Directus ${version}, ${database}`, () => {
		let probe: Probe;
		beforeAll(async () => {
			probe = await startProbe(version, database);
		});
		afterAll(() => probe?.stop());

		const sentBy: Probe['sentBy'] = (work, atLeast) => probe.sentBy(work, atLeast);
		const send = (method: string, path: string, body?: unknown) => probe.directus.request(method, path, body);
		const make = (collection: string, body: unknown) => probe.make(collection, body);
		const graphql = (query: string) => probe.directus.request('POST', '/graphql', { query });

		it('create one, many and nested: each item once', async () => {
			expect(await sentBy(() => make('posts', { title: 'one' }))).toEqual(['posts create one']);
			expect(await sentBy(() => make('posts', [{ title: 'a' }, { title: 'b' }]))).toEqual([
				'posts create a',
				'posts create b',
			]);
			const nested = {
				title: 'n',
				author: { name: 'ann' },
				comments: [{ text: 'c' }],
				tags: [{ tags_id: { name: 't' } }],
				translations: [{ languages_code: 'nl-NL', title: 'nl' }],
				blocks: [{ collection: 'block_text', item: { text: 'b' } }],
			};
			const sent = await sentBy(() => make('articles', nested));
			expect(sent.map((entry) => entry.replace(/\d+/, '#'))).toEqual([
				'articles create n',
				'articles_blocks create block_text',
				'articles_tags create',
				'articles_translations create nl',
				'authors create ann',
				'block_text create b',
				'comments create c',
				'tags create t',
			]);
		});

		it('create several, one of which fails: none', async () => {
			expect(
				await sentBy(() =>
					expect(make('articles', [{ title: 'ok' }, { title: 'bad', author: 424_242 }])).rejects.toThrow(),
				),
			).toEqual([]);
		});

		it('update one, by keys, by query, and by array: each item once', async () => {
			const [a, b] = (await make('posts', [{ title: 'u1' }, { title: 'u2' }])) as unknown as { id: number }[];
			expect(await sentBy(() => send('PATCH', `/items/posts/${a?.id}`, { title: 'v1' }))).toEqual(['posts update v1']);
			expect(
				await sentBy(() => send('PATCH', '/items/posts', { keys: [a?.id, b?.id], data: { title: 'v2' } })),
			).toEqual(['posts update v2', 'posts update v2']);
			expect(
				await sentBy(() =>
					send('PATCH', '/items/posts', { query: { filter: { title: { _eq: 'v2' } } }, data: { title: 'v3' } }),
				),
			).toEqual(['posts update v3', 'posts update v3']);
			expect(
				await sentBy(() =>
					send('PATCH', '/items/posts', [
						{ id: a?.id, title: 'v4' },
						{ id: b?.id, title: 'v5' },
					]),
				),
			).toEqual(['posts update v4', 'posts update v5']);
		});

		it('an array update that rolls back: none, and the next update as usual', async () => {
			const [a, b] = (await make('articles', [{ title: 'r1' }, { title: 'r2' }])) as unknown as { id: number }[];
			const failing = [
				{ id: a?.id, title: 'ROLLED' },
				{ id: b?.id, author: 424_242 },
			];
			expect(await sentBy(() => expect(send('PATCH', '/items/articles', failing)).rejects.toThrow())).toEqual([]);
			expect(await sentBy(() => send('PATCH', `/items/articles/${a?.id}`, { title: 'kept' }))).toEqual([
				'articles update kept',
			]);
		});

		it('nested update: also the items that are created, updated and deleted with it', async () => {
			const { id } = await make('articles', { title: 'p', comments: [{ text: 'x' }, { text: 'y' }] });
			const comments = await probe.directus.data<{ id: number }[]>(
				'GET',
				`/items/comments?filter[article][_eq]=${id}&sort=id&fields=id`,
			);
			const change = {
				comments: {
					create: [{ text: 'new' }],
					update: [{ id: comments[0]?.id, text: 'changed' }],
					delete: [comments[1]?.id],
				},
			};
			expect(await sentBy(() => send('PATCH', `/items/articles/${id}`, change))).toEqual([
				'articles update p',
				'comments create new',
				'comments update changed',
				'comments update y',
			]);
		});

		it('the same value, and no value at all: an update if the rule has no `changed`', async () => {
			const { id } = await make('posts', { title: 'same' });
			expect(await sentBy(() => send('PATCH', `/items/posts/${id}`, { title: 'same' }))).toEqual(['posts update same']);
			expect(await sentBy(() => send('PATCH', `/items/posts/${id}`, {}))).toEqual(['posts update same']);
		});

		it('delete one, many and by query: each with the values it had', async () => {
			const ids = (
				(await make('posts', [{ title: 'd1' }, { title: 'd2' }, { title: 'd3' }, { title: 'd4' }])) as unknown as {
					id: number;
				}[]
			).map(({ id }) => id);
			expect(await sentBy(() => send('DELETE', `/items/posts/${ids[0]}`))).toEqual(['posts delete d1']);
			expect(await sentBy(() => send('DELETE', '/items/posts', ids.slice(1, 3)))).toEqual([
				'posts delete d2',
				'posts delete d3',
			]);
			expect(
				await sentBy(() => send('DELETE', '/items/posts', { query: { filter: { title: { _eq: 'd4' } } } })),
			).toEqual(['posts delete d4']);
		});

		it('keys that do not exist: none', async () => {
			const ignore = (work: Promise<unknown>) => work.catch(() => {});
			expect(await sentBy(() => ignore(send('PATCH', '/items/posts/424242', { title: 'x' })))).toEqual([]);
			expect(await sentBy(() => ignore(send('DELETE', '/items/posts/424242')))).toEqual([]);
		});

		it('forbidden writes: none', async () => {
			const { id } = await make('posts', { title: 'mine' });
			const asNobody = (method: string, path: string, body?: unknown) =>
				expect(probe.directus.request(method, path, body, null)).rejects.toThrow();
			expect(
				await sentBy(async () => {
					await asNobody('POST', '/items/posts', { title: 'x' });
					await asNobody('PATCH', `/items/posts/${id}`, { title: 'x' });
					await asNobody('DELETE', `/items/posts/${id}`);
				}),
			).toEqual([]);
			expect(await sentBy(() => send('DELETE', `/items/posts/${id}`))).toEqual(['posts delete mine']);
		});

		it('a singleton: created, then updated', async () => {
			expect(await sentBy(() => send('PATCH', '/items/site', { title: 'S' }))).toEqual(['site create S']);
			expect(await sentBy(() => send('PATCH', '/items/site', { title: 'S2' }))).toEqual(['site update S2']);
		});

		it('a text key', async () => {
			expect(await sentBy(() => make('countries', { code: 'NL', name: 'N' }))).toEqual(['countries create N']);
			expect(await sentBy(() => send('PATCH', '/items/countries/NL', { name: 'M' }))).toEqual(['countries update M']);
		});

		it('a collection that keeps activity but no revisions', async () => {
			const { id } = await make('actonly', { name: 'a' });
			expect(await sentBy(() => send('PATCH', `/items/actonly/${id}`, { name: 'b' }))).toEqual(['actonly update b']);
			expect(await sentBy(() => send('DELETE', `/items/actonly/${id}`))).toEqual(['actonly delete b']);
		});

		it('GraphQL: create, create many, update, batch, delete', async () => {
			expect(await sentBy(() => graphql('mutation { create_posts_item(data: { title: "g" }) { id } }'))).toEqual([
				'posts create g',
			]);
			expect(
				await sentBy(() => graphql('mutation { create_posts_items(data: [{ title: "g1" }, { title: "g2" }]) { id } }')),
			).toEqual(['posts create g1', 'posts create g2']);
			const posts = await probe.directus.data<{ id: number }[]>(
				'GET',
				'/items/posts?filter[title][_in]=g1,g2&fields=id&sort=id',
			);
			const [a, b] = posts.map(({ id }) => id);
			expect(
				await sentBy(() => graphql(`mutation { update_posts_items(ids: [${a}, ${b}], data: { title: "h" }) { id } }`)),
			).toEqual(['posts update h', 'posts update h']);
			expect(
				await sentBy(() =>
					graphql(
						`mutation { update_posts_batch(data: [{ id: ${a}, title: "i1" }, { id: ${b}, title: "i2" }]) { id } }`,
					),
				),
			).toEqual(['posts update i1', 'posts update i2']);
			expect(await sentBy(() => graphql(`mutation { delete_posts_items(ids: [${a}, ${b}]) { ids } }`))).toEqual([
				'posts delete i1',
				'posts delete i2',
			]);
		});

		it('import of CSV and JSON; one with a bad row: none', async () => {
			const load = async (collection: string, text: string, type: string, name: string) => {
				const form = new FormData();
				form.append('file', new Blob([text], { type }), name);
				const answer = await fetch(`${probe.directus.url}/utils/import/${collection}`, {
					method: 'POST',
					body: form,
					headers: { authorization: `Bearer ${probe.directus.token}` },
				});
				return answer.status;
			};
			expect(await sentBy(() => load('posts', 'title\ncsv1\ncsv2\n', 'text/csv', 'a.csv'), 2)).toEqual([
				'posts create csv1',
				'posts create csv2',
			]);
			expect(
				await sentBy(() => load('posts', '[{"title":"j1"},{"title":"j2"}]', 'application/json', 'a.json'), 2),
			).toEqual(['posts create j1', 'posts create j2']);
			const bad = '[{"title":"j3"},{"title":"j4","author":424242}]';
			expect(
				await sentBy(async () =>
					expect(await load('articles', bad, 'application/json', 'a.json')).toBeGreaterThanOrEqual(400),
				),
			).toEqual([]);
		});

		it('/utils/revert', async () => {
			const { id } = await make('posts', { title: 'first' });
			await send('PATCH', `/items/posts/${id}`, { title: 'second' });
			const [revision] = await probe.directus.data<{ id: number }[]>(
				'GET',
				`/revisions?filter[collection][_eq]=posts&filter[item][_eq]=${id}&sort=id&limit=1`,
			);
			expect(await sentBy(() => send('POST', `/utils/revert/${revision?.id}`))).toEqual(['posts update first']);
		});

		it('manual sort: every item that may have moved', async () => {
			const made = (await make(
				'articles',
				['s1', 's2', 's3'].map((title, index) => ({ title, sort: 1_000 + index })),
			)) as unknown as { id: number }[];
			const sent = await sentBy(() => send('POST', '/utils/sort/articles', { item: made[0]?.id, to: made[2]?.id }), 3);
			expect(sent).toEqual(expect.arrayContaining(['articles update s1', 'articles update s2', 'articles update s3']));
		});

		it('what the database deletes or empties along: also', async () => {
			const { id } = await make('articles', {
				title: 'cascade',
				author: { name: 'owner' },
				comments: [{ text: 'c1' }, { text: 'c2' }],
			});
			const { author } = await probe.directus.data<{ author: number }>('GET', `/items/articles/${id}?fields=author`);
			expect(await sentBy(() => send('DELETE', `/items/authors/${author}`))).toEqual([
				'articles update cascade',
				'authors delete owner',
			]);
			expect(await sentBy(() => send('DELETE', `/items/articles/${id}`))).toEqual([
				'articles delete cascade',
				'comments delete c1',
				'comments delete c2',
			]);
		});

		fileAndVersionEvents(() => probe);
		flowEvents(() => probe);
		untrackedEvents(() => probe);
	});
}
