import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { at, refusal } from './instance.js';
import { folderWith, run } from './run.js';
import { startSeedWorld, type SeedWorld } from './seed-instance.js';

const tags = { collection: 'tags', data: [{ _sync_id: 'tag-tech', name: 'Tech' }] };
const articles = {
	collection: 'articles',
	meta: { insert_order: 1 },
	data: [
		{ _sync_id: 'a-child', title: 'Child', parent: 'a-root', tag: 'tag-tech' },
		{ _sync_id: 'a-root', title: 'Root', tag: 'tag-tech', price: 5 },
	],
};
const files = (seeds: Record<string, object>) =>
	Object.fromEntries(Object.entries(seeds).map(([name, seed]) => [`directus-config/seed/${name}.json`, seed]));
const push = (world: SeedWorld, folder: string, ...more: string[]) =>
	run(['seed', 'push', ...at(world), ...more], folder);
const diff = (world: SeedWorld, folder: string, ...more: string[]) =>
	run(['seed', 'diff', ...at(world), ...more], folder);
const titled = (world: SeedWorld, title: string) => world.items['articles']?.find((row) => row['title'] === title);

describe('seeds', () => {
	test('become items with their references, and a second push writes nothing', async () => {
		const world = await startSeedWorld();
		const folder = folderWith(files({ articles, tags }));
		expect((await diff(world, folder, '--exit-code')).code).toBe(2);
		expect(world.writes()).toEqual([]);

		const done = await push(world, folder);
		expect(done).toMatchObject({ code: 0, err: expect.stringContaining('3 created') });
		const tag = world.items['tags']?.[0]?.['id'];
		expect(tag).toMatch(/^[0-9a-f-]{36}$/);
		expect(titled(world, 'Root')).toMatchObject({ tag, price: 5 });
		expect(titled(world, 'Child')).toMatchObject({ tag, parent: titled(world, 'Root')?.['id'] });
		expect(world.ids.map(({ table, sync_id }) => `${table} ${sync_id}`).toSorted()).toEqual([
			'items:articles a-child',
			'items:articles a-root',
			'items:tags tag-tech',
		]);

		const writes = world.writes().length;
		expect((await push(world, folder)).out).toContain('No changes.');
		expect(world.writes()).toHaveLength(writes);
		expect((await diff(world, folder, '--exit-code')).code).toBe(0);
	});

	test('that change are written: the values that differ and no others', async () => {
		const world = await startSeedWorld();
		const folder = folderWith(files({ articles, tags }));
		await push(world, folder);
		Object.assign(titled(world, 'Root') ?? {}, { price: '5.00' });
		Object.assign(titled(world, 'Child') ?? {}, { title: 'By hand' });
		const done = await push(world, folder);
		expect(done.out).toMatch(/~ a-child[^]*title: "?By hand"? → "?Child"?/);
		expect(world.asked.findLast(({ method }) => method === 'PATCH')?.body).toEqual([
			{ id: String(titled(world, 'Child')?.['id']), title: 'Child' },
		]);
	});

	test('with fields that Directus writes itself are as the seeds say, or left alone, and a second push writes nothing', async () => {
		const world = await startSeedWorld();
		const audits = {
			date_created: '2020-02-02T02:02:02.000Z',
			date_updated: '2020-03-03T03:03:03.000Z',
			user_updated: '5f1d7f8e-0000-4000-8000-000000000000',
		};
		const ann = { collection: 'directus_users', data: [{ _sync_id: 'u-ann', email: 'ann@example.com' }] };
		const dated = {
			collection: 'articles',
			data: [
				{ _sync_id: 'a', title: 'A', ...audits, user_created: 'u-ann' },
				{ _sync_id: 'b', title: 'B', ...audits, user_created: '5f1d7f8e-0000-4000-8000-000000000000' },
			],
		};
		const folder = folderWith(files({ dated, ann }));
		const done = await push(world, folder);
		expect(done.out).toContain('articles: date_updated, user_created, user_updated not changed');
		const { date_created } = audits;
		expect(titled(world, 'A')).toMatchObject({
			date_created,
			user_created: world.items['directus_users']?.[0]?.['id'],
		});
		expect(titled(world, 'B')).toMatchObject({ date_created, user_created: 'the-admin' });
		const writes = world.writes().length;
		expect((await push(world, folder)).out).toContain('No changes.');
		expect(world.writes()).toHaveLength(writes);
	});

	test('obey their meta', async () => {
		const world = await startSeedWorld();
		const meta = { create: true, update: true, delete: false, ignore_on_update: ['title'] };
		const folder = folderWith(files({ tags, articles: { ...articles, meta } }));
		await push(world, folder);
		Object.assign(titled(world, 'Root') ?? {}, { title: 'By hand', price: 9 });
		writeFileSync(
			join(folder, 'directus-config/seed/articles.json'),
			JSON.stringify({ ...articles, meta, data: [articles.data[1]] }),
		);
		const done = await push(world, folder);
		expect(titled(world, 'By hand')).toMatchObject({ price: 5 });
		expect(titled(world, 'Child')).toBeDefined();
		expect(done.out).toMatch(/articles: 1 to delete, left alone/);
	});

	test('that are gone from a file are deleted with consent only', async () => {
		const world = await startSeedWorld();
		const folder = folderWith(files({ articles, tags }));
		await push(world, folder);
		writeFileSync(
			join(folder, 'directus-config/seed/articles.json'),
			JSON.stringify({ ...articles, data: [articles.data[1]] }),
		);
		const refused = await push(world, folder);
		expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/articles a-child[^]*--allow-destructive/) });
		expect(titled(world, 'Child')).toBeDefined();
		expect((await push(world, folder, '--allow-destructive')).code).toBe(0);
		expect(titled(world, 'Child')).toBeUndefined();
		expect(world.ids.some(({ sync_id }) => sync_id === 'a-child')).toBe(false);
	});

	test('of a file that is gone altogether are left alone', async () => {
		const world = await startSeedWorld();
		const folder = folderWith(files({ articles, tags }));
		await push(world, folder);
		rmSync(join(folder, 'directus-config/seed/articles.json'));
		expect((await push(world, folder)).out).toContain('No changes.');
	});

	test('keep their own keys if asked', async () => {
		const world = await startSeedWorld();
		const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
		const seed = { collection: 'tags', meta: { preserve_ids: true }, data: [{ _sync_id: id, name: 'Kept' }] };
		await push(world, folderWith(files({ tags: seed })));
		expect(world.items['tags']).toEqual([{ id, name: 'Kept' }]);
	});

	test('a read that is cut short is never taken for items that are gone', async () => {
		const folder = folderWith(files({ articles, tags }));
		const whole = await startSeedWorld();
		await push(whole, folder);
		const world = await startSeedWorld(1);
		world.ids.push(...whole.ids);
		Object.assign(world.items, whole.items);
		const done = await push(world, folder, '--allow-destructive');
		expect(done).toMatchObject({ code: 1, err: expect.stringMatching(/Of 2 items of articles only 1 could be read/) });
		expect(world.writes()).toEqual([]);
	});

	test('a read that fails writes nothing', async () => {
		const world = await startSeedWorld();
		world.answers['GET /items/articles'] = refusal(500, 'INTERNAL_SERVER_ERROR', 'no');
		world.ids.push({ table: 'items:articles', sync_id: 'a-root', local_id: '1' });
		expect((await push(world, folderWith(files({ articles, tags })), '--allow-destructive')).code).toBe(1);
		expect(world.writes()).toEqual([]);
	});

	test('that were created before a kill, but not recorded, are recognised and not created again', async () => {
		const world = await startSeedWorld();
		const folder = folderWith(files({ articles, tags }));
		await push(world, folder);
		world.ids.splice(0, world.ids.length, ...world.ids.filter(({ sync_id }) => sync_id !== 'a-root'));
		const done = await push(world, folder);
		expect(done.out).toMatch(/= a-root is there already/);
		expect(world.items['articles']).toHaveLength(2);
		expect((await push(world, folder)).out).toContain('No changes.');
	});

	test('whose items somebody deleted are created again', async () => {
		const world = await startSeedWorld();
		const folder = folderWith(files({ articles, tags }));
		await push(world, folder);
		world.items['articles'] = world.items['articles']?.filter(({ title }) => title !== 'Child') ?? [];
		await push(world, folder);
		expect(world.items['articles']).toHaveLength(2);
		expect((await push(world, folder)).out).toContain('No changes.');
	});
});

describe('seeded users', () => {
	const users = {
		collection: 'directus_users',
		data: [
			{ _sync_id: 'u', email: 'John@x.y', password: 'first', first_name: 'John', role: '_sync_default_admin_role' },
		],
	};

	test('get the role that a SyncID names, and never a second password', async () => {
		const world = await startSeedWorld();
		world.ids.push({ table: 'roles', sync_id: '_sync_default_admin_role', local_id: 'role-key' });
		const folder = folderWith(files({ users }));
		await push(world, folder);
		expect(world.items['directus_users']).toMatchObject([{ role: 'role-key', password: 'first' }]);
		Object.assign(world.items['directus_users']?.[0] ?? {}, { password: '**********', first_name: 'Jon' });
		await push(world, folder);
		expect(world.asked.findLast(({ method }) => method === 'PATCH')?.body).toEqual([
			{ id: world.ids.find(({ table }) => table === 'users')?.local_id, first_name: 'John' },
		]);
		expect((await diff(world, folder)).out).not.toContain('first');
	});

	test('are recognised by their email', async () => {
		const world = await startSeedWorld();
		world.ids.push({ table: 'roles', sync_id: '_sync_default_admin_role', local_id: 'role-key' });
		world.items['directus_users']?.push({ id: 'there', email: 'John@x.y', first_name: 'John', role: 'role-key' });
		await push(world, folderWith(files({ users })));
		expect(world.items['directus_users']).toHaveLength(1);
		expect(world.ids).toContainEqual({ table: 'users', sync_id: 'u', local_id: 'there' });
	});
});

test('seeded files come with their bytes', async () => {
	const world = await startSeedWorld();
	const seed = { collection: 'directus_files', data: [{ _sync_id: 'logo', _file_path: './logo.svg', title: 'Logo' }] };
	const folder = folderWith({ ...files({ files: seed }), 'directus-config/seed/logo.svg': '<svg/>' });
	expect((await push(world, folder)).err).not.toContain('Error');
	const [file] = world.items['directus_files'] ?? [];
	expect(file).toMatchObject({ title: 'Logo', file: '<svg/>' });
	world.answers[`GET /assets/${String(file?.['id'])}`] = '<svg/>';
	expect((await push(world, folder)).out).toContain('No changes.');
	world.answers[`GET /assets/${String(file?.['id'])}`] = '<SVG/>';
	expect((await diff(world, folder, '--exit-code')).code).toBe(2);
});

describe('seeds that are wrong are refused before the first write, all that is wrong at once:', () => {
	test('broken files, double SyncIDs, system collections, files without bytes', async () => {
		const world = await startSeedWorld();
		const folder = folderWith({
			'directus-config/seed/a.json': '<<<<<<< HEAD\n{}\n=======\n>>>>>>> b\n',
			'directus-config/seed/b.json': [tags, { ...tags, data: [{ name: 'without' }] }],
			'directus-config/seed/c.json': [tags, tags, { collection: 'directus_roles', data: [] }],
			'directus-config/seed/d.json': {
				collection: 'directus_files',
				data: [{ _sync_id: 'f', _file_path: 'gone.png' }],
			},
		});
		const done = await push(world, folder);
		expect(done.code).toBe(1);
		for (const told of [
			/a\.json: .*merge conflict/,
			/b\.json \/1\/data\/0\/_sync_id/,
			/c\.json \/1\/data\/0.*"tag-tech" is already/,
			/c\.json \/2\/collection.*configuration/,
			/gone\.png/,
		])
			expect(done.err).toMatch(told);
		expect(world.asked).toEqual([]);
	});

	test('collections, fields and references that the instance does not have', async () => {
		const world = await startSeedWorld();
		const folder = folderWith(
			files({
				a: { collection: 'articels', data: [] },
				b: { ...articles, data: [{ _sync_id: 'x', titel: 'T', tags: ['tag-tech'] }] },
				tags,
			}),
		);
		const done = await push(world, folder);
		expect(done.err).toMatch(/articels: .*did you mean "articles"/);
		expect(done.err).toMatch(/titel: .*Did you mean "title"/);
		expect(done.err).toMatch(/\/tags: .*seed their collection/);
		const dangling = folderWith(
			files({ tags, a: { ...articles, data: [{ _sync_id: 'x', title: 'T', tag: 'tag-nope' }] } }),
		);
		expect((await push(world, dangling)).err).toMatch(/nothing in tags has the SyncID "tag-nope"/);
		expect(world.writes()).toEqual([]);
	});

	test('no seeds at all', async () => {
		const world = await startSeedWorld();
		expect((await push(world, folderWith())).err).toMatch(/no seeds[^]*--seed-path/);
	});
});
