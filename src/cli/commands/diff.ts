import type { RunCommand } from '../command.js';
import { keepPlan } from '../keep-plan.js';
import { makePlan } from '../make-plan.js';
import { fromHere } from '../request-failures.js';
import { changesAnything, introduced, issuesText, planText } from '../plan-output.js';
import { count } from '../terminal.js';

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
	print({ plan, issues, warnings }, () => (issues.length > 0 ? planText(plan, terminal) : text()));
	for (const { message } of warnings) progress.warn(message);
	if (issues.length > 0) {
		terminal.err(`\n${issuesText(issues, terminal.colours)}`);
		terminal.err(
			`\n${terminal.paintError('red', 'Error:')} This cannot be pushed: ${count(issues.length, 'problem')}, see above.`,
		);
		return 1;
	}
	if (flags.planOut !== undefined) await keepPlan(context, flags.planOut, made);
	return flags.exitCode && changesAnything(plan) ? 2 : 0;
};
