import type { Bundle } from '../../contract/bundle.js';
import { ELEMENT_KINDS } from '../../contract/bundle.js';
import { checkBundle } from '../../config/core/dump/check-bundle.js';
import { planWithoutCredentials } from '../../config/core/secrets/hide-credentials.js';
import type { PlanOptions } from '../../config/core/plan/plan-options.js';
import type { ConfigIssue } from '../../contract/plan.js';
import type { Pushed, PushAnswer } from '../../contract/answers/config.js';
import type { AnswerOf, DataOf, InputOf } from '../../contract/routes.js';
import { bundleOfPlan } from '../../config/bundle-of-plan.js';
import { asMoved, movesOf } from '../../config/core/moves/move-names.js';
import type { Wish } from '../../config/plan-wish.js';
import { pullRemote } from '../../config/pull-remote.js';
import type { PushResult } from '../../config/push.js';
import { ConfigRefusal, refuseIssues } from '../../config/refusal.js';
import { readIdsOf, untrackElement, writeIdsOf } from '../../config/tables/config-id-map.js';
import { streamFormat } from '../../contract/stream-format.js';
import type { PushProgress } from '../../config/ports.js';
import type { PushJob } from '../../config/tables/config-job-table.js';
import { notFound, RequestError } from '../request-error.js';
import { answerToError, type Asked, type Handler } from '../respond.js';

type Planning = Omit<InputOf<'configDiff'>, 'bundle'>;

export const configPull: Handler<'configPull'> = async ({ input, runtime, accountability }) =>
	refusing(async () => {
		const { from, ...asked } = input;
		if (from) return { data: await pullRemote(from, asked, runtime.http.send) };
		const { bundle, issues, recorded } = await runtime.config.pull(
			{
				kinds: input.kinds ?? ELEMENT_KINDS,
				schema: input.schema,
				extensions: input.extensions,
				syncPolicyRoles: input.sync_policy_roles,
				preserveIds: input.preserve_ids,
				own: input.own,
			},
			accountability.role,
		);
		const specs = input.specs ? { specs: await runtime.config.specs(accountability) } : {};
		return { data: bundle, meta: { issues, recorded, ...specs } };
	});

export const configDiff: Handler<'configDiff'> = async ({ input, runtime, accountability }) =>
	refusing(async () => {
		const { bundle, ...planning } = input;
		const checked = readBundle(bundle);
		const { plan, issues, warnings } = await runtime.config.diff({
			...wishOf(planning, accountability.role),
			moved: movedIn(checked.bundle),
			wish: () => ({ wanted: checked.bundle, options: { ...optionsOf(planning), consent: null } }),
		});
		return { data: plan, meta: { issues, warnings: [...checked.warnings, ...warnings] } };
	});

export const configPush: Handler<'configPush'> = async (asked) =>
	pushing('configPush', asked, async (tell) => {
		const { input, runtime, accountability, user } = asked;
		const { bundle, plan, ...planning } = input;
		const checked = bundle === undefined ? null : readBundle(bundle);
		const options: PlanOptions = { ...optionsOf(planning), consent: consentOf(input) };
		const result = await runtime.config.push({
			...wishOf(planning, accountability.role),
			// A plan without its bundle is checked against what is there, step by step.
			fingerprint: checked ? (input.fingerprint ?? plan?.fingerprint ?? null) : null,
			moved: checked ? movedIn(checked.bundle) : asMoved(movesOf(plan ?? { changes: [] })),
			reviewed: checked ? (plan ?? null) : null,
			dryRun: input.dry_run,
			actor: { user, accountability },
			reverts: null,
			git: input.git ?? null,
			after: { expect: input.expect ?? null, abandonBrokenOff: input.abandon_broken_off },
			tell,
			wish(current) {
				if (checked) return { wanted: checked.bundle, options };
				if (!plan) throw new ConfigRefusal(400, 'INVALID_PAYLOAD', 'expected a bundle or a plan');
				return bundleOfPlan(plan, current, options);
			},
		});
		return answerOf(result, checked?.warnings ?? []);
	});

export const configIds: Handler<'configIds'> = async ({ input: { tables, write }, runtime }) => {
	if (write) {
		const add = write.add.map((id) => ({ syncId: id.sync_id, localId: id.local_id }));
		await writeIdsOf(runtime.database, write.table, add, write.forget);
	}
	const idsByTable = await readIdsOf(runtime.database, tables);
	const shownIds = Array.from(idsByTable, ([name, ids]) => [
		name,
		ids.map(({ syncId, localId }) => ({ sync_id: syncId, local_id: localId })),
	]);
	return { data: Object.fromEntries(shownIds) };
};

export const configUntrack: Handler<'configUntrack'> = async ({ input: { kind, id }, runtime }) => ({
	data: { untracked: await untrackElement(runtime.database, kind, id) },
});

export const configHistory: Handler<'configHistory'> = async ({ input, runtime }) => {
	const { pushes, total } = await runtime.config.history.list(input);
	return { data: pushes.map(shown), meta: { total, limit: input.limit, page: input.page } };
};

export const configPushed: Handler<'configPushed'> = async ({ id, runtime }) => {
	const push = await runtime.config.history.find(id);
	if (!push) throw notFound('push', id);
	const revertible = (push.status === 'applied' || push.status === 'begun') && push.trace !== null;
	return { data: { ...shown(push), plan: planWithoutCredentials(push.plan), revertible } };
};

export const configRevertPlan: Handler<'configRevertPlan'> = async ({ id, runtime, accountability }) =>
	refusing(async () => {
		const { plan, ...meta } = await runtime.config.planRevert(id, accountability.role);
		return { data: planWithoutCredentials(plan), meta };
	});

export const configRevert: Handler<'configRevert'> = (asked) => pushFromHistory('configRevert', 'revert', asked);

export const configFinish: Handler<'configFinish'> = (asked) => pushFromHistory('configFinish', 'finish', asked);

/** A push that takes an earlier one back, or does the rest of it. */
const pushFromHistory = (
	name: 'configRevert' | 'configFinish',
	way: 'revert' | 'finish',
	asked: Asked<'configRevert'> | Asked<'configFinish'>,
) =>
	pushing(name, asked, async (tell) => {
		const { id, input, runtime, accountability, user } = asked;
		const result = await runtime.config[way](id, {
			fingerprint: input.fingerprint ?? null,
			dryRun: input.dry_run,
			consent: consentOf(input),
			actor: { user, accountability },
			role: accountability.role,
			tell,
		});
		return answerOf({ ...result, plan: planWithoutCredentials(result.plan) }, []);
	});

function readBundle(given: unknown): { bundle: Bundle; warnings: ConfigIssue[] } {
	const { bundle, issues, warnings } = checkBundle(given);
	return bundle ? { bundle, warnings } : refuseIssues('Invalid payload. /bundle', issues);
}

const wishOf = (input: Planning, role: string | null): Omit<Wish, 'wish'> => ({
	choice: { syncPolicyRoles: input.sync_policy_roles, preserveIds: input.preserve_ids, own: input.own },
	role,
});

/** Without its schema, a bundle says nothing about names either. */
const movedIn = ({ schema, moved }: Bundle) => (schema ? (moved ?? []) : []);

const optionsOf = ({ mirror, additive, choices, kinds, only }: Planning): PlanOptions => ({
	mirror,
	additive,
	choices,
	...(kinds || only ? { select: { ...(kinds ? { kinds } : {}), ...(only ? { elements: only } : {}) } } : {}),
});

const consentOf = (
	input: Pick<InputOf<'configRevert'>, 'allow_destructive' | 'allow_data_loss' | 'max_deletions' | 'allow_renames'>,
) => ({
	allow_destructive: input.allow_destructive,
	allow_data_loss: input.allow_data_loss,
	max_deletions: input.max_deletions,
	allow_renames: input.allow_renames,
});

const answerOf = ({ id, dryRun, plan, warnings, durationMs }: PushResult, more: ConfigIssue[]): PushAnswer => ({
	data: { id, dry_run: dryRun, plan, duration_ms: durationMs },
	meta: { warnings: [...more, ...warnings] },
});

type Shown = Awaited<ReturnType<Asked<'configHistory'>['runtime']['config']['history']['list']>>['pushes'][number];

const shown = (push: Shown): Pushed => ({
	id: push.id,
	at: new Date(push.at).toISOString(),
	duration_ms: push.durationMs,
	user: push.user,
	status: push.status,
	reverts: push.reverts,
	git: push.git,
	reverted_by: push.revertedBy,
	summary: push.summary,
	error: push.error,
});

export const configJob: Handler<'configJob'> = async ({ id, accept, runtime }) => {
	const { find, follow } = runtime.pushJobs;
	const job = await find(id);
	if (!job) throw notFound('job', id);
	const format = streamFormat(accept);
	if (format === null) return { data: shownJob(job) };
	return {
		format,
		async *pieces(signal) {
			for await (const now of follow(id, signal)) yield shownJob(now);
		},
	};
};

/** Pushes and answers with the result; with a job, if the request asks for one. */
async function pushing(
	name: 'configPush' | 'configRevert' | 'configFinish',
	{ input, user, runtime }: Asked<'configPush'> | Asked<'configRevert'> | Asked<'configFinish'>,
	work: (tell: ((now: PushProgress) => void) | undefined) => Promise<PushAnswer>,
): Promise<AnswerOf<'configPush'>> {
	if (!input.job) return refusing(() => work(undefined));
	const job = await runtime.pushJobs.start(user, async (tell) => {
		try {
			return { status: 200, body: await refusing(() => work(tell)) };
		} catch (error) {
			return answerToError(error, name, runtime);
		}
	});
	return { data: { job } };
}

/** A job, with what the push itself would have been answered. */
function shownJob({ id, at, stage, step, of, name, answer, lost }: PushJob): DataOf<'configJob'> {
	const { data, meta, errors } = (answer?.body ?? {}) as Partial<PushAnswer> & { errors?: unknown[] };
	return {
		id,
		at: new Date(at).toISOString(),
		status: lost ? 'lost' : answer === null ? stage : errors ? 'failed' : 'done',
		step,
		of,
		name,
		push: data ?? null,
		warnings: meta?.warnings ?? [],
		error: answer && errors ? { status: answer.status, errors } : null,
	};
}

/** Refusals in Directus' format. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof ConfigRefusal)) throw error;
		throw new RequestError(error.status, error.code, error.message, error.details);
	}
}
