import type { Adapter, AdapterTarget, FlushChange } from '../../adapters/adapter.js';

/** A change that says nothing but a tag, or but a path. */
const SAYING = { tags: { tags: ['articles-1'], paths: [] }, paths: { tags: [], paths: ['/articles/1'] } };

/** Whether an adapter with these options makes a request of a change that has tags alone, or paths alone. */
export function purges(what: keyof typeof SAYING, adapter: Adapter, options: AdapterTarget['options']): boolean {
	const change: FlushChange = {
		collection: 'articles',
		event: 'update',
		item: '1',
		fields: {},
		previous: null,
		timestamp: 0,
		...SAYING[what],
	};
	const target = { url: 'https://www.example.com', authHeader: 'no-auth', apiKey: null, options };
	return adapter.requests([change], target).length > 0;
}

/** Whether it purges by tags where nothing is set but what must be. */
export function purgesTagsByDefault(adapter: Adapter): boolean {
	const shape = adapter.options.shape as Record<string, { safeParse(value: unknown): { success: boolean } }>;
	const needed = Object.keys(shape).filter((key) => shape[key]?.safeParse(undefined).success === false);
	const options = { ...adapter.options.partial().parse({}), ...Object.fromEntries(needed.map((key) => [key, 'x'])) };
	return purges('tags', adapter, { ...options, batch_size: 100 });
}
