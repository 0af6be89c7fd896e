import { stepOf } from '../../contract/config-kinds.js';
import type { Change } from '../../contract/plan.js';
import type { RunCommand } from '../command.js';
import { lastEdits } from '../who-moved.js';
import { keepPlan } from '../keep-plan.js';
import { makePlan } from '../make-plan.js';
import { fromHere, remark } from '../request-failures.js';
import { changesAnything, introduced, issuesText, planAs, planText } from '../plan-output.js';
import { printable } from '../../kernel/core/printable.js';
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
	const url = connection().url;
	const only = plan.changes.filter(({ kept }) => kept);
	const edits = await lastEdits(plan, only.map(stepOf), connection());
	const text = () => [introduced(planText(plan, terminal), plan, url, terminal), ...editLines(only, edits)].join('\n');
	print({ plan, issues, warnings, edits: Object.fromEntries(edits) }, () =>
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

/** Who last changed what only the instance has. */
function editLines(only: readonly Change[], edits: ReadonlyMap<string, string>): string[] {
	const lines = only.flatMap((change) => {
		const who = edits.get(stepOf(change));
		return who === undefined ? [] : [`  ${change.kind} ${printable(change.name)}: ${printable(who)}`];
	});
	return lines.length === 0 ? [] : ['', 'Only on the target, last changed by:', ...lines];
}
