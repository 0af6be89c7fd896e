import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { publish, type Entry } from './flush-target.js';
import { link, quiet, syncDeliveries } from './sync-link.js';

const VERSIONS = 'downstream_sync_versions';

describe('changes that cannot be planned for other instances', () => {
	let a: Directus;
	let b: Directus;
	let site: Receiver;
	let source: string;

	const flushed = () =>
		site.requests.flatMap(({ json }) =>
			(json as Entry[]).map(({ event, fields }) => `${event} ${String(fields['title'])}`),
		);
	const left = () => a.sql('downstream_outbox').where({ source: 'sync' }).orderBy('id').pluck('item');
	const post = async (values: Record<string, unknown>) =>
		String((await a.data<{ id: number }>('POST', '/items/posts', values)).id);

	beforeAll(async () => {
		[a, b, site] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startReceiver(),
		]);
		source = await link(a, b, [{ collection: 'posts', fields: ['title', 'slug'] }]);
		await publish(a, {
			url: site.url,
			schema: [{ collection: 'posts', events: ['create', 'update', 'delete'], payload: ['id', 'title'] }],
		});
		await post({ title: 'before', slug: 'before' });
		await quiet(a, b);
	}, 120_000);
	afterAll(() => Promise.all([a?.stop(), b?.stop(), site?.down()]));

	it('are put aside, hold up no flush target, and are planned in their order after a crash', async () => {
		// What sync knows of rows cannot be read: no change can be planned for anybody.
		await a.sql.schema.renameTable(VERSIONS, 'mislaid');
		const first = await post({ title: 'first', slug: 'first' });
		await until(() => flushed().includes('create first'), { message: 'the first to be flushed' });
		const second = await post({ title: 'second', slug: 'second' });
		await until(() => flushed().includes('create second'), { message: 'the second to be flushed' });
		await a.request('PATCH', `/items/posts/${first}`, { title: 'first, edited' });
		const third = await post({ title: 'third', slug: 'third' });
		await a.request('DELETE', `/items/posts/${third}`);
		await until(() => flushed().some((one) => one.startsWith('delete')), { message: 'the deletion to be flushed' });
		// Nobody has to hear of one that came and went.
		await until(async () => (await left()).join() === [first, second, first].join(), {
			message: 'the others to be put aside',
		});
		expect(await a.sql('downstream_outbox').whereNot({ source: 'sync' })).toEqual([]);
		expect(await b.data('GET', '/items/posts?fields=title')).toEqual([{ title: 'before' }]);
		await a.kill9();
		await a.sql.schema.renameTable('mislaid', VERSIONS);
		await a.restart();
		await until(async () => (await left()).length === 0, {
			timeout: 30_000,
			message: 'what was put aside to be planned',
		});
		await quiet(a, b);
		expect(await b.data('GET', '/items/posts?fields=title,slug&sort=id')).toEqual([
			{ title: 'before', slug: 'before' },
			{ title: 'first, edited', slug: 'first' },
			{ title: 'second', slug: 'second' },
		]);
		const sent = (await syncDeliveries(a, source)).filter(({ item }) => [first, second].includes(item));
		expect(sent.map(({ item, status }) => [item, status])).toEqual([
			[first, 'delivered'],
			[second, 'delivered'],
		]);
	});

	it('are told of a singleton as Directus shows it, where it has a second row', async () => {
		const schema = ['posts', 'site'].map((collection) => ({ collection, fields: ['title'] }));
		await a.request('PATCH', `/items/data_sync_remote_sources/${source}`, { schema });
		await a.request('PATCH', '/items/site', { title: 'shown' });
		await quiet(a, b);
		const [second] = (await a.sql('site').insert({ title: 'older, and not shown' }, ['id'])) as [{ id: number }];
		// On PostgreSQL Directus may write either row; here somebody else has.
		const change = { collection: 'site', item: String(second.id), event: 'update', at: Date.now(), source: 'activity' };
		await a.sql('downstream_outbox').insert(change);
		await a.request('PATCH', '/items/site', { motto: 'any' });
		await quiet(a, b);
		for (const directus of [a, b]) expect(await directus.data('GET', '/items/site')).toMatchObject({ title: 'shown' });
	});
});
