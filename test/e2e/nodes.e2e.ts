import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databasesAvailable } from '../kit/databases-available.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { redisUnavailable, TEST_REDIS } from '../kit/redis.js';
import { until } from '../kit/wait.js';
import { deliveriesOf, publish, settled, type Entry } from './flush-target.js';

const { postgres } = await databasesAvailable();

const noRedis = await redisUnavailable();
if (noRedis !== null) console.warn(`Several nodes with Redis were not tested, for there is none here: ${noRedis}`);

const { host, port, db } = TEST_REDIS;
const ENGINES = [
	['embedded', {}],
	...(noRedis === null
		? [['bullmq', { REDIS_HOST: host, REDIS_PORT: String(port), REDIS_DB: String(db) }] as const]
		: []),
] as const;

/** Several processes on one database: they take turns by leases, and with Redis the queue says who is next. */
describe.runIf(postgres === null).each(ENGINES)('three nodes on PostgreSQL with the engine "%s"', (engine, env) => {
	const nodes: Directus[] = [];
	let receiver: Receiver;
	let target: string;

	beforeAll(async () => {
		receiver = await startReceiver();
		const first = await startDirectus({ version: '12', database: 'postgres', content: true, env });
		nodes.push(first);
		nodes.push(
			...(await Promise.all(
				[2, 3].map(() => startDirectus({ version: '12', database: 'postgres', nodeOf: first, env })),
			)),
		);
	});
	afterAll(async () => {
		for (const node of nodes.toReversed()) await node.stop();
		await receiver?.stop();
	});

	const node = (index: number) => nodes[index % nodes.length] as Directus;

	it('say which engine shares the work among them, and why', async () => {
		for (const each of nodes) {
			const read = () => each.data<{ engine: string; engine_reason: string }>('GET', '/downstream/status');
			await until(async () => (await read()).engine === engine, { message: `the engine ${engine}` });
			expect((await read()).engine_reason).toMatch(/^Directus has (no|a) Redis\.$/);
		}
	});

	it('notice a date that passes once, whichever looks first', async () => {
		const site = await publish(node(0), {
			url: receiver.url,
			schema: [],
			options: { tags: 'automatic', collections: ['articles'], at: { articles: ['published_at'] } },
		});
		const soon = new Date(Date.now() + 3_000).toISOString();
		const made = await node(1).data<{ id: number }[]>(
			'POST',
			'/items/articles',
			Array.from({ length: 20 }, (_, index) => ({ title: `Soon ${index}`, published_at: soon })),
		);
		const passed = async () => {
			const told = await deliveriesOf(node(2), site);
			return told.filter(({ reason }) => reason.startsWith('published_at has passed')).map(({ item }) => Number(item));
		};
		await until(async () => (await passed()).length >= made.length, { message: 'all dates' });
		await settled(node(2), site, made.length);
		expect((await passed()).toSorted((a, b) => a - b)).toEqual(made.map(({ id }) => id).toSorted((a, b) => a - b));
		await node(0).request('DELETE', `/items/cache_flush_targets/${site}`);
		receiver.clear();
	});

	it('know of each other, and of a rule that one of them has published, by themselves', async () => {
		const rule = { collection: 'posts', events: ['create', 'update', 'delete'], payload: ['id', 'title'] };
		target = await publish(node(0), { url: receiver.url, schema: [rule] });
		const titles = () => receiver.requests.flatMap(({ json }) => json as Entry[]).map(({ fields }) => fields['title']);
		for (const index of [1, 2]) {
			const title = `seen from node ${index}`;
			await until(
				async () => {
					await node(index).data('POST', '/items/posts', { title });
					return titles().includes(title);
				},
				{ interval: 100, message: `node ${index} to know of the rule` },
			);
		}
		await until(async () => (await node(2).data<{ nodes: number }>('GET', '/downstream/status')).nodes === 3, {
			message: 'three nodes',
		});
	});

	it('lose nothing to a rule that is younger than what another node knows', async () => {
		let over = false;
		const busy = [0, 1, 2].map(async (index) => {
			while (!over) await node(index).data('POST', '/items/posts', { title: 'meanwhile' });
		});
		for (let round = 0; round < 30; round++) {
			const rule = { collection: 'docs', events: ['create'], payload: ['title'] };
			const url = `${receiver.url}/young/${round}`;
			await publish(node(round), { url, schema: [rule] });
			// At once, and where it was published: only that node is sure to know of the rule, but any may plan the change.
			await node(round).data('POST', '/items/docs', { title: `young ${round}` });
		}
		over = true;
		await Promise.all(busy);
		const heard = () => receiver.requests.map(({ path }) => path).filter((path) => path.startsWith('/young'));
		await until(() => new Set(heard()).size === 30, { message: () => `30 targets to be told; ${heard()} were` });
	});

	it('deliver every change once, wherever it was made', async () => {
		await settled(node(0), target, 1);
		receiver.clear();
		const titles = Array.from({ length: 90 }, (_, index) => `spread ${index}`);
		await Promise.all(titles.map((title, index) => node(index).data('POST', '/items/posts', { title })));
		const spread = () =>
			receiver.requests
				.flatMap(({ json }) => json as Entry[])
				.map(({ fields }) => String(fields['title']))
				.filter((title) => title.startsWith('spread'));
		await until(() => spread().length >= titles.length, { message: () => `90 entries; there are ${spread().length}` });
		await settled(node(0), target, titles.length);
		const sent = spread();
		expect(sent.toSorted()).toEqual(titles.toSorted());
	});

	it('go on where one of them is killed in the middle', async () => {
		receiver.clear();
		receiver.respond = () => ({ delayMs: 20 });
		const titles = Array.from({ length: 60 }, (_, index) => `killed ${index}`);
		const half = titles.slice(0, 30).map((title, index) =>
			node(index)
				.data('POST', '/items/posts', { title })
				.catch(() => null),
		);
		await Promise.all(half);
		await node(1).kill9();
		const alive = [node(0), node(2)];
		await Promise.all(
			titles.slice(30).map((title, index) => (alive[index % 2] as Directus).data('POST', '/items/posts', { title })),
		);
		await until(
			async () => {
				const sent = new Set(
					receiver.requests.flatMap(({ json }) => json as Entry[]).map(({ fields }) => fields['title']),
				);
				const made = await node(0).data<{ title: string }[]>(
					'GET',
					'/items/posts?limit=-1&filter[title][_starts_with]=killed',
				);
				return made.every(({ title }) => sent.has(title));
			},
			{ timeout: 40_000, message: 'everything that was made to be sent' },
		);
		const seen = new Map<string, Set<string>>();
		for (const { headers, json } of receiver.requests) {
			for (const { fields } of json as Entry[]) {
				const title = String(fields['title']);
				seen.set(title, (seen.get(title) ?? new Set()).add(headers['webhook-id'] ?? ''));
			}
		}
		expect([...seen].filter(([, ids]) => ids.size > 1)).toEqual([]);
	}, 90_000);
});
