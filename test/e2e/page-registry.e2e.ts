import type { Knex } from 'knex';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateTables } from '../../src/app/migrations.js';
import { collectTags, reportPages } from '../../src/client/index.js';
import { keepPages, pagesOfTags, removeOldPages } from '../../src/flush/tables/page-table.js';
import { DATABASE_SERVERS, type DatabaseKind } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { instanceName } from '../kit/leftovers.js';
import { directusVersions } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { publish, type Entry } from './flush-target.js';

const available = await databasesAvailable();
const kinds = (Object.keys(DATABASE_SERVERS) as DatabaseKind[]).filter((kind) => available[kind] === null);
const clock = { now: () => Date.now(), random: () => 0.5, id: () => v7() };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

describe.each(kinds)('the page tables on %s', (kind) => {
	const name = instanceName();
	const server = DATABASE_SERVERS[kind];
	let nodes: [Knex, Knex];

	beforeAll(async () => {
		await server.create(name);
		const first = server.connect(name);
		// Nodes share no SQLite.
		nodes = [first, kind === 'sqlite' ? first : server.connect(name)];
		await migrateTables(nodes[0], clock, silent);
	});
	afterAll(async () => {
		await Promise.all([...new Set(nodes ?? [])].map((node) => node.destroy()));
		await server.drop(name);
	});

	test('two nodes note the same pages at once, and neither loses one', async () => {
		const pages = (node: number) =>
			Array.from({ length: 60 }, (_, index) => ({
				path: `/${index}`,
				tags: [`articles-${index}`, `articles-${index + node}`, '..'],
			}));
		for (const now of [1, 2, 3])
			await Promise.all(
				nodes.map((node, index) =>
					keepPages(node, index === 0 ? pages(index) : pages(index).toReversed(), { now, most: 1_000 }),
				),
			);
		const found = await pagesOfTags(nodes[0], ['articles-7', '..']);
		expect(found.size).toBe(60);
		expect(found.get('/7')?.tags.toSorted()).toEqual(['..', 'articles-7']);
		await removeOldPages(nodes[1], 10);
		expect((await pagesOfTags(nodes[0], ['..'])).size).toBe(0);
	});
});

/** A front end's pages, and what a target that is purged by path is told of them. */
describe.each(directusVersions())('the page registry of Directus %s', (version) => {
	const TOKEN = 'token-of-the-front-end';
	let directus: Directus;
	let receiver: Receiver;

	beforeAll(async () => {
		receiver = await startReceiver();
		directus = await startDirectus({
			version,
			database: 'sqlite',
			content: true,
			env: { DOWNSTREAM_PAGES_TOKEN: TOKEN },
		});
		await publish(directus, { url: `${receiver.url}/purge`, schema: [], options: { tags: 'automatic' } });
	});
	afterAll(() => Promise.all([directus?.stop(), receiver?.stop()]));

	test('a change names the pages that show it, and no other', async () => {
		const headers = { authorization: 'Bearer downstream-admin-token' };
		const make = async (title: string) =>
			(await directus.data<{ id: number }>('POST', '/items/posts', { title, slug: title })).id;
		const [one, two] = [await make('one'), await make('two')];
		const entries = () => receiver.requests.flatMap(({ json }) => json as Entry[]);
		await expect
			.poll(() => entries().filter(({ collection }) => collection === 'posts').length, { timeout: 15_000 })
			.toBe(2);
		const { report } = reportPages({ url: directus.url, token: TOKEN });
		const render = async (path: string, reads: string[]) => {
			const page = collectTags({ shared: true });
			for (const read of reads) await page.fetch(`${directus.url}${read}`, { headers });
			expect(page.problem()).toBeNull();
			return report(path, page);
		};
		for (const [path, reads] of [
			['/posts/one', [`/items/posts/${one}`]],
			['/posts/two', [`/items/posts/${two}`]],
			['/', ['/items/posts?fields=id,title&sort=id', '/items/site']],
		] as const)
			await expect.poll(() => render(path, [...reads]), { timeout: 15_000, interval: 250 }).toBe(true);

		receiver.clear();
		await directus.request('PATCH', `/items/posts/${one}`, { title: 'changed' });
		const told = await receiver.waitFor(({ json }) =>
			(json as Entry[]).some(({ collection }) => collection === 'posts'),
		);
		const paths = (told.json as (Entry & { paths?: string[] })[]).flatMap((entry) => entry.paths ?? []);
		expect(paths.toSorted()).toEqual(['/', '/posts/one']);
		expect(await render('/posts/one', [`/items/posts/${two}`])).toBe(true);

		const shown = await directus.data<{ path: string }[]>('GET', `/downstream/pages?collection=posts&item=${two}`);
		expect(shown.map(({ path }) => path)).toEqual(['/', '/posts/one', '/posts/two']);
		const dry = await directus.data<{ pages: { total: number; paths: string[] } }>('POST', '/downstream/dry-run', {
			collection: 'posts',
			event: 'update',
			keys: [two],
		});
		expect(dry.pages).toEqual({ total: 3, paths: ['/', '/posts/one', '/posts/two'] });
	});

	test('refuses reports without the token, or of anything but a path', async () => {
		const post = (token: string, page: object) =>
			fetch(`${directus.url}/downstream/pages`, {
				method: 'POST',
				headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
				body: JSON.stringify({ pages: [{ path: '/', tags: ['..'], read_at: Date.now(), ...page }] }),
			}).then(({ status }) => status);
		expect(await post('wrong', {})).toBe(401);
		expect(await post(TOKEN, { path: '//evil\n' })).toBe(400);
		expect(await post(TOKEN, { tags: ['A b'] })).toBe(400);
		expect(
			(
				await fetch(`${directus.url}/downstream/pages?collection=posts&item=1`, {
					headers: { authorization: `Bearer ${TOKEN}` },
				})
			).status,
		).toBe(403);
	});
});
