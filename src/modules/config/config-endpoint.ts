import { useApi } from '@directus/extensions-sdk';
import type { ConfigKind } from '../../contract/config-kinds.js';
import type { ConfigIssue, Plan } from '../../contract/plan.js';
import type { Push, Pushed, PushedPlan } from '../../contract/answers/config.js';
import type { Page } from '../endpoint/answers.js';

/** A plan, what stands in its way (issues), and what should be known (warnings). */
export interface PlanAnswer {
	plan: Plan;
	issues: ConfigIssue[];
	warnings: ConfigIssue[];
}

export interface PushAnswer extends Push {
	warnings: ConfigIssue[];
}

/** How far a push is. */
export interface PushProgress {
	step: number;
	of: number;
	/** What the step is about that is being made. */
	name: string | null;
}
export type TellProgress = (now: PushProgress) => void;

/** A push of this tab that goes on, for when the page is loaded again. */
const JOB = 'downstream:push';

/** What may go. */
export interface Consent {
	allow_destructive: boolean;
	allow_data_loss: boolean | string[];
	max_deletions: number | null;
	allow_renames?: boolean;
}

/** How a plan is made: chosen parts of it, and who is who where that is not certain. */
export interface Planning {
	only?: string[];
	choices?: Record<string, string>;
}

/** Directus reads JSON of 1 MB at the most; above so many characters a body goes packed, which may be of any size. */
const PACK_ABOVE = 64 * 1024;

/** The configuration's routes of the endpoint (`contract/config-routes.ts`), typed. They throw what `readFailure` reads. */
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
	async function follow(job: string, tell: TellProgress = () => {}): Promise<PushAnswer> {
		const { followPush } = await import('./follow-push.js');
		return done(await followPush(() => get(`jobs/${encodeURIComponent(job)}`), tell));
	}
	/** Goes on whether or not this page does; where it is loaded again meanwhile, `resume` finds it. */
	async function pushed<Body extends { dry_run: boolean }>(path: string, body: Body, tell?: TellProgress) {
		const { data } = await post<{ job: string }, never>(path, { ...body, job: true });
		if (!body.dry_run) sessionStorage.setItem(JOB, data.job);
		return followed(data.job, tell);
	}
	/** Kept until it has ended: the page may be loaded again more than once. */
	const followed = (job: string, tell?: TellProgress) =>
		follow(job, tell).finally(() => sessionStorage.removeItem(JOB));
	const one = (id: string) => `history/${encodeURIComponent(id)}`;

	return {
		async pull(choice: { kinds?: ConfigKind[]; schema?: boolean; from?: { url: string; token: string } }) {
			const { data, meta } = await post<Record<string, unknown>, { issues: ConfigIssue[] }>('pull', choice);
			return { bundle: data, issues: meta?.issues ?? [] };
		},
		diff: async (bundle: unknown, how: Planning = {}) => planned(await post('diff', { bundle, ...how })),
		push: (bundle: unknown, how: Planning & Consent & { fingerprint: string; dry_run: boolean }, tell?: TellProgress) =>
			pushed('push', { bundle, ...how }, tell),
		/** The push that went on when this tab was loaded again; null where none did. */
		resume(): ((tell: TellProgress) => Promise<PushAnswer>) | null {
			const job = sessionStorage.getItem(JOB);
			return job === null ? null : (tell) => followed(job, tell);
		},
		history: (page: { limit: number; page: number }, signal?: AbortSignal) =>
			get<Page<Pushed>>('history', signal, page),
		pushed: async (id: string, signal?: AbortSignal) => (await get<{ data: PushedPlan }>(one(id), signal)).data,
		planRevert: async (id: string) => planned(await get(`${one(id)}/revert`)),
		revert: (id: string, how: Consent & { fingerprint: string; dry_run: boolean }, tell?: TellProgress) =>
			pushed(`${one(id)}/revert`, how, tell),
	};
}
export type ConfigEndpoint = ReturnType<typeof useConfigEndpoint>;

function packed(text: string): Promise<ArrayBuffer> {
	const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
	return new Response(stream).arrayBuffer();
}
