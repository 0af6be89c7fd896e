import type { RunCommand } from '../command.js';
import { makePlan } from '../make-plan.js';
import { applied, changesAnything, issuesText, neededConsent } from '../plan-output.js';
import { fromHere, remark } from '../request-failures.js';
import { count } from '../../kernel/core/count.js';

/** Lists everything that prevents a push, and the consent that it needs; writes nothing. */
export const check: RunCommand = async (context) => {
	const { options, folder, connection, print, terminal } = context;
	const made = await makePlan(context);
	const dump = { folder, dumpPath: options.dumpPath };
	const issues = made.issues.map((issue) =>
		issue.file === null ? issue : { ...issue, file: fromHere(dump, issue.file) },
	);
	const consent = neededConsent(applied(made.plan));
	const { create, update, delete: deleted } = made.plan.summary;
	print({ ok: issues.length === 0, issues, warnings: made.warnings, consent, summary: made.plan.summary }, () => {
		const { paint } = terminal;
		const lines = made.warnings.map((warning) => `${paint('yellow', '▲')} ${remark(warning, dump)}`);
		if (issues.length > 0) lines.push(issuesText(issues, terminal.paint), '');
		const url = connection().url;
		if (issues.length > 0)
			lines.push(`${paint('red', '✖')} ${count(issues.length, 'problem')}: this cannot be pushed to ${url}.`);
		else if (!changesAnything(made.plan)) lines.push(`${paint('green', '✔')} ${url} is as it should be.`);
		else
			lines.push(
				`${paint('green', '✔')} This can be pushed to ${url}: ${create} new, ${update} changed, ${deleted} deleted.`,
				...(consent.length > 0 ? [`  It needs ${consent.join(' and ')}.`] : []),
			);
		return lines.join('\n');
	});
	return issues.length > 0 ? 1 : 0;
};
