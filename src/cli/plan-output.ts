import { printable } from '../core/config/render-palette.js';
import { renderIssues, renderPlan } from '../core/config/render-plan.js';
import type { Change, ConfigIssue, Plan } from '../core/config/plan-shape.js';
import type { Terminal } from './terminal.js';

/** Beyond so many new things, only what they are is shown, not all that they consist of. */
const SHOWN_IN_FULL = 15;

type Look = Pick<Terminal, 'colours' | 'width'>;

/** A plan to be read on a terminal. */
export function planText(plan: Plan, { colours, width }: Look): string {
	const created = plan.changes.filter(({ action }) => action === 'create').length;
	return renderPlan(plan, { color: colours, width, full: created > 0 && created <= SHOWN_IN_FULL });
}

const oneLine = (text: string) => printable(text).replaceAll('\n', ' ');

export const issuesText = (issues: readonly ConfigIssue[], colours: boolean): string =>
	renderIssues(
		issues.map((issue) => ({ ...issue, path: oneLine(issue.path), message: printable(issue.message) })),
		{ color: colours },
	);

/** What a plan does, kept and completing steps aside. */
export const applied = (plan: Plan): Change[] => plan.changes.filter(({ kept, action }) => !kept && action !== 'none');

/** Whether a push of it would write anything. */
export const changesAnything = (plan: Plan): boolean => applied(plan).length > 0 || plan.adoptions.length > 0;

/** What a plan is, for somebody who has never seen one; nothing where it is empty. */
export function introduced(text: string, plan: Plan, url: string, { paint }: Pick<Terminal, 'paint'>): string {
	if (!changesAnything(plan)) return text;
	const legend = paint('dim', `(${['+ new', '~ changed', '- deleted', 'old → new'].join(', ')})`);
	const consent = neededConsent(applied(plan));
	const needs = consent.length > 0 ? ` It needs ${consent.join(' and ')}.` : '';
	return `A push to ${url} would do this ${legend}:\n\n${text}\n\nNothing was changed; "downstream push" does it.${needs}`;
}

/** The flags that consent to what these steps take away. */
export function neededConsent(steps: readonly Change[]): string[] {
	const losses = steps.filter(({ risk }) => risk.includes('data_loss')).map(({ sync_id }) => sync_id);
	return [
		...(steps.some(({ action }) => action === 'delete') ? ['--allow-destructive'] : []),
		...(losses.length > 0 ? [`--allow-data-loss ${losses.join(',')}`] : []),
	];
}

/** A step in a line: `delete roles "Editor" (2 users lose their role)`. */
export function stepText({ action, kind, name, impact }: Change): string {
	const tail = impact.length > 0 ? ` (${impact.join(', ')})` : '';
	return oneLine(`${action} ${kind} "${name}"${tail}`);
}

/** What two plans for the same end differ in: what somebody changed in between. */
export function movedSteps(before: Plan, after: Plan): string[] {
	const key = (change: Change) =>
		JSON.stringify([change.kind, change.sync_id, change.action, change.fields, change.kept]);
	const [old, now] = [new Set(before.changes.map(key)), new Set(after.changes.map(key))];
	return [
		...after.changes.filter((change) => !old.has(key(change))).map((change) => `now: ${stepText(change)}`),
		...before.changes.filter((change) => !now.has(key(change))).map((change) => `no longer: ${stepText(change)}`),
	];
}
