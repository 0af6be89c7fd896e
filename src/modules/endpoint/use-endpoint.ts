import { useApi } from '@directus/extensions-sdk';
import type { DataOf } from '../../contract/routes.js';
import type { EventName, TargetKind } from '../../contract/vocabulary.js';
import type {
	BulkResult,
	Cause,
	Delivery,
	DeliveryDetail,
	FlushResult,
	Incident,
	Page,
	Status,
	TestResult,
	Throughput,
} from './answers.js';

/** Filters of the deliveries list, as the endpoint takes them in a query string and, for bulk actions, in a body. */
export interface DeliveryFilter {
	target?: string;
	status?: string[];
	collection?: string;
	item?: string;
	event?: string;
	since?: string;
	until?: string;
	q?: string;
	error?: string;
	operation?: string;
}

/** What a bulk action is about. */
export type Selection = { ids: string[] } | { filter: DeliveryFilter };

/** An unsaved target, for previews. */
export interface Draft {
	id?: string;
	name?: string;
	url?: string;
	adapter?: string;
	auth_header?: string;
	schema: unknown;
	options?: unknown;
}

/** How the endpoint is asked: throws what `readFailure` reads. */
export function useRequests() {
	const api = useApi();

	async function get<Data>(path: string, params: object = {}, signal?: AbortSignal): Promise<Data> {
		const answer = await api.get(`/downstream${path}`, { params: inQuery(params), ...(signal ? { signal } : {}) });
		return answer.data as Data;
	}
	async function post<Data>(path: string, body: object = {}, signal?: AbortSignal): Promise<Data> {
		const answer = await api.post(`/downstream${path}`, body, signal ? { signal } : {});
		return (answer.data as { data: Data }).data;
	}
	return { get, post };
}

/** The endpoint's routes (`contract/routes.ts`), typed. */
export function useEndpoint() {
	const { get, post } = useRequests();
	const data = async <Data>(asked: Promise<{ data: Data }>): Promise<Data> => (await asked).data;
	const at = (target: string, action: string) => `/targets/${encodeURIComponent(target)}/${action}`;

	return {
		status: (signal?: AbortSignal) => data(get<{ data: Status }>('/status', {}, signal)),
		throughput: (hours: number, signal?: AbortSignal) =>
			data(get<{ data: Throughput }>('/throughput', { hours }, signal)),
		deliveries: (
			query: DeliveryFilter & { limit?: number; page?: number; sort?: string; cursor?: string },
			signal?: AbortSignal,
		) => get<Page<Delivery>>('/deliveries', query, signal),
		delivery: (id: string, signal?: AbortSignal) =>
			data(get<{ data: DeliveryDetail }>(`/deliveries/${encodeURIComponent(id)}`, {}, signal)),
		causes: (filter: DeliveryFilter, signal?: AbortSignal) =>
			data(get<{ data: Cause[] }>('/deliveries/causes', filter, signal)),
		incidents: (
			query: { target?: string; resolved?: boolean; limit?: number; page?: number; sort?: string },
			signal?: AbortSignal,
		) => get<Page<Incident>>('/incidents', query, signal),
		retry: (some: Selection) => post<BulkResult>('/deliveries/retry', some),
		cancel: (some: Selection) => post<BulkResult>('/deliveries/cancel', some),
		validate: (
			input: { kind: TargetKind; schema: unknown; options?: unknown; adapter?: unknown },
			signal?: AbortSignal,
		) => post<DataOf<'validate'>>('/validate', input, signal),
		dryRun: (
			input: {
				collection: string;
				event: EventName;
				keys: string[];
				payload?: Record<string, unknown>;
				target?: string;
				draft?: Draft;
			},
			signal?: AbortSignal,
		) => post<DataOf<'dryRun'>>('/dry-run', input, signal),
		pages: (query: { collection: string; item: string; limit: number }, signal?: AbortSignal) =>
			get<Page<DataOf<'pages'>[number]>>('/pages', query, signal),
		test: (target: string) => post<TestResult>(at(target, 'test')),
		flush: (target: string, what: { collection?: string; keys?: string[]; all?: boolean; dry_run?: boolean }) =>
			post<FlushResult>(at(target, 'flush'), what),
		pause: (target: string, why: { reason?: string }) => post(at(target, 'pause'), why),
		resume: (target: string, why: { reason?: string }) => post(at(target, 'resume'), why),
	};
}

/** Lists go as one value with commas; what is empty is left out. */
function inQuery(params: object): Record<string, string> {
	return Object.fromEntries(
		Object.entries(params)
			.filter(([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0))
			.map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]),
	);
}
