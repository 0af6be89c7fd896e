import { useApi } from '@directus/extensions-sdk';
import type { ConfigKind } from '../../core/config/config-kinds.js';
import type { ConfigIssue, Plan } from '../../core/config/plan-shape.js';
import type { Page } from '../endpoint/answers.js';

/** A plan, what stands in its way (issues), and what should be known (warnings). */
export interface PlanAnswer {
	plan: Plan;
	issues: ConfigIssue[];
	warnings: ConfigIssue[];
}

export interface PushAnswer {
	/** Of the push in the history; null where nothing was written. */
	id: string | null;
	dry_run: boolean;
	plan: Plan;
	duration_ms: number;
	warnings: ConfigIssue[];
}

/** What may go. */
export interface Consent {
	allow_destructive: boolean;
	allow_data_loss: boolean | string[];
	max_deletions: number | null;
}

/** A push, as the history tells it. */
export interface Pushed {
	id: string;
	at: string;
	duration_ms: number;
	user: string | null;
	status: 'applied' | 'failed' | 'partial';
	/** The push that this one took back, and the one that took this one back. */
	reverts: string | null;
	reverted_by: string | null;
	summary: Plan['summary'];
	error: { code: string; message: string } | null;
}

export interface PushedPlan extends Pushed {
	plan: Plan;
	revertible: boolean;
}

/** How a plan is made: chosen parts of it, and who is who where that is not certain. */
export interface Planning {
	only?: string[];
	choices?: Record<string, string>;
}

/** Directus reads JSON of 1 MB at the most; above so many characters a body goes packed, which may be of any size. */
const PACK_ABOVE = 64 * 1024;

/** The configuration's routes of the endpoint (`core/config-routes.ts`), typed. They throw what `readFailure` reads. */
export function useConfigEndpoint() {
	const api = useApi();

	async function post<Data, Meta>(path: string, body: object): Promise<{ data: Data; meta?: Partial<Meta> }> {
		const text = JSON.stringify(body);
		const isLarge = text.length > PACK_ABOVE;
		const headers = { 'Content-Type': isLarge ? 'application/gzip' : 'application/json' };
		const answer = await api.post(`/downstream/config/${path}`, isLarge ? await packed(text) : text, { headers });
		return answer.data as { data: Data; meta?: Partial<Meta> };
	}
	async function get<Answer>(path: string, signal?: AbortSignal, params: object = {}): Promise<Answer> {
		const answer = await api.get(`/downstream/config/${path}`, { params, ...(signal ? { signal } : {}) });
		return answer.data as Answer;
	}
	const planned = ({ data, meta }: { data: Plan; meta?: Partial<PlanAnswer> }): PlanAnswer => ({
		plan: data,
		issues: meta?.issues ?? [],
		warnings: meta?.warnings ?? [],
	});
	const done = ({ data, meta }: { data: Omit<PushAnswer, 'warnings'>; meta?: Partial<PushAnswer> }): PushAnswer => ({
		...data,
		warnings: meta?.warnings ?? [],
	});
	const one = (id: string) => `history/${encodeURIComponent(id)}`;

	return {
		async pull(choice: { kinds?: ConfigKind[]; schema?: boolean; from?: { url: string; token: string } }) {
			const { data, meta } = await post<Record<string, unknown>, { issues: ConfigIssue[] }>('pull', choice);
			return { bundle: data, issues: meta?.issues ?? [] };
		},
		diff: async (bundle: unknown, how: Planning = {}) => planned(await post('diff', { bundle, ...how })),
		push: async (bundle: unknown, how: Planning & Consent & { fingerprint: string; dry_run: boolean }) =>
			done(await post('push', { bundle, ...how })),
		history: (page: { limit: number; page: number }, signal?: AbortSignal) =>
			get<Page<Pushed>>('history', signal, page),
		pushed: async (id: string, signal?: AbortSignal) => (await get<{ data: PushedPlan }>(one(id), signal)).data,
		planRevert: async (id: string) => planned(await get(`${one(id)}/revert`)),
		revert: async (id: string, how: Consent & { fingerprint: string; dry_run: boolean }) =>
			done(await post(`${one(id)}/revert`, how)),
	};
}
export type ConfigEndpoint = ReturnType<typeof useConfigEndpoint>;

function packed(text: string): Promise<ArrayBuffer> {
	const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
	return new Response(stream).arrayBuffer();
}
