import type { Directus } from '../kit/directus.js';
import { until } from '../kit/wait.js';

/** One entry of the webhook's body. */
export interface Entry {
	collection: string;
	event: string;
	keys?: string;
	gone?: boolean;
	fields: Record<string, unknown>;
	previous?: Record<string, unknown>;
	tags?: string[];
	paths?: string[];
	timestamp: number;
}

/** A delivery as the endpoint shows it. */
export interface Shown {
	id: string;
	target: string;
	status: string;
	collection: string;
	item: string;
	event: string;
	reason: string;
	next_at: string | null;
	tries: number;
	error: { code: string; message: string } | null;
}

/** Publishes a flush target, quick to send and quick to retry unless told otherwise; gives its id. */
export async function publish(
	directus: Directus,
	target: { url: string; schema: unknown[] } & Record<string, unknown>,
): Promise<string> {
	const options = { max_wait_ms: 0, retry: { tries: 10, min_ms: 50, max_ms: 200 }, ...(target['options'] as object) };
	const made = await directus.data<{ id: string }>('POST', '/items/cache_flush_targets', {
		name: 'Site',
		status: 'published',
		...target,
		options,
	});
	return made.id;
}

/** The deliveries of a target, newest first. */
export const deliveriesOf = (directus: Directus, target: string, query = '') =>
	directus.data<Shown[]>('GET', `/downstream/deliveries?target=${target}&limit=200${query}`);

/** Waits until all deliveries of a target, and at least so many, have one of these statuses. */
export function settled(directus: Directus, target: string, count: number, statuses = ['delivered']): Promise<Shown[]> {
	let last: Shown[] = [];
	return until(
		async () => {
			last = await deliveriesOf(directus, target);
			return last.length >= count && last.every(({ status }) => statuses.includes(status)) && last;
		},
		{
			timeout: 20_000,
			message: () =>
				`${count} deliveries, all ${statuses.join(' or ')}; there are ${last.map(({ status, item, error }) => `${item} ${status} ${error?.code ?? ''}`).join(', ')}`,
		},
	);
}
