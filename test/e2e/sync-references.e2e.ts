import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { until } from '../kit/wait.js';
import { link, quiet, syncDeliveries } from './sync-link.js';

type Row = Record<string, unknown> & { id: number };

/** `*` leaves out what may never travel: hashes, and what is concealed. */
const RULES = [
	{ collection: 'articles', fields: ['*'], rewrite_ids: ['seo'], direction: 'both' },
	{ collection: 'posts', fields: ['title', 'slug'], direction: 'both' },
];

async function addFields(directus: Directus): Promise<void> {
	const fields = [
		{ field: 'editor', type: 'uuid', schema: {}, meta: { special: ['m2o'] } },
		{ field: 'pass', type: 'hash', schema: {}, meta: { special: ['hash', 'conceal'] } },
		{ field: 'hidden', type: 'string', schema: {}, meta: { special: ['conceal'] } },
	];
	for (const field of fields) await directus.request('POST', '/fields/articles', field);
	await directus.request('POST', '/relations', {
		collection: 'articles',
		field: 'editor',
		related_collection: 'directus_users',
		schema: { on_delete: 'SET NULL' },
		meta: {},
	});
}

const addUser = async (directus: Directus, user: Record<string, unknown>): Promise<string> =>
	(await directus.data<{ id: string }>('POST', '/users', user)).id;

describe.each(sampledVersions(import.meta.url))('what rows refer to, Directus %s', (version) => {
	let a: Directus;
	let b: Directus;
	let there: string;
	let back: string;
	let fallback: string;

	const bySlug = async (directus: Directus, collection: string, slug: string) =>
		(await directus.data<Row[]>('GET', `/items/${collection}?filter[slug][_eq]=${slug}`))[0];

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version, database: 'sqlite', content: true }),
			startDirectus({ version, database: 'sqlite', content: true }),
		]);
		await Promise.all([addFields(a), addFields(b)]);
		for (const n of [1, 2, 3]) await b.request('POST', '/items/posts', { title: `of b ${n}`, slug: `b-${n}` });
		fallback = await addUser(b, { email: 'fallback@b.example.com' });
		there = await link(a, b, RULES);
		back = await link(b, a, RULES, { options: { user_fallback: fallback } });
	});
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it('inside JSON has the ids of each instance, in the fields that the rule names', async () => {
		const seo = (key: unknown) => ({
			note: 'see',
			links: [
				{ key, collection: 'posts' },
				{ key: 7, collection: 'tags' },
			],
		});
		const post = await a.data<Row>('POST', '/items/posts', { title: 'mentioned', slug: 'mentioned' });
		await a.request('POST', '/items/articles', { title: 'mentions', slug: 'mentions', seo: seo(post.id) });
		const copy = await until(() => bySlug(b, 'articles', 'mentions'), { message: 'the article at b' });
		await quiet(a, b);
		const mentioned = await bySlug(b, 'posts', 'mentioned');
		expect(mentioned?.id).not.toBe(post.id);
		expect((await bySlug(b, 'articles', 'mentions'))?.['seo']).toEqual(seo(mentioned?.id));

		const other = await bySlug(b, 'posts', 'b-2');
		await b.request('PATCH', `/items/articles/${copy.id}`, { seo: seo(other?.id) });
		await b.request('PATCH', `/items/posts/${other?.id}`, { title: 'of b, changed' });
		await quiet(b);
		const theirs = await until(() => bySlug(a, 'posts', 'b-2'), { message: "b's post at a" });
		await until(
			async () => JSON.stringify((await bySlug(a, 'articles', 'mentions'))?.['seo']) === JSON.stringify(seo(theirs.id)),
			{
				message: "b's mention at a, by its id there",
			},
		);
		await quiet(a, b);
		expect((await bySlug(b, 'articles', 'mentions'))?.['seo']).toEqual(seo(other?.id));
	});

	it('maps users by external id, e-mail or the fallback, and never creates users', async () => {
		const mine = {
			external: await addUser(a, { email: 'one@a.example.com', provider: 'default', external_identifier: 'staff-1' }),
			email: await addUser(a, { email: 'same@example.com', password: 'a-password-of-a' }),
			nobody: await addUser(a, { email: 'only@a.example.com' }),
		};
		const theirs = {
			external: await addUser(b, { email: 'other@b.example.com', provider: 'default', external_identifier: 'staff-1' }),
			email: await addUser(b, { email: 'same@example.com' }),
			nobody: fallback,
		};
		const before = await b.data<unknown[]>('GET', '/users?limit=-1&sort=id&fields=id,email,role,token');
		for (const [slug, editor] of Object.entries(mine))
			await a.request('POST', '/items/articles', {
				title: slug,
				slug,
				editor,
				pass: 'hush-hush',
				hidden: 'nobody-knows',
			});
		await quiet(a, b);
		for (const [slug, editor] of Object.entries(theirs)) {
			const copy = await bySlug(b, 'articles', slug);
			expect(copy).toMatchObject({ title: slug, editor });
			expect([copy?.['pass'], copy?.['hidden']]).toEqual([null, null]);
		}
		expect(await b.data('GET', '/users?limit=-1&sort=id&fields=id,email,role,token')).toEqual(before);
		// Who stands for somebody unknown here is not told to the other side.
		await b.request('PATCH', `/items/articles/${(await bySlug(b, 'articles', 'nobody'))?.id}`, { title: 'by b' });
		await quiet(a, b);
		expect(await bySlug(a, 'articles', 'nobody')).toMatchObject({ title: 'by b', editor: mine.nobody });
		// and makes no difference for ever, also where nobody stands for them.
		await b.request('PATCH', `/items/data_sync_remote_sources/${back}`, { options: { max_wait_ms: 10 } });
		await a.request('POST', '/items/articles', { title: 'left', slug: 'left', editor: mine.nobody });
		await quiet(a, b);
		expect(await bySlug(b, 'articles', 'left')).toMatchObject({ title: 'left', editor: null });
		for (const [directus, peer] of [
			[a, there],
			[b, back],
		] as const) {
			const different = async () =>
				(
					await directus.data<{ collections: { collection: string; different: { rows: { fields: string[] }[] } }[] }>(
						'GET',
						`/downstream/sync/peers/${peer}/compare`,
					)
				).collections.find(({ collection }) => collection === 'articles')?.different.rows;
			expect(await different()).toEqual([]);
			if (directus === a) continue;
			// What somebody has chosen there is a difference until the others have heard of it.
			await b.sql('articles').where({ slug: 'left' }).update({ editor: theirs.email });
			expect(await different()).toMatchObject([{ fields: ['editor'] }]);
			await b.sql('articles').where({ slug: 'left' }).update({ editor: null });
		}

		const sent: string[] = [];
		for (const { id } of await syncDeliveries(a, there)) {
			const { attempts } = await a.data<{ attempts: { request: { body: string } }[] }>(
				'GET',
				`/downstream/deliveries/${id}`,
			);
			sent.push(...attempts.map(({ request }) => request.body));
		}
		expect(sent.join('\n')).toContain('email:same@example.com');
		for (const secret of ['argon2', 'hush-hush', 'nobody-knows', 'a-password-of-a', 'password', a.token, b.token])
			expect(sent.join('\n')).not.toContain(secret);
	});
});
