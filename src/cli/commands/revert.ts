import type { ConfigIssue, Plan } from '../../contract/plan.js';
import type { CommandContext, RunCommand } from '../command.js';
import { configEndpoint } from '../config-endpoint.js';
import { checkProtected, confirmPush, consentTo } from '../consent-to.js';
import { Failure } from '../failure.js';
import { forbiddenByPlan, noteWaived } from '../forbidden.js';
import { changesAnything, planText } from '../plan-output.js';
import { detailsOf } from '../request-failures.js';
import type { Pushed, PushedPlan } from '../../contract/answers/config.js';
import { findPush } from './history.js';
import type { PushAnswer } from '../push-answer.js';
import type { AnswerOf } from '../../contract/routes.js';

/** Reverts a push by a new push with the same checks, or finishes one that was broken off. */
export const revert: RunCommand = async (context) => {
	const { connection, flags, options, operands, progress, print, terminal } = context;
	const instance = connection();
	checkProtected(context, {
		is: operands.some((operand) => operand !== 'last'),
		by: 'the id of the push',
		advice: '"downstream history" lists the pushes.',
	});
	noteWaived(context);
	const push = await progress.during('Looking for the push', () => findPush(context));
	if (flags.finish) return finish(context, push);
	const path = `history/${encodeURIComponent(push.id)}/revert`;
	const { data: plan, meta } = await progress.during('Planning the revert', () =>
		instance.ask<AnswerOf<'configRevertPlan'>>('GET', `/downstream/config/${path}`),
	);
	const issues = [...meta.issues, ...(await forbiddenByPlan(plan, context))];
	if (issues.length > 0) throw refused(`The push ${push.id} cannot be reverted.`, issues, instance.url);
	if (!options.json) print(null, () => planText(plan, terminal));
	for (const { message } of meta.warnings) progress.warn(message);
	if (!changesAnything(plan)) return told(context, push, null);
	const { given, wasAsked } = await consentTo(plan, context);
	await confirmPush(context, wasAsked);
	return told(context, push, await send(context, path, { ...given, fingerprint: plan.fingerprint }));
};

/** What a broken push has left to do is only known when it is done. */
async function finish(context: CommandContext, push: Pushed): Promise<0> {
	const consent = { allow_destructive: true, allow_data_loss: true, max_deletions: 1_000_000, allow_renames: true };
	// The remaining steps are a part of its plan, so checking the whole plan is enough.
	const issues = context.options.forbid.length > 0 ? await forbiddenByPlan(await planOf(context, push), context) : [];
	if (issues.length > 0) throw refused(`The push ${push.id} cannot be finished.`, issues, context.connection().url);
	await confirmPush(context, false);
	return told(context, push, await send(context, `history/${encodeURIComponent(push.id)}/finish`, consent));
}

const planOf = async ({ connection }: CommandContext, { id }: Pushed): Promise<Plan> =>
	(await connection().data<PushedPlan>('GET', `/downstream/config/history/${encodeURIComponent(id)}`)).plan;

const refused = (message: string, issues: readonly ConfigIssue[], where: string): Failure =>
	new Failure('CANNOT_BE_PUSHED', message, { where, details: detailsOf(issues), advice: 'Nothing was changed.' });

const send = ({ connection, options, flags, progress }: CommandContext, path: string, body: Record<string, unknown>) =>
	progress.during(`Pushing to ${connection().url}`, ({ update }) =>
		configEndpoint(connection(), options).push(
			{ ...body, dry_run: flags.dryRun ?? false },
			(now) => update(`Pushing to ${connection().url}: ${now}`),
			path,
		),
	);

function told({ flags, options, print, progress, terminal }: CommandContext, push: Pushed, done: PushAnswer | null): 0 {
	for (const { message } of done?.warnings ?? []) progress.warn(message);
	if (!done && !options.json) return 0;
	const { paint } = terminal;
	const what = flags.finish ? 'is finished' : 'is reverted';
	print({ id: done?.id ?? null, push: push.id, dry_run: flags.dryRun ?? false, plan: done?.plan ?? null }, () =>
		flags.dryRun
			? `\n${paint('green', '✔')} It works, and was rolled back.`
			: `\n${paint('green', '✔')} The push ${push.id} ${what}${done?.id ? `; the id in the history is ${done.id}` : ''}.`,
	);
	return 0;
}
