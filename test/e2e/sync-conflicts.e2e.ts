import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RequestError, startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { until } from '../kit/wait.js';
import { link, quiet } from './sync-link.js';

type Item = Record<string, unknown> & { id: number };

interface Conflict {
	id: string;
	status: string;
	kind: string;
	target: string | null;
	collection: string;
	item: string | null;
	deleted: string | null;
	fields: { field: string; base: unknown; here: unknown; there: unknown; took: string }[];
	message: string;
	resolved_by: string | null;
	resolution: unknown;
}

describe.each(sampledVersions(import.meta.url))('conflicts between two instances of Directus %s', (version) => {
	let a: Directus;
	let b: Directus;
	let [there, back] = ['', ''];

	const conflicts = (directus: Directus, query = 'status=open') =>
		directus.data<Conflict[]>('GET', `/downstream/sync/conflicts?limit=100&${query}`);
	const only = async (directus: Directus, query?: string): Promise<Conflict> => {
		const [one, ...others] = await conflicts(directus, query);
		expect(others).toEqual([]);
		if (!one) throw new Error('there is no conflict');
		return one;
	};
	const resolve = (directus: Directus, { id }: Conflict, use: unknown, more = {}) =>
		directus.data<Conflict>('POST', `/downstream/sync/conflicts/${id}/resolve`, { use, ...more });
	const bySlug = async (directus: Directus, slug: string): Promise<Item | undefined> =>
		(await directus.data<Item[]>('GET', `/items/posts?filter[slug][_eq]=${slug}`))[0];
	const valuesOf = async (directus: Directus, slug: string) => {
		const row = await bySlug(directus, slug);
		return row && { title: row['title'], views: row['views'], slug: row['slug'] };
	};
	const edit = (directus: Directus, id: number, values: object) =>
		directus.request('PATCH', `/items/posts/${id}`, values);

	/** A row that both have, and agree about. */
	async function shared(slug: string): Promise<{ here: number; there: number }> {
		const post = await a.data<Item>('POST', '/items/posts', { title: 'agreed', slug, views: 1 });
		const copy = await until(() => bySlug(b, slug), { message: `${slug} at b` });
		await quiet(a, b);
		return { here: post.id, there: copy.id };
	}

	/** Both do something without hearing of each other, and hear of it then: first a of what b did. */
	async function apart(work: () => Promise<unknown>): Promise<void> {
		const links = [
			{ directus: a, target: there },
			{ directus: b, target: back },
		];
		const all = (action: string) =>
			Promise.all(
				links.map(({ directus, target }) => directus.request('POST', `/downstream/targets/${target}/${action}`)),
			);
		await all('pause');
		await work();
		for (const { directus } of links)
			await until(async () => (await directus.sql('downstream_outbox').select('id')).length === 0, {
				message: 'the outbox to be planned',
			});
		await b.request('POST', `/downstream/targets/${back}/resume`);
		await quiet(b);
		await all('resume');
		await quiet(a, b);
	}

	async function rules(conflict: string, more = {}): Promise<void> {
		const schema = [{ collection: 'posts', fields: ['title', 'slug', 'views'], direction: 'both', conflict, ...more }];
		await a.request('PATCH', `/items/data_sync_remote_sources/${there}`, { schema });
		await b.request('PATCH', `/items/data_sync_remote_sources/${back}`, { schema });
	}

	/** Nothing is owed and nothing in question any more, and both have the same. */
	async function bothHave(slug: string, values: object | undefined): Promise<void> {
		await quiet(a, b);
		expect([await valuesOf(a, slug), await valuesOf(b, slug)]).toEqual([values, values]);
		expect([await conflicts(a), await conflicts(b)]).toEqual([[], []]);
	}

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version, database: 'sqlite', content: true }),
			startDirectus({ version, database: 'sqlite', content: true }),
		]);
		for (const directus of [a, b])
			await directus.request('PATCH', '/fields/posts/slug', { schema: { is_unique: true } });
		// Rows that were never synced.
		const own = ['twin', 'double'].flatMap((title) => [1, 2].map((number) => ({ title, slug: `${title}-${number}` })));
		await b.request('POST', '/items/posts', own);
		const schema = [{ collection: 'posts', fields: ['title', 'slug', 'views'], direction: 'both', conflict: 'manual' }];
		there = await link(a, b, schema);
		back = await link(b, a, schema);
	});
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it('hold back only the field that both changed', async () => {
		const { here, there: copy } = await shared('held');
		await apart(() => Promise.all([edit(a, here, { title: 'of a', views: 2 }), edit(b, copy, { title: 'of b' })]));
		expect(await valuesOf(a, 'held')).toMatchObject({ title: 'of a', views: 2 });
		expect(await valuesOf(b, 'held')).toMatchObject({ title: 'of b', views: 2 });
		const mine = await only(a);
		expect(mine).toMatchObject({
			kind: 'fields',
			target: there,
			collection: 'posts',
			item: String(here),
			fields: [{ field: 'title', base: 'agreed', here: 'of a', there: 'of b', took: 'held' }],
		});
		// What waits at a is not sent, so that one side asks, and not both.
		expect(await conflicts(b)).toEqual([]);
		expect(await conflicts(a, 'status=open&collection=authors')).toEqual([]);
		expect(await conflicts(a, `status=open&target=${there}&kind=fields&field=title`)).toHaveLength(1);

		await edit(a, here, { views: 3 });
		await quiet(a, b);
		expect(await valuesOf(b, 'held')).toMatchObject({ title: 'of b', views: 3 });

		const resolved = await resolve(a, mine, 'local');
		expect(resolved).toMatchObject({ status: 'resolved', resolution: 'local' });
		expect(resolved.resolved_by).toMatch(/^[0-9a-f-]{36}$/);
		await bothHave('held', { title: 'of a', views: 3, slug: 'held' });
		await expect(resolve(a, mine, 'local')).resolves.toMatchObject({ status: 'resolved' });
		const late = await resolve(a, mine, 'remote').catch((error: unknown) => error);
		expect(late).toMatchObject({ status: 409 });
		const operations = await a.sql('downstream_operations').where({ action: 'resolve' });
		expect(operations).toHaveLength(1);
		expect(operations[0]).toMatchObject({ user: resolved.resolved_by, target: there });
	});

	it("are decided for the other side's value, and field by field", async () => {
		const first = await shared('theirs');
		const second = await shared('mixed');
		await apart(() =>
			Promise.all([
				edit(a, first.here, { title: 'of a' }),
				edit(b, first.there, { title: 'of b' }),
				edit(a, second.here, { title: 'of a', views: 10 }),
				edit(b, second.there, { title: 'of b', views: 20 }),
			]),
		);
		const open = await conflicts(a, 'status=open&sort=id');
		const of = (id: number) => open.find(({ item }) => item === String(id)) as Conflict;
		await resolve(a, of(first.here), 'remote');
		await resolve(a, of(second.here), { fields: { title: 'remote' } });
		const left = await only(a);
		expect(left.fields.map(({ field }) => field)).toEqual(['views']);
		const wrong = await resolve(a, left, { fields: { slug: 'local' } }).catch((error: unknown) => error);
		expect(wrong).toBeInstanceOf(RequestError);
		expect(wrong).toMatchObject({ status: 422 });
		await resolve(a, left, { fields: { views: { value: 15 } } });
		await bothHave('theirs', { title: 'of b', views: 1, slug: 'theirs' });
		await bothHave('mixed', { title: 'of b', views: 15, slug: 'mixed' });
	});

	it('are decided many at once', async () => {
		const rows = [await shared('many-1'), await shared('many-2'), await shared('many-3')];
		await apart(() =>
			Promise.all(rows.flatMap((row) => [edit(a, row.here, { title: 'of a' }), edit(b, row.there, { title: 'of b' })])),
		);
		expect(await conflicts(a)).toHaveLength(3);
		const done = await a.data<{ count: number; refused: unknown[] }>('POST', '/downstream/sync/conflicts/resolve', {
			filter: { status: 'open', target: there, collection: 'posts' },
			use: 'remote',
		});
		expect(done).toMatchObject({ count: 3, refused: [] });
		for (const n of [1, 2, 3]) await bothHave(`many-${n}`, { title: 'of b', views: 1, slug: `many-${n}` });
	});

	it('between a deletion and a change keep the row, or delete it, on both sides', async () => {
		for (const use of ['local', 'remote'] as const) {
			for (const decider of ['deleted', 'changed'] as const) {
				const slug = `deleted-${use}-${decider}`;
				const { here, there: copy } = await shared(slug);
				await apart(() => Promise.all([a.request('DELETE', `/items/posts/${here}`), edit(b, copy, { title: 'of b' })]));
				expect(await valuesOf(a, slug)).toBeUndefined();
				expect(await valuesOf(b, slug)).toMatchObject({ title: 'of b' });
				const [mine, theirs] = [await only(a), await only(b)];
				expect(mine).toMatchObject({ kind: 'delete', deleted: 'here' });
				expect(theirs).toMatchObject({ kind: 'delete', deleted: 'there' });
				await (decider === 'deleted' ? resolve(a, mine, use) : resolve(b, theirs, use));
				const isKept = (decider === 'deleted') === (use === 'remote');
				await until(async () => (await conflicts(a)).length + (await conflicts(b)).length === 0, {
					message: `${slug}: both to have heard of the decision`,
				});
				await bothHave(slug, isKept ? { title: 'of b', views: 1, slug } : undefined);
			}
		}
	});

	it('about a unique value show both rows, and make them one if somebody says so', async () => {
		await a.data<Item>('POST', '/items/posts', { title: 'of a', slug: 'unique-a', views: 1 });
		await quiet(a, b);
		await apart(async () => {
			await a.request('POST', '/items/posts', { title: 'new at a', slug: 'taken', views: 5 });
			await b.request('POST', '/items/posts', { title: 'new at b', slug: 'taken', views: 6 });
		});
		const [atA, atB] = [await only(a), await only(b)];
		expect(atB).toMatchObject({ kind: 'unique', item: String((await bySlug(b, 'taken'))?.id) });
		expect(atB.fields).toEqual(
			expect.arrayContaining([
				expect.objectContaining({ field: 'slug', here: 'taken', there: 'taken' }),
				expect.objectContaining({ field: 'title', here: 'new at b', there: 'new at a' }),
			]),
		);
		expect(atA.kind).toBe('unique');
		await resolve(b, atB, 'remote');
		await bothHave('taken', { title: 'new at a', views: 5, slug: 'taken' });
		const posts = await b.data<Item[]>('GET', '/items/posts?filter[slug][_eq]=taken');
		expect(posts).toHaveLength(1);
		await edit(b, Number(atB.item), { title: 'one row' });
		await bothHave('taken', { title: 'one row', views: 5, slug: 'taken' });
		expect(await bySlug(b, 'unique-a')).toMatchObject({ title: 'of a', views: 1 });
	});

	it('about which row is meant are answered by naming it, or by keeping them apart', async () => {
		await rules('manual', { match: ['title'] });
		const asked = async (title: string) => {
			await a.request('POST', '/items/posts', { title, slug: `${title}-a`, views: 9 });
			await quiet(a);
			const question = await only(b);
			expect(question).toMatchObject({ kind: 'identity', item: null });
			return question;
		};
		const conflict = await asked('twin');
		const unnamed = await resolve(b, conflict, 'remote').catch((error: unknown) => error);
		expect(unnamed).toMatchObject({ status: 422 });
		const second = await bySlug(b, 'twin-2');
		await resolve(b, conflict, 'remote', { item: String(second?.id) });
		expect(await bySlug(b, 'twin-a')).toMatchObject({ id: second?.id, views: 9 });
		await bothHave('twin-a', { title: 'twin', views: 9, slug: 'twin-a' });

		const other = await asked('double');
		await resolve(b, other, 'local');
		await bothHave('double-a', { title: 'double', views: 9, slug: 'double-a' });
		expect((await b.data<Item[]>('GET', '/items/posts?filter[title][_eq]=double')).length).toBe(3);
	});

	it('that a rule decided can be turned around, values and deletions', async () => {
		await rules('newest', { on_delete_conflict: 'delete' });
		const { here, there: copy } = await shared('turned');
		await apart(async () => {
			await edit(a, here, { title: 'earlier', views: 7 });
			await edit(b, copy, { title: 'later' });
		});
		await bothHave('turned', { title: 'later', views: 7, slug: 'turned' });
		// Whoever hears of the other's change first decides; what it sends afterwards knows both.
		const [atA] = await conflicts(a, `status=automatic&item=${here}`);
		const decided = atA ?? (await only(b, `status=automatic&item=${copy}`));
		expect(decided.fields).toEqual([
			atA
				? { field: 'title', base: 'agreed', here: 'earlier', there: 'later', took: 'there', policy: 'newest' }
				: { field: 'title', base: 'agreed', here: 'later', there: 'earlier', took: 'here', policy: 'newest' },
		]);
		await resolve(atA ? a : b, decided, atA ? 'local' : 'remote');
		await bothHave('turned', { title: 'earlier', views: 7, slug: 'turned' });
		expect(await conflicts(atA ? a : b, `status=automatic&item=${atA ? here : copy}`)).toEqual([]);

		const gone = await shared('revived');
		await apart(() =>
			Promise.all([a.request('DELETE', `/items/posts/${gone.here}`), edit(b, gone.there, { title: 'of b' })]),
		);
		await bothHave('revived', undefined);
		const [atB] = await conflicts(b, 'status=automatic&kind=delete');
		const deletion = atB ?? (await only(a, 'status=automatic&kind=delete'));
		expect(deletion).toMatchObject({ deleted: atB ? 'there' : 'here' });
		await resolve(atB ? b : a, deletion, atB ? 'local' : 'remote');
		await bothHave('revived', { title: 'of b', views: 1, slug: 'revived' });
	});
});
