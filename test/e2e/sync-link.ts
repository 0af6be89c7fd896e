import { ADMIN } from '../kit/settings.js';
import type { Directus } from '../kit/directus.js';
import { until } from '../kit/wait.js';

/** One rule of a remote source, as a user writes it. */
export type SyncRuleText = { collection: string; fields: string[]; [option: string]: unknown };

/** Makes one instance send to another, published; gives the id of the source. */
export async function link(
	from: Directus,
	to: Directus,
	rules: SyncRuleText[],
	more: { options?: Record<string, unknown>; token?: string } = {},
): Promise<string> {
	const { id } = await from.data<{ id: string }>('POST', '/items/data_sync_remote_sources', {
		status: 'published',
		name: `to ${to.url}`,
		url: to.url,
		api_key: more.token ?? ADMIN.token,
		schema: rules,
		options: { max_wait_ms: 10, ...more.options },
	});
	return id;
}

export interface SyncDelivery {
	id: string;
	collection: string;
	item: string;
	event: string;
	status: string;
	tries: number;
	reason: string;
	error: { code: string; message: string } | null;
}

/** What a source is, or was, owed. */
export const syncDeliveries = (directus: Directus, target: string) =>
	directus.data<SyncDelivery[]>('GET', `/downstream/deliveries?target=${target}&limit=500&sort=created_at`);

/** Waits until an instance owes nobody anything, and tells what it still does if that takes too long. */
export async function quiet(...instances: Directus[]): Promise<void> {
	let last: unknown;
	await until(
		async () => {
			const all = await Promise.all(
				instances.map((directus) =>
					directus.data<{ outbox: { pending: number }; deliveries: Record<string, number> }>(
						'GET',
						'/downstream/status',
					),
				),
			);
			last = all.map(({ outbox, deliveries }) => ({ outbox, deliveries }));
			const calm = all.every(
				({ outbox, deliveries }) =>
					outbox.pending === 0 &&
					deliveries['pending'] === 0 &&
					deliveries['sending'] === 0 &&
					deliveries['retrying'] === 0,
			);
			return calm;
		},
		{ timeout: 60_000, message: () => `all to be sent: ${JSON.stringify(last)}` },
	);
}
