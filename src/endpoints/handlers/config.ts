import type { Bundle } from '../../core/config/bundle.js';
import { ELEMENT_KINDS } from '../../core/config/bundle.js';
import { checkBundle } from '../../core/config/check-bundle.js';
import { planWithoutCredentials } from '../../core/config/hide-credentials.js';
import type { PlanOptions } from '../../core/config/plan-options.js';
import type { ConfigIssue } from '../../core/config/plan-shape.js';
import type { InputOf } from '../../core/routes.js';
import { bundleOfPlan } from '../../engine/config/bundle-of-plan.js';
import type { Wish } from '../../engine/config/plan-wish.js';
import { pullRemote } from '../../engine/config/pull-remote.js';
import type { PushResult } from '../../engine/config/push.js';
import { ConfigRefusal, refuseIssues } from '../../engine/config/refusal.js';
import { readIdsOf, untrackElement, writeIdsOf } from '../../tables/config-id-map.js';
import { notFound, RequestError, type Asked, type Handler } from '../respond.js';

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
			wish: () => ({ wanted: checked.bundle, options: { ...optionsOf(planning), consent: null } }),
		});
		return { data: plan, meta: { issues, warnings: [...checked.warnings, ...warnings] } };
	});

export const configPush: Handler<'configPush'> = async (asked) =>
	refusing(async () => {
		const { input, runtime, accountability, user } = asked;
		const { bundle, plan, ...planning } = input;
		const checked = bundle === undefined ? null : readBundle(bundle);
		const options: PlanOptions = { ...optionsOf(planning), consent: consentOf(input) };
		const result = await runtime.config.push({
			...wishOf(planning, accountability.role),
			// A plan without its bundle is checked against what is there, step by step.
			fingerprint: checked ? (input.fingerprint ?? plan?.fingerprint ?? null) : null,
			dryRun: input.dry_run,
			actor: { user, accountability },
			reverts: null,
			wish(found) {
				if (checked) return { wanted: checked.bundle, options };
				if (!plan) throw new ConfigRefusal(400, 'INVALID_PAYLOAD', 'expected a bundle or a plan');
				return bundleOfPlan(plan, found, options);
			},
		});
		return answerOf(result, checked?.warnings ?? []);
	});

export const configIds: Handler<'configIds'> = async ({ input: { tables, write }, runtime }) => {
	if (write) {
		const add = write.add.map((id) => ({ syncId: id.sync_id, localId: id.local_id }));
		await writeIdsOf(runtime.database, write.table, add, write.forget);
	}
	const found = await readIdsOf(runtime.database, tables);
	const shownIds = Array.from(found, ([name, ids]) => [
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
	const revertible = push.status === 'applied' && push.trace !== null;
	return { data: { ...shown(push), plan: planWithoutCredentials(push.plan), revertible } };
};

export const configRevertPlan: Handler<'configRevertPlan'> = async ({ id, runtime, accountability }) =>
	refusing(async () => {
		const { plan, ...meta } = await runtime.config.planRevert(id, accountability.role);
		return { data: planWithoutCredentials(plan), meta };
	});

export const configRevert: Handler<'configRevert'> = async ({ id, input, runtime, accountability, user }) =>
	refusing(async () => {
		const result = await runtime.config.revert(id, {
			fingerprint: input.fingerprint ?? null,
			dryRun: input.dry_run,
			consent: consentOf(input),
			actor: { user, accountability },
			role: accountability.role,
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

const optionsOf = ({ mirror, additive, choices, kinds, only }: Planning): PlanOptions => ({
	mirror,
	additive,
	choices,
	...(kinds || only ? { select: { ...(kinds ? { kinds } : {}), ...(only ? { elements: only } : {}) } } : {}),
});

const consentOf = (
	input: Pick<InputOf<'configRevert'>, 'allow_destructive' | 'allow_data_loss' | 'max_deletions'>,
) => ({
	allow_destructive: input.allow_destructive,
	allow_data_loss: input.allow_data_loss,
	max_deletions: input.max_deletions,
});

const answerOf = ({ id, dryRun, plan, warnings, durationMs }: PushResult, more: ConfigIssue[]) => ({
	data: { id, dry_run: dryRun, plan, duration_ms: durationMs },
	meta: { warnings: [...more, ...warnings] },
});

type Shown = Awaited<ReturnType<Asked<'configHistory'>['runtime']['config']['history']['list']>>['pushes'][number];

const shown = (push: Shown) => ({
	id: push.id,
	at: new Date(push.at).toISOString(),
	duration_ms: push.durationMs,
	user: push.user,
	status: push.status,
	reverts: push.reverts,
	reverted_by: push.revertedBy,
	summary: push.summary,
	error: push.error,
});

/** Refusals in Directus' format. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof ConfigRefusal)) throw error;
		throw new RequestError(error.status, error.code, error.message, error.details);
	}
}
