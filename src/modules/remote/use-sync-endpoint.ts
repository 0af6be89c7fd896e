import type { ConflictChoice } from '../../sync/core/merge/decide-by-hand.js';
import type { Page } from '../endpoint/answers.js';
import type { Comparison, Received, Repair, Run, Undone } from '../../contract/answers/sync.js';
import type { Conflict, ConflictThere, Resolved } from '../../contract/answers/conflicts.js';
import type { LinkCheck, RuleClosure } from '../../contract/answers/links.js';
import { useRequests } from '../endpoint/use-endpoint.js';

/** Filters of the conflicts, as the endpoint takes them in a query string and, for several at once, in a body. */
export interface ConflictFilter {
	status?: 'open' | 'resolved' | 'automatic';
	kind?: Conflict['kind'];
	collection?: string;
	target?: string;
	item?: string;
	field?: string;
}

/** The routes of sync, typed. */
export function useSyncEndpoint() {
	const { get, post } = useRequests();
	const at = (id: string) => encodeURIComponent(id);
	return {
		closure: (schema: unknown, signal?: AbortSignal) => post<RuleClosure[]>('/sync/closure', { schema }, signal),
		check: (source: string, signal?: AbortSignal) => post<LinkCheck>(`/sync/peers/${at(source)}/check`, {}, signal),
		compare: async (source: string, signal?: AbortSignal) =>
			(await get<{ data: Comparison }>(`/sync/peers/${at(source)}/compare`, {}, signal)).data,
		backfill: (source: string) => post<Run>(`/sync/peers/${at(source)}/backfill`),
		repair: (source: string, dryRun: boolean) => post<Repair>(`/sync/peers/${at(source)}/repair`, { dry_run: dryRun }),
		progress: async (source: string, signal?: AbortSignal) =>
			(await get<{ data: Run | null }>(`/sync/peers/${at(source)}/progress`, {}, signal)).data,
		received: (query: { target?: string; limit?: number; page?: number }, signal?: AbortSignal) =>
			get<Page<Received>>('/sync/runs', query, signal),
		undo: (run: string, how: { dry_run: boolean; reason?: string }) => post<Undone>(`/sync/runs/${at(run)}/undo`, how),
		conflicts: (query: ConflictFilter & { limit?: number; page?: number; sort?: string }, signal?: AbortSignal) =>
			get<Page<Conflict>>('/sync/conflicts', query, signal),
		conflictsThere: async (target: string, signal?: AbortSignal) =>
			(await get<{ data: ConflictThere[] }>('/sync/conflicts/remote', { target }, signal)).data,
		resolve: (conflict: string, use: ConflictChoice, item?: string) =>
			post<Conflict>(`/sync/conflicts/${at(conflict)}/resolve`, { use, ...(item === undefined ? {} : { item }) }),
		resolveMany: (some: { ids: string[] } | { filter: ConflictFilter }, use: ConflictChoice) =>
			post<Resolved>('/sync/conflicts/resolve', { ...some, use }),
	};
}
