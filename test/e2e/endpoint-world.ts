import { checkAnswer } from '../kit/check-answer.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions, type DirectusVersion } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';

/** A delivery as the endpoint lists it. */
export interface Delivery {
	id: string;
	status: string;
	item: string;
	event: string;
	tries: number;
}

/** One page of a list. */
export interface List<Row> {
	data: Row[];
	meta: { total: number; limit: number; page: number; next_cursor?: string };
}

export const METRICS = 'a-token-for-the-metrics';

/** An id that nothing has. */
export const NOBODY = '00000000-0000-4000-8000-000000000000';

/** The Directus versions that the endpoint is tested on. */
export const VERSIONS = directusVersions();

/** A Directus with one published target, which is told of posts and of authors that are not hidden. */
export interface World {
	directus: Directus;
	receiver: Receiver;
	/** The target's id. */
	target: string;
	/** One request, whatever is answered. */
	ask(method: string, path: string, body?: unknown, token?: string | null): Promise<{ status: number; text: string }>;
	list(query: string): Promise<List<Delivery>>;
	/** Waits until there are so many deliveries that fit. */
	over(query: string, count: number): Promise<unknown>;
	stop(): Promise<void>;
}

export async function startWorld(version: DirectusVersion): Promise<World> {
	const receiver = await startReceiver();
	const env = { DOWNSTREAM_METRICS_TOKEN: METRICS, ACCESS_TOKEN_TTL: '1s' };
	const directus = await startDirectus({ version, database: 'sqlite', content: true, env });
	const { id: target } = await directus.data<{ id: string }>('POST', '/items/cache_flush_targets', {
		name: 'Site',
		status: 'published',
		url: `${receiver.url}/flush`,
		api_key: 'the-key-of-the-site',
		schema: [
			{ collection: 'posts', events: ['create', 'update', 'delete'], payload: ['id', 'title'] },
			{ collection: 'authors', events: ['update'], payload: ['name'], when: { name: { _neq: 'Hidden' } } },
		],
		options: { max_wait_ms: 0, batch_size: 1, retry: { tries: 2, min_ms: 1, max_ms: 5 } },
	});
	const list = (query: string) => directus.request<List<Delivery>>('GET', `/downstream/deliveries?${query}`);
	return {
		directus,
		receiver,
		target,
		async ask(method, path, body, token = directus.token) {
			const response = await fetch(directus.url + path, {
				method,
				headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			});
			const text = await response.text();
			const isJson = response.headers.get('content-type')?.includes('json') ?? false;
			if (response.ok && isJson) checkAnswer(method, path, JSON.parse(text));
			return { status: response.status, text };
		},
		list,
		over: (query, count) =>
			until(async () => (await list(query)).meta.total === count, { message: `${count} deliveries of ${query}` }),
		async stop() {
			await directus.stop();
			await receiver.stop();
		},
	};
}
