import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions, KEPT, ROOT } from '../kit/playground.js';
import { until } from '../kit/wait.js';
import { installPredecessor, SOURCES, SOURCES_USERS } from './install-model.js';
import { quiet } from './sync-link.js';
import { describeExtension } from './test-extension.js';

const POLICY = '2e76994c-a4eb-47ac-b811-e4692ad9de5e';
const USER = '7c6b6863-d298-453d-a192-4a343eb7ddd3';

/** As that extension's users write their rules; items with UUIDs, and items with numbers that are found by their slug. */
const RULES = [
	{ name: 'docs', fields: ['id', 'title', 'file'] },
	{ name: 'posts', fields: ['title', 'slug'], match: ['slug'] },
];

/**
 * What `directus-extension-data-sync` does, as its document and measurements tell: after each write that was not the
 * Data Sync user's, one request per item and remote source to the other side's items API, with the key that it has here.
 */
function writePredecessor(): string {
	const folder = join(KEPT, `data-sync-${process.pid}`);
	mkdirSync(folder, { recursive: true });
	writeFileSync(
		join(folder, 'index.js'),
		`export default ({ action }, { database, logger }) => {
			const rulesOf = ({ schema }) => (typeof schema === 'string' ? JSON.parse(schema) : (schema ?? []));
			const on = (method) => async (meta, { accountability }) => {
				if (accountability?.user === '${USER}') return;
				for (const source of await database('${SOURCES}').where({ status: 'published' })) {
					const rule = rulesOf(source).find(({ name }) => name === meta.collection);
					for (const key of rule ? (meta.keys ?? [meta.key]) : []) {
						const item = Object.fromEntries(rule.fields.filter((field) => field in (meta.payload ?? {})).map((field) => [field, meta.payload[field]]));
						const path = source.url + '/items/' + meta.collection + (method === 'POST' ? '' : '/' + key);
						await fetch(path, {
							method,
							headers: { 'content-type': 'application/json', authorization: 'Bearer ' + source.api_key },
							...(method === 'DELETE' ? {} : { body: JSON.stringify(method === 'POST' ? { id: key, ...item } : item) }),
						}).then(
							async (answer) => answer.ok || logger.error('[data-sync] ' + path + ' ' + answer.status + (await answer.text())),
							(error) => logger.error('[data-sync] ' + error.message),
						);
					}
				}
			};
			action('items.create', on('POST'));
			action('items.update', on('PATCH'));
			action('items.delete', on('DELETE'));
		};`,
	);
	describeExtension(folder, 'hook', 'index.js');
	return folder;
}

/** What that extension made at its start, and what its users then set up: what the other side may write. */
async function setUp(directus: Directus): Promise<void> {
	await installPredecessor(directus, [SOURCES, SOURCES_USERS]);
	await directus.request('POST', '/policies', { id: POLICY, name: 'Data Sync', app_access: false });
	await directus.request('POST', '/users', {
		id: USER,
		first_name: 'Data Sync',
		last_name: 'Directus',
		token: tokenOf(directus),
		policies: [{ policy: POLICY }],
	});
	for (const collection of ['docs', 'posts'])
		for (const action of ['create', 'update', 'delete'])
			await directus.request('POST', '/permissions', { policy: POLICY, collection, action, fields: ['*'] });
}

const tokenOf = ({ port }: Directus) => `data-sync-token-of-${port}`;

const linkTo = (from: Directus, to: Directus) =>
	from.request('POST', `/items/${SOURCES}`, {
		status: 'published',
		url: to.url,
		api_key: tokenOf(to),
		schema: RULES,
	});

/** Takes the predecessor out and puts this package in its place; the database stays. */
async function replace(directus: Directus, predecessor: string): Promise<void> {
	const extensions = join(directus.folder, 'extensions');
	rmSync(join(extensions, basename(predecessor)), { recursive: true });
	for (const part of ['package.json', 'dist'])
		cpSync(join(ROOT, part), join(extensions, 'directus-extension-downstream', part), { recursive: true });
	await directus.restart();
}

for (const version of directusVersions()) {
	describe(`two instances that ran data-sync, on Directus ${version}`, () => {
		let a: Directus;
		let b: Directus;
		let predecessor: string;

		const make = async (directus: Directus, collection: string, values: object) =>
			String((await directus.data<{ id: string | number }>('POST', `/items/${collection}`, values)).id);
		const change = (directus: Directus, path: string, values: object) =>
			directus.request('PATCH', `/items/${path}`, values);
		const titles = async (directus: Directus, collection: string) =>
			(await directus.data<{ title: string }[]>('GET', `/items/${collection}?limit=-1&sort=title`)).map(
				({ title }) => title,
			);
		/** Waits until one side has items of these titles, and no others. */
		const has = async (directus: Directus, collection: string, wanted: string[]) => {
			let last: string[] = [];
			let owed: unknown = null;
			await until(
				async () => {
					last = await titles(directus, collection);
					owed = await owedBy(directus === a ? b : a);
					return JSON.stringify(last) === JSON.stringify(wanted.toSorted());
				},
				{
					timeout: 30_000,
					message: () =>
						`${collection} to be ${wanted.join(', ')}; there are ${last.join(', ')}; the other side says ${JSON.stringify(owed)}`,
				},
			);
		};
		/** What a side that has been replaced says of its deliveries. */
		const owedBy = ({ sql }: Directus) =>
			sql('downstream_deliveries')
				.select('collection', 'item', 'event', 'status', 'error_code', 'error_message')
				.catch(() => null);

		beforeAll(async () => {
			predecessor = writePredecessor();
			const common = { version, database: 'sqlite', content: true, extension: false } as const;
			const old = { ...common, extraExtensions: [predecessor] };
			[a, b] = await Promise.all([startDirectus(old), startDirectus(old)]);
			for (const directus of [a, b]) await setUp(directus);
			await linkTo(a, b);
			await linkTo(b, a);
		}, 120_000);
		afterAll(async () => {
			await Promise.all([a?.stop(), b?.stop()]);
			rmSync(predecessor, { recursive: true, force: true });
		});

		let doc = '';
		let post = '';
		test('had their content sent by it', async () => {
			doc = await make(a, 'docs', { title: 'Handbook', file: 'a.pdf' });
			post = await make(b, 'posts', { title: 'Hello', slug: 'hello' });
			await has(b, 'docs', ['Handbook']);
			await has(a, 'posts', ['Hello']);
		});

		test('go on after one is replaced, in both directions', async () => {
			await replace(a, predecessor);
			const sources = await a.data<{ name: string; schema: unknown; status: string }[]>('GET', `/items/${SOURCES}`);
			expect(sources).toMatchObject([{ status: 'published', schema: RULES }]);
			await make(b, 'docs', { title: 'Made where the old one runs' });
			await change(b, `docs/${doc}`, { title: 'Handbook, second edition' });
			await has(a, 'docs', ['Handbook, second edition', 'Made where the old one runs']);
			// To a Directus without the extension, the new one speaks as the old one did.
			await make(a, 'docs', { title: 'Made where the new one runs' });
			await has(b, 'docs', ['Handbook, second edition', 'Made where the new one runs', 'Made where the old one runs']);
		});

		test('flow both ways once both are replaced, with what was there before and a delete', async () => {
			await replace(b, predecessor);
			await change(b, `docs/${doc}`, { title: 'Handbook, third edition' });
			await has(a, 'docs', ['Handbook, third edition', 'Made where the new one runs', 'Made where the old one runs']);
			// It notices within a minute; whoever does not want to wait resumes the link.
			const [source] = await a.data<{ id: string }[]>('GET', `/items/${SOURCES}`);
			await a.request('POST', `/downstream/targets/${source?.id}/resume`);
			await change(a, `docs/${doc}`, { file: 'b.pdf' });
			await until(async () => (await b.data<{ file: string }>('GET', `/items/docs/${doc}`)).file === 'b.pdf', {
				message: "the file's name to arrive",
			});
			await a.request('DELETE', `/items/docs/${doc}`);
			await has(b, 'docs', ['Made where the new one runs', 'Made where the old one runs']);
			await quiet(a, b);
			expect(await titles(a, 'docs')).toEqual(await titles(b, 'docs'));
		});

		test('find items with numbers by the fields that a rule names, whatever their numbers', async () => {
			// The next free number is another one on each side, which the predecessor could not bear.
			await b.sql('posts').insert({ id: 500, title: 'Only here', slug: 'only-here' });
			await change(a, `posts/${post}`, { title: 'Hello again' });
			await has(b, 'posts', ['Hello again', 'Only here']);
			await make(b, 'posts', { title: 'Made there', slug: 'made-there' });
			await has(a, 'posts', ['Hello again', 'Made there']);
			await quiet(a, b);
		});
	});
}
