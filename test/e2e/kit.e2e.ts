import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATABASE_SERVERS } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { createContentModel } from '../kit/content-model.js';
import { RequestError, startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions, installedVersion, ROOT, sampledWorlds } from '../kit/playground.js';
import { startReceiver } from '../kit/receiver.js';
import { isAlive } from '../kit/templates.js';
import { until } from '../kit/wait.js';

const available = await databasesAvailable();
const worlds = sampledWorlds(import.meta.url, [
	{ version: '12', database: 'sqlite' },
	{ version: '11', database: 'sqlite' },
	{ version: '12', database: 'postgres' },
	{ version: '12', database: 'mysql' },
] as const);

for (const { version, database } of worlds) {
	const here = available[database] === null;
	describe.runIf(here)(`the kit's Directus ${version} on ${database}`, () => {
		let directus: Directus;
		let startedIn: number;

		beforeAll(async () => {
			const began = Date.now();
			directus = await startDirectus({ version, database, extension: false, content: true });
			startedIn = Date.now() - began;
			console.log(`Directus ${version} on ${database} listens after ${startedIn} ms, templates included`);
		});
		afterAll(() => directus?.stop());

		test('is the installed version, with the admin to ask it as', async () => {
			const { version: told } = await directus.data<{ version: string }>('GET', '/server/info');
			expect(told).toBe(installedVersion(version));
			expect(await directus.data('GET', '/users/me')).toMatchObject({ email: 'admin@example.com' });
		});

		test('has the content model, in all its relations', async () => {
			const collections = await directus.data<Array<{ collection: string }>>('GET', '/collections');
			const own = collections.filter(({ collection }) => !collection.startsWith('directus_'));
			expect(own).toHaveLength(17);
			// A second time, it leaves all as it is.
			await createContentModel(directus);
			const id = await createArticle(directus);
			const fields =
				'title,author.name,tags.tags_id.name,translations.title,blocks.item:block_quote.quote,comments.text';
			expect(await directus.data('GET', `/items/articles/${id}?fields=${fields}`)).toEqual({
				title: 'Rain',
				author: { name: 'Ada' },
				tags: [{ tags_id: { name: 'weather' } }],
				translations: [{ title: 'Regen' }],
				blocks: [{ item: { quote: 'It rains.' } }],
				comments: [{ text: 'Indeed.' }],
			});
		});

		test('deletes what hangs on an article with it, in the database', async () => {
			const id = await createArticle(directus);
			await directus.request('DELETE', `/items/articles/${id}`);
			expect(await directus.sql('comments').where({ article: id })).toEqual([]);
			expect(await directus.sql('articles_tags').where({ articles_id: id })).toEqual([]);
		});

		test('answers a refused request with an error that tells status and body', async () => {
			const refused = directus.request('GET', '/items/articles', undefined, null);
			await expect(refused).rejects.toThrow(RequestError);
			await expect(refused).rejects.toMatchObject({
				status: 403,
				body: { errors: [{ extensions: { code: 'FORBIDDEN' } }] },
			});
		});

		test('may call receivers on 127.0.0.1', async () => {
			const receiver = await startReceiver({
				respond: () => ({ headers: { 'content-type': 'text/plain' }, body: 'a file' }),
			});
			try {
				await directus.request('POST', '/files/import', { url: `${receiver.url}/file.txt` });
				expect(receiver.requests.map(({ path }) => path)).toEqual(['/file.txt']);
			} finally {
				await receiver.stop();
			}
		});

		test('keeps its rows through SIGKILL and a restart on the same port', async () => {
			const { id } = await directus.data<{ id: number }>('POST', '/items/authors', { name: 'Kept' });
			const before = directus.process.pid;
			await directus.kill9();
			await expect(fetch(`${directus.url}/server/ping`)).rejects.toThrow();
			await directus.restart();
			expect(directus.process.pid).not.toBe(before);
			expect(await directus.data('GET', `/items/authors/${id}`)).toMatchObject({ name: 'Kept' });
			expect(directus.log().match(/Server started at/g)).toHaveLength(2);
		});

		test('a second node shares its database, and leaves it there when it stops', async () => {
			const node = await startDirectus({ version, database, extension: false, nodeOf: directus });
			const { id } = await node.data<{ id: number }>('POST', '/items/authors', { name: 'From the other node' });
			await node.stop();
			expect(await directus.data('GET', `/items/authors/${id}`)).toMatchObject({ name: 'From the other node' });
		});

		test('leaves no process and no database behind', async () => {
			const pid = directus.process.pid ?? 0;
			await directus.stop();
			expect(() => process.kill(pid, 0)).toThrow();
			expect(await DATABASE_SERVERS[database].names(directus.databaseName)).toEqual([]);
			await expect(directus.restart()).rejects.toThrow('stop() took its database away');
		});
	});
}

test('a Directus ends when the process that started it is killed', async () => {
	const [version = '12'] = directusVersions();
	const program = `
		const { startDirectus } = await import('./test/kit/directus.ts');
		const directus = await startDirectus({ version: '${version}', database: 'sqlite', extension: false });
		console.log('runs as ' + directus.process.pid);`;
	const starter = spawn(
		process.execPath,
		['--import', './scripts/typescript.mjs', '--input-type=module', '-e', program],
		{ cwd: ROOT },
	);
	let printed = '';
	for (const stream of [starter.stdout, starter.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
	const pid = await until(() => Number(/runs as (\d+)/.exec(printed)?.[1]), {
		timeout: 50_000,
		message: () => printed,
	});
	expect(isAlive(pid)).toBe(true);
	starter.kill('SIGKILL');
	await until(() => !isAlive(pid), { message: `the end of process ${pid}` });
});

function createArticle(directus: Directus): Promise<number> {
	return directus
		.data<{ id: number }>('POST', '/items/articles', {
			title: 'Rain',
			slug: 'rain',
			status: 'published',
			author: { name: 'Ada' },
			tags: [{ tags_id: { name: 'weather' } }],
			translations: [{ languages_code: 'nl-NL', title: 'Regen' }],
			blocks: [{ collection: 'block_quote', item: { quote: 'It rains.' } }],
			comments: [{ text: 'Indeed.' }],
		})
		.then(({ id }) => id);
}
