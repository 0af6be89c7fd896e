import type { Paint } from '../kernel/core/paint.js';
import { printable } from '../kernel/core/printable.js';
import { renderIssues, renderPlan } from '../config/core/render/render-plan.js';
import type { Change, ConfigIssue, Plan } from '../contract/plan.js';
import { renderMarkdown, renderSummary } from '../config/core/render/render-markdown.js';
import type { Flags } from './flags.js';
import type { Terminal } from './terminal.js';

/** With more new elements than this, only their names are shown. */
const SHOWN_IN_FULL = 15;

type Look = Pick<Terminal, 'paint' | 'width'>;

/** A plan for the terminal. */
export function planText(plan: Plan, { paint, width }: Look): string {
	const created = plan.changes.filter(({ action }) => action === 'create').length;
	return renderPlan(plan, { paint, width, full: created > 0 && created <= SHOWN_IN_FULL });
}

/** A plan in the form that was asked for. */
export function planAs(
	{ markdown, summary }: Pick<Flags, 'markdown' | 'summary'>,
	plan: Plan,
	{ terminal, url, issues }: { terminal: Look; url: string | null; issues?: readonly ConfigIssue[] },
): string {
	if (markdown) return renderMarkdown(plan, { target: url, issues });
	return summary ? renderSummary(plan, terminal.paint) : planText(plan, terminal);
}

const oneLine = (text: string) => printable(text).replaceAll('\n', ' ');

export const issuesText = (issues: readonly ConfigIssue[], paint: Paint): string =>
	renderIssues(
		issues.map((issue) => ({ ...issue, path: oneLine(issue.path), message: printable(issue.message) })),
		paint,
	);

/** The steps that a push applies: not those that are kept. */
export const applied = (plan: Plan): Change[] => plan.changes.filter(({ kept, action }) => !kept && action !== 'none');

/** Whether a push of it would write anything. */
export const changesAnything = (plan: Plan): boolean => applied(plan).length > 0 || plan.adoptions.length > 0;

/** A plan with an introduction, for a person who has never seen one; none where it is empty. */
export function introduced(text: string, plan: Plan, url: string, { paint }: Pick<Terminal, 'paint'>): string {
	if (!changesAnything(plan)) return text;
	const legend = paint('dim', `(${['+ new', '~ changed', '- deleted', '→ renamed', 'old → new'].join(', ')})`);
	const consent = neededConsent(applied(plan));
	const needs = consent.length > 0 ? ` It needs ${consent.join(' and ')}.` : '';
	return `A push to ${url} would do this ${legend}:\n\n${text}\n\nNothing was changed; "downstream push" does it.${needs}`;
}

/** The flags that allow what these steps delete and rename. */
export function neededConsent(steps: readonly Change[]): string[] {
	const losses = steps.filter(({ risk }) => risk.includes('data_loss')).map(({ sync_id }) => sync_id);
	return [
		...(steps.some(({ action }) => action === 'move') ? ['--allow-renames'] : []),
		...(steps.some(({ action }) => action === 'delete') ? ['--allow-destructive'] : []),
		...(losses.length > 0 ? [`--allow-data-loss ${losses.join(',')}`] : []),
	];
}

/** A step in a line: `delete roles "Editor" (2 users lose their role)`. */
export function stepText({ action, kind, name, impact }: Change): string {
	const tail = impact.length > 0 ? ` (${impact.join(', ')})` : '';
	return oneLine(`${action} ${kind} "${name}"${tail}`);
}
