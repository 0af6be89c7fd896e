import type { RunCommand } from '../command.js';
import { keepPlan } from '../keep-plan.js';
import { makePlan } from '../make-plan.js';
import { fromHere, remark } from '../request-failures.js';
import { changesAnything, introduced, issuesText, planAs, planText } from '../plan-output.js';
import { count } from '../../kernel/core/count.js';

/** Shows what a push would change; writes nothing but the plan that was asked for. A plan that cannot be pushed is an error. */
export const diff: RunCommand = async (context) => {
	const { options, flags, folder, connection, progress, print, terminal } = context;
	const made = await makePlan(context);
	const { plan, warnings } = made;
	const dump = { folder, dumpPath: options.dumpPath };
	const issues = made.issues.map((issue) =>
		issue.file === null ? issue : { ...issue, file: fromHere(dump, issue.file) },
	);
	const text = () => introduced(planText(plan, terminal), plan, connection().url, terminal);
	const url = connection().url;
	print({ plan, issues, warnings }, () =>
		issues.length > 0 || flags.markdown || flags.summary ? planAs(flags, plan, { terminal, url, issues }) : text(),
	);
	for (const warning of warnings) progress.warn(remark(warning, dump));
	if (issues.length > 0) {
		terminal.err(`\n${issuesText(issues, terminal.paintError)}`);
		terminal.err(
			`\n${terminal.paintError('red', 'Error:')} This cannot be pushed: ${count(issues.length, 'problem')}, see above.`,
		);
		return 1;
	}
	if (flags.planOut !== undefined) await keepPlan(context, flags.planOut, made);
	const differs = changesAnything(plan) || (flags.exitCode === 'drift' && plan.summary.kept > 0);
	return flags.exitCode !== undefined && differs ? 2 : 0;
};
