import { afterAll, beforeAll, expect, test, describe } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { ADMIN } from '../kit/settings.js';
import { newFolder, runBuilt } from './cli-process.js';
import { whatPairedInstancesDo } from './sync-paired-instances.js';
import { link, quiet } from './sync-link.js';

describe.each(sampledVersions(import.meta.url))('the command line with two instances of Directus %s', (version) => {
	const folder = newFolder();
	let a: Directus;
	let b: Directus;
	let name: string;
	const cli = (...argv: string[]) =>
		runBuilt(argv, folder.path, { DIRECTUS_URL: a.url, DIRECTUS_TOKEN: ADMIN.token, CI: '1' });

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version, database: 'sqlite', content: true }),
			startDirectus({ version, database: 'sqlite', content: true }),
		]);
		const posts = Array.from({ length: 60 }, (_, index) => ({ title: `Post ${index}`, slug: `post-${index}` }));
		await a.request('POST', '/items/posts', posts);
		await link(a, b, [{ collection: 'posts', fields: ['title', 'slug'] }]);
		name = `to ${b.url}`;
	}, 120_000);
	afterAll(async () => {
		await Promise.all([a?.stop(), b?.stop()]);
		folder.remove();
	});

	test('says what the other side lacks, sends it, and proves both equal', async () => {
		const lacking = await cli('compare', name, '--exit-code');
		expect(lacking, lacking.err).toMatchObject({
			code: 2,
			out: expect.stringMatching(/posts\s+0\s+0\s+0\s+60[^]*60 rows differ/),
		});
		const sent = await cli('backfill', name);
		expect(sent, sent.err).toMatchObject({
			code: 0,
			out: expect.stringMatching(/60 rows looked at, 60 rows sent and taken in/),
		});
		const equal = await cli('compare', name, '--exit-code');
		expect(equal, equal.err).toMatchObject({ code: 0, out: expect.stringContaining('Equal: 60 rows') });
		expect(await b.data('GET', '/items/posts?limit=-1')).toHaveLength(60);
	});

	test('names what differs, repairs it only when told to, and then finds nothing', async () => {
		await b.sql('posts').where({ slug: 'post-7' }).update({ title: 'tampered with' });
		const tried = await cli('repair', name);
		expect(tried, tried.err).toMatchObject({ code: 0, out: expect.stringMatching(/would have 1 row sent/) });
		const found = await cli('compare', name, '--exit-code', '--json');
		expect(found.code).toBe(2);
		expect(JSON.parse(found.out)).toMatchObject({ collections: [{ different: { rows: [{ fields: ['title'] }] } }] });
		const done = await cli('repair', name, '--yes');
		expect(done, done.err).toMatchObject({ code: 0, out: expect.stringMatching(/1 row is on the way/) });
		await quiet(a, b);
		expect((await cli('compare', name, '--exit-code')).code).toBe(0);
		expect(await b.data('GET', '/items/posts?filter[slug][_eq]=post-7')).toMatchObject([{ title: 'Post 7' }]);
	});

	test('is told nothing of a deletion that nobody has to decide: the other side has more fields, and no rule', async () => {
		const [here] = await a.data<{ id: number }[]>('GET', '/items/posts?filter[slug][_eq]=post-9');
		const [there] = await b.data<{ id: number }[]>('GET', '/items/posts?filter[slug][_eq]=post-8');
		await b.request('PATCH', `/items/posts/${there?.id}`, { views: 7 });
		const gone = await a.data<{ id: number }[]>('GET', '/items/posts?filter[slug][_eq]=post-8');
		await a.request('DELETE', '/items/posts', [here?.id, gone[0]?.id]);
		await quiet(a, b);
		const failed = await cli('deliveries', '--target', name, '--status', 'failed');
		expect(failed, failed.err).toMatchObject({ code: 0, out: expect.stringContaining('No deliveries') });
		expect(await b.data('GET', '/items/posts?limit=-1')).toHaveLength(58);
	});

	whatPairedInstancesDo(() => ({ a, b, folder: folder.path }));

	test('refuses a collection without a rule, and says why the other side cannot be asked', async () => {
		const unknown = await cli('compare', name, '--collection', 'authors');
		expect(unknown).toMatchObject({ code: 1, err: expect.stringMatching(/no rule for authors[^]*posts/) });
		await b.stop({ keep: true });
		const down = await cli('compare', name);
		await b.restart();
		expect(down).toMatchObject({ code: 1, err: expect.stringContaining(b.url) });
	});
});
