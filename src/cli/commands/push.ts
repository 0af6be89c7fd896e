import { resolve } from 'node:path';
import type { Bundle } from '../../contract/bundle.js';
import { forbiddenSteps } from '../../config/core/plan/forbidden-steps.js';
import { movedBetween } from '../../config/core/plan/moved-values.js';
import type { ConfigIssue, Plan } from '../../contract/plan.js';
import { plan as planShape } from '../../contract/plan.js';
import { checkProtected, confirmPush, consentTo, declaredConsent } from '../consent-to.js';
import type { CommandContext, RunCommand } from '../command.js';
import type { Connection } from '../connection.js';
import { configEndpoint, planning } from '../config-endpoint.js';
import type { PushedCommit } from '../../contract/answers/config.js';
import { Failure } from '../failure.js';
import { forbiddenByPlan, noteWaived } from '../forbidden.js';
import { commitOf } from '../git-origin.js';
import { keepPlan } from '../keep-plan.js';
import { makePlan } from '../make-plan.js';
import { readPlanFile } from '../plan-file.js';
import { changesAnything, planText } from '../plan-output.js';
import { readWanted, type Wanted } from '../read-wanted.js';
import { detailsOf, located, RefusedFailure, remark, type DumpFolder } from '../request-failures.js';
import { withWhoMoved } from '../who-moved.js';
import { warnOfRetries } from '../warn-of-retries.js';
import type { PushAnswer } from '../push-answer.js';

/** Applies files, the configuration of another instance or a plan to an instance: everything, or nothing. */
export const push: RunCommand = async (context) => {
	const { options, flags, folder, connection, progress, print, terminal } = context;
	warnOfRetries(options, progress);
	// Asked meanwhile: it takes a few processes.
	const origin = flags.from === undefined ? commitOf(options.dumpPath) : Promise.resolve(null);
	const wanted = flags.plan === undefined ? await readWanted(context) : null;
	const instance = connection();
	checkProtected(context, {
		is: flags.expect !== undefined || flags.plan !== undefined,
		by: '--expect or --plan',
		advice:
			'Give --expect the id of the last push (see "downstream history") or a fingerprint, or --plan a reviewed plan.',
	});
	noteWaived(context);
	const atOnce = wanted && (await pushUnseen(context, wanted, origin));
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
	await confirmPush(context, consent.wasAsked);
	const dryRun = flags.dryRun ?? false;
	const git = await origin;
	const doing = dryRun ? `Trying it on ${instance.url}` : `Pushing to ${instance.url}`;
	const done = await progress.during(doing, ({ update }) =>
		configEndpoint(instance, options)
			.push({ ...body, ...consent.given, ...expected(flags), ...from(git), dry_run: dryRun }, (now) =>
				update(`${doing}: ${now}`),
			)
			.catch(async (error: unknown) => {
				throw (
					(await explained(error, plan, instance)) ?? located(error, locate, { folder, dumpPath: options.dumpPath })
				);
			}),
	);
	return told(context, plan, done);
};

/** Says what a push did; without changes the plan says so. */
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
			? `\n${paint('green', '✔')} It works, and was rolled back: ${what}.`
			: `\n${paint('green', '✔')} Pushed to ${connection().url}: ${what}. Its id in the history is ${done.id}.`,
	);
	return 0;
}

/**
 * Where no person reviews the plan before it is applied, one request plans and pushes. The instance refuses what the flags do not
 * allow, and writes nothing; then the two separate requests say what is missing and why.
 *
 * @returns null where the two separate requests are needed
 */
async function pushUnseen(
	context: CommandContext,
	{ bundle, locate }: Wanted,
	origin: Promise<PushedCommit | null>,
): Promise<PushAnswer | null> {
	const { options, flags, folder, connection, progress, terminal } = context;
	const filters = Object.values(options.hooks).some((hooks) => 'onQuery' in hooks && hooks.onQuery !== undefined);
	// The plan says what is forbidden, and what is to be left alone.
	if (options.forbid.length > 0 || options.excludeTables.length > 0) return null;
	if (terminal.isInteractive || flags.planOut !== undefined || flags.dryRun || filters) return null;
	const instance = connection();
	const git = await origin;
	try {
		return await progress.during(`Pushing to ${instance.url}`, ({ update }) =>
			configEndpoint(instance, options).push(
				{ bundle, ...planning(options, flags), ...declaredConsent(flags), ...expected(flags), ...from(git) },
				(now) => update(`Pushing to ${instance.url}: ${now}`),
			),
		);
	} catch (error) {
		if (error instanceof RefusedFailure && error.status === 422) return null;
		throw located(error, locate, { folder, dumpPath: options.dumpPath });
	}
}

/** What the instance must have: this last push, or this fingerprint. */
const expected = ({ expect, abandonBrokenOff }: CommandContext['flags']) => ({
	...(expect === undefined ? {} : /^[0-9a-f]{64}$/.test(expect) ? { fingerprint: expect } : { expect }),
	...(abandonBrokenOff ? { abandon_broken_off: true } : {}),
});

const from = (git: PushedCommit | null) => (git === null ? {} : { git });

interface Ordered {
	plan: Plan;
	/** What the endpoint is sent, consent aside. */
	body: Record<string, unknown>;
	/** The file that an issue is about. */
	locate(issue: ConfigIssue): ConfigIssue;
}

async function planNow(context: CommandContext, wanted: Wanted): Promise<Ordered> {
	const { options, flags, folder, progress } = context;
	const { plan, issues, warnings, asked } = await makePlan(context, wanted);
	refuseIssues(issues, wanted.source, { folder, dumpPath: options.dumpPath });
	for (const warning of warnings) progress.warn(remark(warning, { folder, dumpPath: options.dumpPath }));
	if (flags.planOut !== undefined) await keepPlan(context, flags.planOut, { plan, asked, wanted });
	return { plan, body: bodyOf(plan, wanted.bundle, asked), locate: wanted.locate };
}

/** The bundle with the plan's fingerprint: it leads to this plan, or is refused because the state has changed. */
const bodyOf = (plan: Plan, bundle: Bundle, asked: Record<string, unknown>) => ({
	bundle,
	fingerprint: plan.fingerprint,
	...asked,
});

function refuseIssues(issues: readonly ConfigIssue[], where: string, dump: DumpFolder | null): void {
	if (issues.length === 0) return;
	throw new Failure('CANNOT_BE_PUSHED', 'This cannot be pushed.', {
		where,
		details: detailsOf(issues, dump),
		advice: 'Nothing was changed. "downstream diff" shows the whole plan.',
	});
}

async function reviewedPlan(context: CommandContext, file: string): Promise<Ordered> {
	const { flags, options, folder, connection, secret } = context;
	if (flags.from !== undefined || flags.onlyElements !== undefined || flags.mirror || flags.additive)
		throw new Failure('INVALID_ARGUMENTS', '--plan is pushed exactly as it is.', {
			advice: 'Give --from, --only-elements, --mirror and --additive when the plan is made, with "downstream diff".',
		});
	const { plan, asked, url, bundle } = await readPlanFile(resolve(folder, file), secret);
	const instance = connection();
	if (url !== null && url !== instance.url)
		throw new Failure('OTHER_INSTANCE', `The plan is for ${url}, not for ${instance.url}.`, {
			where: file,
			advice: 'Push it there, or make a plan for this instance with "downstream diff --plan-out".',
		});
	const forbidden = bundle ? forbiddenSteps(plan, bundle, options.forbid) : await forbiddenByPlan(plan, context);
	refuseIssues(forbidden, file, null);
	return {
		plan,
		body: bundle ? { ...bodyOf(plan, bundle, asked), plan } : { plan, ...asked },
		locate: (issue) => issue,
	};
}

/** If the state has changed: what is different now. */
async function explained(error: unknown, before: Plan, instance: Connection): Promise<Failure | null> {
	if (!(error instanceof RefusedFailure) || error.code !== 'STATE_MOVED') return null;
	const now = planShape.safeParse(error.extensions['plan']);
	if (!now.success) return null;
	return new Failure('STATE_MOVED', 'The configuration of the instance has changed since the plan was made.', {
		where: error.where,
		details: detailsOf(await withWhoMoved(movedBetween(before, now.data), now.data, instance)),
		advice: 'Nothing was changed. Look at the new plan with "downstream diff", then push again.',
		cause: error,
	});
}
