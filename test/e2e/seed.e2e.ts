import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { newDesk, type Desk } from './scenario-world.js';

/** What Directus writes itself. */
const AUDITS = { date_created: '2020-02-02T02:02:02.000Z', date_updated: '2020-03-03T03:03:03.000Z' };
const KEPT = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe.each(sampledVersions(import.meta.url))('seeds on Directus %s', (version) => {
	let directus: Directus;
	beforeAll(async () => {
		directus = await startDirectus({ version, database: 'sqlite', env: { QUERY_LIMIT_MAX: '1000' } });
		await createCollections(directus);
	});
	afterAll(async () => {
		await directus?.stop();
	});

	const seeded = (seeds: Record<string, object | string>): Desk => {
		const desk = newDesk();
		for (const [name, seed] of Object.entries(seeds))
			desk.put(`directus-config/seed/${name}`, typeof seed === 'string' ? seed : JSON.stringify(seed));
		return desk;
	};
	const items = (collection: string, query = '') =>
		directus.data<Record<string, unknown>[]>('GET', `/items/${collection}?sort=id&${query}`);
	const push = (desk: Desk, ...flags: string[]) => desk.fine(directus, 'seed', 'push', ...flags);

	test('seed-basic: four collections across files, in their order, references both ways; a second push does nothing', async () => {
		const desk = seeded({
			'articles.json': {
				collection: 'shop_articles',
				meta: { insert_order: 2 },
				data: [
					{ _sync_id: 'a-child', title: 'Child', parent: 'a-root', category: 'c-one' },
					{ _sync_id: 'a-root', title: 'Root', category: 'c-one', role: '_sync_default_admin_role', price: 5.5 },
				],
			},
			'nested/categories.json': {
				collection: 'shop_categories',
				meta: { insert_order: 1 },
				data: [{ _sync_id: 'c-one', name: 'One' }],
			},
			'tags.json': { collection: 'shop_tags', data: [{ _sync_id: 't-new', name: 'New', ...AUDITS }] },
			'links.json': {
				collection: 'shop_articles_tags',
				data: [{ _sync_id: 'l', article: 'a-root', tag: 't-new' }],
			},
		});
		await desk.fine(directus, 'pull', '--no-specs');
		const found = await desk.run(directus, 'seed', 'diff', '--exit-code');
		expect(found, found.err).toMatchObject({ code: 2, out: expect.stringMatching(/\+ a-root[^]*title: .*Root/) });
		expect(await items('shop_articles')).toEqual([]);
		expect((await push(desk)).err).toContain('5 created');
		const [one] = await items('shop_categories');
		const articles = await items('shop_articles');
		const root = articles.find(({ title }) => title === 'Root');
		const [user] = await directus.data<{ role: string }[]>(
			'GET',
			'/users?fields=role&filter[email][_eq]=admin@example.com',
		);
		expect(root).toMatchObject({ category: one?.['id'], role: user?.role, parent: null });
		expect(Number(root?.['price'])).toBe(5.5);
		expect(articles.find(({ title }) => title === 'Child')).toMatchObject({
			parent: root?.['id'],
			category: one?.['id'],
		});
		const [tag] = await items('shop_tags');
		expect(Date.parse(String(tag?.['date_created']))).toBe(Date.parse(AUDITS.date_created));
		expect(Date.parse(String(tag?.['date_updated']))).toBeGreaterThan(Date.parse(AUDITS.date_updated));
		expect(await items('shop_articles_tags')).toMatchObject([{ article: root?.['id'], tag: tag?.['id'] }]);

		const before = await activity(directus);
		expect((await push(desk)).out).toContain('No changes.');
		expect((await desk.run(directus, 'seed', 'diff', '--exit-code')).code).toBe(0);
		expect(await activity(directus)).toBe(before);
	});

	test('seed-users: created with their role, changed, and never given their password again', async () => {
		const user = {
			_sync_id: 'u-ann',
			email: 'ann@example.com',
			password: 'the first one',
			first_name: 'Ann',
			role: '_sync_default_admin_role',
		};
		const desk = seeded({ 'users.json': { collection: 'directus_users', data: [user] } });
		await push(desk);
		const login = (password: string) =>
			directus.request('POST', '/auth/login', { email: user.email, password }, null).then(
				() => true,
				() => false,
			);
		expect(await login('the first one')).toBe(true);
		const [ann] = await directus.data<{ id: string }[]>('GET', '/users?filter[email][_eq]=ann@example.com');
		await directus.request('PATCH', `/users/${ann?.id}`, { password: 'her own' });
		expect((await push(desk)).out).toContain('No changes.');
		desk.put(
			'directus-config/seed/users.json',
			JSON.stringify({ collection: 'directus_users', data: [{ ...user, first_name: 'Anna', password: 'a third' }] }),
		);
		expect((await push(desk)).out).toMatch(/first_name: Ann → Anna/);
		expect([await login('her own'), await login('the first one'), await login('a third')]).toEqual([
			true,
			false,
			false,
		]);
	});

	test('seed-files: bytes, folder and owner; new bytes are sent, the same ones are not', async () => {
		const [folder] = [await directus.data<{ id: string }>('POST', '/folders', { name: 'Seeded' })];
		const seed = (more = {}) => ({
			collection: 'directus_files',
			data: [
				{
					_sync_id: 'f-logo',
					_file_path: './bytes/logo.svg',
					title: 'Logo',
					filename_download: 'logo.svg',
					type: 'image/svg+xml',
					folder: folder?.id,
					uploaded_by: 'u-ann',
					...more,
				},
			],
		});
		const desk = seeded({ 'files.json': seed(), 'bytes/logo.svg': '<svg>1</svg>' });
		const first = await desk.run(directus, 'seed', 'push');
		expect(first, first.err).toMatchObject({ code: 0 });
		const [file] = await directus.data<Record<string, unknown>[]>('GET', '/files?filter[title][_eq]=Logo');
		const [ann] = await directus.data<{ id: string }[]>('GET', '/users?filter[email][_eq]=ann@example.com');
		expect(file).toMatchObject({ folder: folder?.id, uploaded_by: ann?.id, type: 'image/svg+xml' });
		const bytes = async () =>
			(await fetch(`${directus.url}/assets/${String(file?.['id'])}?access_token=${directus.token}`)).text();
		expect(await bytes()).toBe('<svg>1</svg>');
		expect((await push(desk)).out).toContain('No changes.');
		desk.put('directus-config/seed/bytes/logo.svg', '<svg>2</svg>');
		await push(desk);
		expect(await bytes()).toBe('<svg>2</svg>');
		expect((await push(desk)).out).toContain('No changes.');
		desk.put('directus-config/seed/files.json', JSON.stringify(seed({ title: 'Logo, renamed' })));
		await push(desk);
		expect(await directus.data('GET', `/files/${String(file?.['id'])}`)).toMatchObject({ title: 'Logo, renamed' });
		expect(await bytes()).toBe('<svg>2</svg>');
	});

	test('meta: what may be created, changed and deleted, which ids are kept, which fields are left alone', async () => {
		const tags = (meta: object, ...data: object[]) => ({ 'tags.json': { collection: 'shop_tags', meta, data } });
		const [kept, other] = [
			{ _sync_id: KEPT, name: 'Kept', note: 'ours' },
			{ _sync_id: KEPT.replace('0f', '1f'), name: 'Other' },
		];
		const names = async () => (await items('shop_tags')).map(({ name }) => name);
		const start = await names();
		await push(seeded(tags({ create: false, delete: false, preserve_ids: true }, kept)));
		expect(await names()).toEqual(start);
		await push(seeded(tags({ preserve_ids: true, delete: false }, kept, other)));
		expect(await directus.data('GET', `/items/shop_tags/${KEPT}`)).toMatchObject({ name: 'Kept' });

		await push(seeded(tags({ update: false, delete: false }, { ...kept, name: 'Changed' }, other)));
		expect(await names()).toContain('Kept');
		const changed = { ...kept, name: 'Changed', note: 'theirs' };
		await push(seeded(tags({ delete: false, ignore_on_update: ['note'] }, changed, other)));
		expect(await directus.data('GET', `/items/shop_tags/${KEPT}`)).toMatchObject({ name: 'Changed', note: 'ours' });

		await push(seeded(tags({ delete: false }, changed)));
		expect(await names()).toContain('Other');
		const last = seeded(tags({}, changed));
		expect(await last.run(directus, 'seed', 'push')).toMatchObject({
			code: 1,
			err: expect.stringContaining('--allow-destructive'),
		});
		expect(await names()).toContain('Other');
		await push(last, '--allow-destructive');
		expect(await names()).toEqual(['Changed']);
		expect((await push(last, '--allow-destructive')).out).toContain('No changes.');
	});

	test('items that cannot be read, or only in part, are never deleted', async () => {
		const data = Array.from({ length: 30 }, (_, index) => ({ _sync_id: `n-${index}`, name: `Number ${index}` }));
		const desk = seeded({ 'categories.json': { collection: 'shop_categories', meta: {}, data } });
		await push(desk, '--allow-destructive');
		const before = await items('shop_categories', 'limit=-1');
		expect(before).toHaveLength(30);
		const fewer = JSON.stringify({ collection: 'shop_categories', data: data.slice(0, 25) });
		desk.put('directus-config/seed/categories.json', fewer);
		await directus.restart({ env: { QUERY_LIMIT_MAX: '10' } });
		const cut = await desk.run(directus, 'seed', 'push', '--allow-destructive');
		expect(cut).toMatchObject({ code: 1, err: expect.stringMatching(/limit|only 10 could be read/) });
		desk.put('directus-config/seed/categories.json', fewer.slice(0, -40));
		expect(await desk.run(directus, 'seed', 'push', '--allow-destructive')).toMatchObject({
			code: 1,
			err: expect.stringMatching(/categories\.json.*not valid JSON/),
		});
		await directus.restart({ env: { QUERY_LIMIT_MAX: '1000' } });
		expect(await items('shop_categories', 'limit=-1')).toEqual(before);
		desk.put('directus-config/seed/categories.json', fewer);
		await push(desk, '--allow-destructive');
		expect(await items('shop_categories', 'limit=-1')).toHaveLength(25);
	});
});

const activity = async ({ sql }: Directus): Promise<number> =>
	Number((await sql('directus_activity').whereNot({ action: 'login' }).count({ rows: '*' }).first())?.['rows']);

async function createCollections(directus: Directus): Promise<void> {
	const auto = { field: 'id', type: 'integer', schema: { is_primary_key: true, has_auto_increment: true }, meta: {} };
	const uuid = { field: 'id', type: 'uuid', schema: { is_primary_key: true }, meta: { special: ['uuid'] } };
	const field = (name: string, type: string) => ({ field: name, type, schema: {}, meta: {} });
	const collection = (name: string, fields: object[]) => ({ collection: name, schema: {}, meta: {}, fields });
	await directus.request('POST', '/collections', [
		collection('shop_categories', [auto, field('name', 'string')]),
		collection('shop_tags', [
			uuid,
			field('name', 'string'),
			field('note', 'string'),
			...['created', 'updated'].map((event) => ({
				...field(`date_${event}`, 'timestamp'),
				meta: { special: [`date-${event}`] },
			})),
		]),
		collection('shop_articles', [
			auto,
			field('title', 'string'),
			field('price', 'decimal'),
			field('category', 'integer'),
			field('parent', 'integer'),
			field('role', 'uuid'),
		]),
		collection('shop_articles_tags', [auto, field('article', 'integer'), field('tag', 'uuid')]),
	]);
	for (const [name, column, related] of [
		['shop_articles', 'category', 'shop_categories'],
		['shop_articles', 'parent', 'shop_articles'],
		['shop_articles', 'role', 'directus_roles'],
		['shop_articles_tags', 'article', 'shop_articles'],
		['shop_articles_tags', 'tag', 'shop_tags'],
	])
		await directus.request('POST', '/relations', {
			collection: name,
			field: column,
			related_collection: related,
			schema: { on_delete: 'SET NULL' },
			meta: {},
		});
}
