import { resolve } from 'node:path';
import type { Bundle } from '../../core/config/bundle.js';
import type { Change, ConfigIssue, Plan } from '../../core/config/plan-shape.js';
import { plan as planShape } from '../../core/config/plan-shape.js';
import { askConsent } from '../ask-consent.js';
import type { CommandContext, RunCommand } from '../command.js';
import { configEndpoint, planning, type ConsentGiven, type PushAnswer } from '../config-endpoint.js';
import { Failure } from '../failure.js';
import type { Flags } from '../flags.js';
import { keepPlan } from '../keep-plan.js';
import { makePlan } from '../make-plan.js';
import { readPlanFile } from '../plan-file.js';
import { applied, changesAnything, movedSteps, neededConsent, planText, stepText } from '../plan-output.js';
import { readWanted, type Wanted } from '../read-wanted.js';
import { detailsOf, located, RefusedFailure } from '../request-failures.js';
import { warnOfRetries } from '../warn-of-retries.js';

/** Makes an instance what the files, another instance or a plan say: all of it, or nothing. */
export const push: RunCommand = async (context) => {
	const { options, flags, folder, connection, progress, print, terminal } = context;
	warnOfRetries(options, progress);
	const wanted = flags.plan === undefined ? await readWanted(context) : null;
	const instance = connection();
	const atOnce = wanted && (await pushUnseen(context, wanted));
	if (atOnce) {
		if (!options.json) print(null, () => planText(atOnce.plan, terminal));
		return told(context, atOnce.plan, atOnce);
	}
	const { plan, body, locate } = wanted
		? await planNow(context, wanted)
		: await reviewedPlan(context, flags.plan ?? '');
	if (!options.json) print(null, () => planText(plan, terminal));
	if (!changesAnything(plan)) return told(context, plan, { id: null, plan, warnings: [] });
	const consent = await consentTo(plan, context);
	const dryRun = flags.dryRun ?? false;
	const done = await progress.during(dryRun ? `Trying it on ${instance.url}` : `Pushing to ${instance.url}`, () =>
		configEndpoint(instance, options)
			.push({ ...body, ...consent, dry_run: dryRun })
			.catch((error: unknown) => {
				throw explained(located(error, locate, { folder, dumpPath: options.dumpPath }), plan);
			}),
	);
	return told(context, plan, done);
};

/** Says what a push did; without changes the plan has said so. */
function told(
	{ flags, options, connection, progress, print, terminal }: CommandContext,
	plan: Plan,
	done: PushAnswer,
): 0 {
	for (const { message } of done.warnings) progress.warn(message);
	const dryRun = flags.dryRun ?? false;
	if (!changesAnything(plan) && !options.json) return 0;
	const { create, update, delete: deleted } = plan.summary;
	const what = `${create} created, ${update} changed, ${deleted} deleted`;
	const { paint } = terminal;
	print({ id: done.id, dry_run: dryRun, plan: done.plan, warnings: done.warnings }, () =>
		dryRun
			? `\n${paint('green', '✔')} It works, and was undone: ${what}.`
			: `\n${paint('green', '✔')} Pushed to ${connection().url}: ${what}. In the history as ${done.id}.`,
	);
	return 0;
}

/**
 * Where nobody looks at the plan before it is applied, one request does both. What needs more than the flags consent to is
 * refused by the instance with nothing written, and goes the long way, which says what and why.
 *
 * @returns null where it has to go the long way
 */
async function pushUnseen(context: CommandContext, { bundle, locate }: Wanted): Promise<PushAnswer | null> {
	const { options, flags, folder, connection, progress, terminal } = context;
	const filters = Object.values(options.hooks).some((hooks) => 'onQuery' in hooks && hooks.onQuery !== undefined);
	if (terminal.isInteractive || flags.planOut !== undefined || flags.dryRun || filters) return null;
	const instance = connection();
	try {
		return await progress.during(`Pushing to ${instance.url}`, () =>
			configEndpoint(instance, options).push({ bundle, ...planning(options, flags), ...declaredConsent(flags) }),
		);
	} catch (error) {
		if (error instanceof RefusedFailure && error.status === 422) return null;
		throw located(error, locate, { folder, dumpPath: options.dumpPath });
	}
}

const declaredConsent = (flags: Flags): ConsentGiven => ({
	allow_destructive: flags.allowDestructive ?? false,
	allow_data_loss: flags.allowDataLoss ?? false,
	max_deletions: flags.maxDeletions ?? null,
});

interface Ordered {
	plan: Plan;
	/** What the endpoint is sent, consent aside. */
	body: Record<string, unknown>;
	/** Of an issue, the file that it is about. */
	locate(issue: ConfigIssue): ConfigIssue;
}

async function planNow(context: CommandContext, wanted: Wanted): Promise<Ordered> {
	const { options, flags, folder, progress } = context;
	const { plan, issues, warnings, asked } = await makePlan(context, wanted);
	if (issues.length > 0)
		throw new Failure('CANNOT_BE_PUSHED', 'This cannot be pushed.', {
			where: wanted.source,
			details: detailsOf(issues, { folder, dumpPath: options.dumpPath }),
			advice: 'Nothing was changed. "downstream diff" shows the whole plan.',
		});
	for (const { message } of warnings) progress.warn(message);
	if (flags.planOut !== undefined) await keepPlan(context, flags.planOut, { plan, asked, wanted });
	return { plan, body: bodyOf(plan, wanted.bundle, asked), locate: wanted.locate };
}

/** The bundle with the plan's fingerprint: it leads to this plan, or is refused since the state moved. */
const bodyOf = (plan: Plan, bundle: Bundle, asked: Record<string, unknown>) => ({
	bundle,
	fingerprint: plan.fingerprint,
	...asked,
});

async function reviewedPlan({ flags, folder, connection }: CommandContext, file: string): Promise<Ordered> {
	if (flags.from !== undefined || flags.onlyElements !== undefined || flags.mirror || flags.additive)
		throw new Failure('INVALID_ARGUMENTS', '--plan is pushed exactly as it is.', {
			advice: 'Give --from, --only-elements, --mirror and --additive when the plan is made, with "downstream diff".',
		});
	const { plan, asked, url, bundle } = await readPlanFile(resolve(folder, file));
	const instance = connection();
	if (url !== null && url !== instance.url)
		throw new Failure('OTHER_INSTANCE', `The plan is for ${url}, not for ${instance.url}.`, {
			where: file,
			advice: 'Push it there, or make a plan for this instance with "downstream diff --plan-out".',
		});
	return { plan, body: bundle ? bodyOf(plan, bundle, asked) : { plan, ...asked }, locate: (issue) => issue };
}

/** What the flags consent to, or else a person who was shown what goes. */
async function consentTo(plan: Plan, { flags, terminal }: CommandContext): Promise<ConsentGiven> {
	const deletes = applied(plan).filter(({ action }) => action === 'delete');
	const losses = applied(plan).filter(({ risk }) => risk.includes('data_loss'));
	const allowed = flags.allowDataLoss;
	const mayLose = ({ sync_id }: Change) => allowed === true || (allowed?.includes(sync_id) ?? false);
	const needsDestructive = deletes.length > 0 && !flags.allowDestructive;
	const unasked = losses.filter((change) => !mayLose(change));
	if ((!needsDestructive && unasked.length === 0) || flags.dryRun) {
		// What is undone again needs nobody's consent.
		return flags.dryRun ? everything(deletes) : declaredConsent(flags);
	}
	const asked = [...new Set([...(needsDestructive ? deletes : []), ...unasked])];
	const destructive = '--allow-destructive';
	const missing = [
		...(needsDestructive ? [destructive] : []),
		...neededConsent(unasked).filter((flag) => flag !== destructive),
	];
	await askConsent(terminal, asked.map(stepText), missing.join(' and '));
	return {
		...everything(deletes),
		allow_data_loss: losses.map(({ sync_id }) => sync_id),
	};
}

function everything(deletes: readonly Change[]): ConsentGiven {
	const perKind = [...Map.groupBy(deletes, ({ kind }) => kind).values()].map((changes) => changes.length);
	return { allow_destructive: true, allow_data_loss: true, max_deletions: Math.max(0, ...perKind) };
}

/** Where the state moved: what is different now. */
function explained(error: unknown, before: Plan): unknown {
	if (!(error instanceof RefusedFailure) || error.status !== 409) return error;
	const now = planShape.safeParse(error.extensions['plan']);
	if (!now.success) return error;
	const moved = movedSteps(before, now.data);
	return new Failure('STATE_MOVED', 'The configuration of the instance has changed since the plan was made.', {
		where: error.where,
		details: moved.map((message) => ({ place: '', message })),
		advice: 'Nothing was changed. Look at the new plan with "downstream diff", then push again.',
		cause: error,
	});
}
