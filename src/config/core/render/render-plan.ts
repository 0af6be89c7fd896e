import { ELEMENT_KINDS, SCHEMA_KINDS } from '../../../contract/bundle.js';
import type { Change, ConfigIssue, Plan } from '../../../contract/plan.js';
import { foldNew, ITS_FIELDS } from '../plan/fold-new.js';
import { thingsOf, withNames } from '../plan/plan-things.js';
import { printable } from '../../../kernel/core/printable.js';
import type { Paint, Style } from '../../../kernel/core/paint.js';
import { renderFields } from './render-values.js';
import { count } from '../../../kernel/core/count.js';

export interface RenderOptions {
	paint: Paint;
	/** Columns of the terminal. */
	width: number;
	/** Whether new and deleted things are shown with all that they consist of. */
	full?: boolean;
}

/** The kinds in the order in which a person reads them: who may do what comes first. */
export const RIGHTS = ['roles', 'policies', 'permissions'] as const;
export const TITLES: Record<Change['kind'], string> = {
	collections: 'Collections',
	fields: 'Fields',
	relations: 'Relations',
	settings: 'Settings',
	folders: 'Folders',
	translations: 'Translations',
	flows: 'Flows',
	operations: 'Operations',
	roles: 'Roles',
	policies: 'Policies',
	permissions: 'Permissions',
	dashboards: 'Dashboards',
	panels: 'Panels',
	presets: 'Presets',
	extensions: 'Extensions',
};
const STYLES = { create: 'green', update: 'yellow', delete: 'red', move: 'yellow', none: 'dim' } as const;
const SIGNS = { create: '+', update: '~', delete: '-', move: '→', none: ' ' } as const;

/** A plan as text for a terminal, to be read before it is applied. Ends without a line break. */
export function renderPlan(plan: Plan, options: RenderOptions): string {
	const { paint } = options;
	const steps = plan.changes.filter(({ kept, action }) => !kept && action !== 'none');
	const kept = plan.changes.filter((change) => change.kept);
	const lines: string[] = [];
	const things = thingsOf(steps).map((change) => withNames(change, plan.names ?? {}));
	const rights = things.filter(({ risk }) => risk.includes('rights'));
	const ordinary = things.filter(({ risk }) => !risk.includes('rights'));
	const others = options.full ? ordinary : foldNew(ordinary);
	if (things.length === 0 && kept.length === 0 && plan.adoptions.length === 0) {
		return (
			paint('bold', 'No changes.') +
			` The target is as the bundle says (${count(plan.summary.none, 'element')} compared).`
		);
	}
	if (rights.length > 0) {
		lines.push(heading('Who may do what', 'red', paint, options));
		lines.push(...groups(rights, [...RIGHTS, 'settings', ...ELEMENT_KINDS], { paint, options }));
	}
	if (others.length > 0) {
		if (rights.length > 0) lines.push(heading('Everything else', 'bold', paint, options));
		lines.push(...groups(others, [...SCHEMA_KINDS, ...ELEMENT_KINDS, 'extensions'], { paint, options }));
	}
	if (kept.length > 0) lines.push(...keptSection(kept, paint, options));
	if (plan.adoptions.length > 0) lines.push(...adoptionSection(plan, paint, options));
	lines.push(...summaryLines(plan, things, paint));
	return lines
		.join('\n')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
}

/** Issues as text: what is wrong, where, and what to do about it. */
export function renderIssues(issues: readonly ConfigIssue[], paint: Paint): string {
	return issues
		.map(({ file, path, message, suggestion }) => {
			const place = [file, path].filter((part) => part !== null && part !== '').join(' ');
			return [
				`${paint('red', '✗')} ${printable(message)}`,
				...(place === '' ? [] : [paint('dim', `  at ${printable(place)}`)]),
				...(suggestion === undefined ? [] : [`  ${paint('dim', '→')} ${printable(suggestion)}`]),
			].join('\n');
		})
		.join('\n');
}

export interface Look {
	paint: Paint;
	options: RenderOptions;
}

function groups(things: Change[], order: readonly Change['kind'][], look: Look): string[] {
	const byKind = Map.groupBy(things, ({ kind }) => kind);
	return [...new Set(order)].flatMap((kind) => {
		const changes = byKind.get(kind);
		if (!changes) return [];
		const title = `${look.paint('bold', TITLES[kind])} ${look.paint('dim', counts(changes))}`;
		return ['', title, ...changes.flatMap((change) => renderThing(change, look))];
	});
}

function counts(changes: readonly Change[]): string {
	const number = (action: Change['action']) => changes.filter((change) => change.action === action).length;
	return (['move', 'create', 'update', 'delete'] as const)
		.filter((action) => number(action) > 0)
		.map((action) => `${SIGNS[action]}${number(action)}`)
		.join(' ');
}

/** One thing of a plan: its name, what goes with it, and its values. */
export function renderThing(change: Change, { paint, options }: Look): string[] {
	const style = STYLES[change.action];
	const id = change.sync_id === change.name ? '' : ` ${paint('dim', printable(change.sync_id))}`;
	const flags = change.risk
		.filter((risk) => risk !== 'rights' && risk !== 'untracked' && risk !== 'destructive')
		.map((risk) => risk.replace('_', ' '));
	const flag = flags.length > 0 ? ` ${paint('red', `[${flags.join(', ')}]`)}` : '';
	const lines = [
		`  ${paint(style, SIGNS[change.action])} ${paint(style, printable(change.name) || '(without a name)')}${id}${flag}`,
	];
	for (const impact of change.impact) lines.push(`      ${paint('magenta', `! ${printable(impact)}`)}`);
	// What it was called is said above.
	if (change.action === 'move') return lines;
	const isWhole = change.action !== 'update';
	if (!isWhole || options.full)
		lines.push(...renderFields(change, paint, options.width - 6).map((line) => `      ${line}`));
	else lines.push(...gist(change, paint, options.width - 6).map((line) => `      ${line}`));
	return lines;
}

/** What to know of something new or gone, in a line: what it belongs to and what it is. */
const TELLING = [
	'type',
	'status',
	'trigger',
	'parent',
	'role',
	'admin_access',
	'attached to',
	'app_access',
	'fields',
	'permissions',
	'validation',
	'related_collection',
	'value',
];

function gist(change: Change, paint: Paint, width: number): string[] {
	const within = change.fields.find(({ field }) => field === ITS_FIELDS)?.to;
	if (Array.isArray(within)) return inLines(within.map(String), width).map((line) => paint('dim', printable(line)));
	const details = TELLING.flatMap((name) => {
		const field = change.fields.find((entry) => entry.field === name);
		const value = change.action === 'delete' ? field?.from : field?.to;
		const isEmpty = value === null || value === undefined || value === false || JSON.stringify(value) === '{}';
		return isEmpty ? [] : [`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`];
	});
	const line = printable(details.join(' · ').replaceAll('\n', ' '));
	return line === '' ? [] : [paint('dim', line.length > width ? `${line.slice(0, Math.max(10, width - 1))}…` : line)];
}

/** Texts one after the other, as many as fit on a line. */
function inLines(texts: readonly string[], width: number): string[] {
	const lines: string[] = [];
	for (const text of texts) {
		const line = lines.at(-1);
		if (line !== undefined && line.length + text.length + 3 <= width) lines[lines.length - 1] = `${line} · ${text}`;
		else lines.push(text);
	}
	return lines;
}

function heading(text: string, style: Style, paint: Paint, { width }: RenderOptions): string {
	return `\n${paint([style, 'bold'], text)} ${paint('dim', '─'.repeat(Math.max(3, Math.min(width, 100) - text.length - 1)))}`;
}

function keptSection(kept: Change[], paint: Paint, options: RenderOptions): string[] {
	const untracked = kept.every(({ risk }) => risk.includes('untracked'));
	return [
		heading('Only on the target, left alone', 'bold', paint, options),
		paint(
			'dim',
			untracked
				? 'No push or pull ever recorded these. To delete them too: --mirror'
				: 'This push deletes nothing. To delete what was recorded once: push without --additive',
		),
		...[...Map.groupBy(kept, ({ kind }) => kind)].flatMap(([kind, changes]) => [
			'',
			`${paint('bold', TITLES[kind])} ${paint('dim', String(changes.length))}`,
			...changes.map((change) => {
				const rights = ['roles', 'policies', 'permissions'].includes(kind) ? ` ${paint('red', '[rights]')}` : '';
				const id =
					change.sync_id === change.name ? '' : ` ${paint('dim', printable(change.local_id ?? change.sync_id))}`;
				const impact = change.impact
					.map((text) => `\n      ${paint('dim', `(would mean: ${printable(text)})`)}`)
					.join('');
				return `  ${paint('dim', '·')} ${printable(change.name)}${id}${rights}${impact}`;
			}),
		]),
	];
}

function adoptionSection({ adoptions }: Plan, paint: Paint, options: RenderOptions): string[] {
	const shown = adoptions.filter(({ by }) => by !== 'default' && by !== 'id');
	if (shown.length === 0) return [];
	return [
		heading('Recognised', 'bold', paint, options),
		paint('dim', 'Nothing recorded these yet; they are taken for those of the bundle from now on.'),
		...shown.map(
			({ kind, sync_id, local_id, by }) =>
				`  = ${kind} ${printable(local_id)} ${paint('dim', `is ${printable(sync_id)}, by ${by}`)}`,
		),
	];
}

/** The totals of a plan, and the steps that need attention. */
export function summaryLines({ summary: total }: Plan, things: readonly Change[], paint: Paint): string[] {
	const parts = [
		...(total.move ? [paint('yellow', `→ ${total.move} to rename`)] : []),
		paint('green', `+ ${total.create} to create`),
		paint('yellow', `~ ${total.update} to change`),
		paint('red', `- ${total.delete} to delete`),
		paint('dim', `${total.none} unchanged`),
		...(total.kept > 0 ? [paint('dim', `${total.kept} only on the target`)] : []),
	];
	const losing = things.filter(({ risk }) => risk.includes('data_loss')).length;
	const breaking = things.filter(({ risk }) => risk.includes('breaking')).length;
	const secrets = things.filter(({ risk }) => risk.includes('secret')).length;
	const rights = things.filter(({ risk }) => risk.includes('rights')).length;
	const notes = [
		...(rights > 0 ? [`${rights} change${rights === 1 ? '' : 's'} to who may do what`] : []),
		...(losing > 0 ? [`${losing} lose${losing === 1 ? 's' : ''} values that people entered`] : []),
		...(breaking > 0 ? [`${breaking} may break what uses ${breaking === 1 ? 'it' : 'them'}`] : []),
		...(secrets > 0 ? [`${secrets} contain${secrets === 1 ? 's' : ''} what looks like a credential`] : []),
	];
	return ['', parts.join('  '), ...(notes.length > 0 ? [paint('magenta', `! ${notes.join(' · ')}`)] : [])];
}
