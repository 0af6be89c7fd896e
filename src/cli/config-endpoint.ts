import { gzipSync } from 'node:zlib';
import type { Bundle } from '../contract/bundle.js';
import type { ConfigIssue, Plan } from '../contract/plan.js';
import type { Flags } from './flags.js';
import type { Connection, RequestOptions } from './connection.js';
import { followPush, isJob, type TellProgress } from './follow-push.js';
import type { Options } from './options.js';
import type { PushAnswer } from './push-answer.js';
import type { InstanceSpecs } from '../contract/answers/config.js';

/** A plan, and what stands in its way (issues) or should be known (warnings). */
export interface PlanAnswer {
	plan: Plan;
	issues: ConfigIssue[];
	warnings: ConfigIssue[];
}

export interface PullAnswer {
	bundle: Bundle;
	issues: ConfigIssue[];
	specs: InstanceSpecs | null;
}

/** What was consented to. */
export interface ConsentGiven {
	allow_destructive: boolean;
	allow_data_loss: boolean | string[];
	max_deletions: number | null;
	allow_renames: boolean;
}

/** A push is one request, and may take minutes; after so many ms the command stops waiting. */
const LONG = 300_000;

/** The configuration's routes of the endpoint, one request each. */
export function configEndpoint(connection: Connection, { requestTimeout }: Pick<Options, 'requestTimeout'>) {
	const timeout = requestTimeout ?? LONG;
	const post = <T, Meta>(path: string, body: unknown, isRead: boolean) =>
		connection.ask<{ data: T; meta?: Partial<Meta> }>('POST', `/downstream/config/${path}`, {
			...packed(body),
			timeout,
			isRead,
		});
	return {
		/** Issues: what is there but cannot be read. Specifications, where they are asked for. */
		async pull(options: Options, { specs = false } = {}): Promise<PullAnswer> {
			const { data, meta } = await post<Bundle, Omit<PullAnswer, 'bundle'>>(
				'pull',
				{
					kinds: options.kinds,
					schema: options.schema,
					extensions: options.extensions,
					...(specs ? { specs } : {}),
					...taken(options),
				},
				true,
			);
			return { bundle: data, issues: meta?.issues ?? [], specs: meta?.specs ?? null };
		},
		async diff(bundle: Bundle, asked: Record<string, unknown>): Promise<PlanAnswer> {
			const { data, meta } = await post<Plan, PlanAnswer>('diff', { bundle, ...asked }, true);
			return { plan: data, issues: meta?.issues ?? [], warnings: meta?.warnings ?? [] };
		},
		/** Pushes, reverts or finishes, as a job: no proxy on the way has to wait for its end. */
		async push(body: Record<string, unknown>, tell: TellProgress, path = 'push'): Promise<PushAnswer> {
			const { data, meta } = await post<Omit<PushAnswer, 'warnings'> | { job: string }, PushAnswer>(
				path,
				{ ...body, job: true },
				false,
			);
			if (isJob(data)) return followPush(connection, { job: data.job, path: `/downstream/config/${path}`, tell });
			return { ...data, warnings: meta?.warnings ?? [] };
		},
	};
}

/** Larger bodies, in characters, are packed. Directus itself reads JSON of 1 MB at the most, the endpoint packed JSON of any size. */
const PACK_ABOVE = 64 * 1024;

function packed(body: unknown): Pick<RequestOptions, 'body' | 'headers'> {
	const text = JSON.stringify(body);
	if (text.length <= PACK_ABOVE) return { body };
	return { body: gzipSync(text), headers: { 'Content-Type': 'application/gzip' } };
}

/** How a bundle is taken from an instance. */
const taken = ({ preserveIds, syncPolicyRoles }: Options) => ({
	preserve_ids: preserveIds,
	sync_policy_roles: syncPolicyRoles,
});

/** How a plan is made, as diff and push both say it. */
export function planning(options: Options, flags: Flags): Record<string, unknown> {
	return {
		...taken(options),
		mirror: options.mirror,
		...(flags.additive ? { additive: true } : {}),
		...(flags.onlyElements ? { only: flags.onlyElements } : {}),
		...(flags.choose ? { choices: flags.choose } : {}),
	};
}
