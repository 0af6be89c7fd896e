import { ELEMENT_KINDS, SCHEMA_KINDS } from '../../../contract/bundle.js';
import type { Change, ConfigIssue, Plan } from '../../../contract/plan.js';
import { foldNew } from '../plan/fold-new.js';
import { thingsOf, withNames } from '../plan/plan-things.js';
import { printable } from '../../../kernel/core/printable.js';
import { plainPaint, type Paint } from '../../../kernel/core/paint.js';
import { renderThing, RIGHTS, summaryLines, TITLES } from './render-plan.js';

export interface MarkdownOptions {
	/** The instance that the plan is for; null if unknown. */
	target: string | null;
	issues?: readonly ConfigIssue[] | undefined;
	/** Longer texts are cut where a group ends: GitHub takes comments of 65,536 characters. */
	limit?: number | undefined;
}

const LIMIT = 60_000;
/** How many elements are named for each risk; the rest are counted. */
const NAMED = 20;
/** Up to this many changes are not folded. */
const OPEN = 5;
/** For the line that says what is not shown. */
const ROOM_FOR_THE_REST = 500;
/** Columns of a line within a group. */
const WIDTH = 100;

/** A plan for a pull request: what it does and risks on top, rights first, details folded. Ends without a line break. */
export function renderMarkdown(plan: Plan, { target, issues = [], limit = LIMIT }: MarkdownOptions): string {
	const steps = plan.changes.filter(({ kept, action }) => !kept && action !== 'none');
	const things = thingsOf(steps).map((change) => withNames(change, plan.names ?? {}));
	const drift = plan.changes.filter(({ kept }) => kept);
	const { create, update, delete: deleted, move = 0 } = plan.summary;
	const title =
		things.length === 0
			? 'no changes'
			: [
					[move, 'renamed'],
					[create, 'new'],
					[update, 'changed'],
					[deleted, 'deleted'],
				]
					.filter(([number]) => number !== 0)
					.map((part) => part.join(' '))
					.join(', ');
	const top = [
		`### Configuration: ${title}`,
		...(target === null ? [] : ['', `A push to ${code(target)} would do this.`]),
		...problems(issues),
		...(things.length > 0 ? ['', ...table(things), ...risks(things)] : []),
		...(drift.length > 0 ? ['', ...driftLines(drift)] : []),
	];
	const rights = things.filter(({ risk }) => risk.includes('rights'));
	const others = things.filter((change) => !rights.includes(change));
	const groups = [
		...byKind(rights, [...RIGHTS, 'settings', ...ELEMENT_KINDS]),
		...byKind(foldNew(others), [...SCHEMA_KINDS, ...ELEMENT_KINDS, 'extensions']),
	];
	const lines = [...top];
	let room = limit - lines.join('\n').length;
	const left: string[] = [];
	for (const { kind, changes } of groups) {
		// Of what is too long as a whole, as many as fit: half of them, and half of those.
		let shown = changes.length;
		let text = group(kind, changes, things.length <= OPEN).join('\n');
		while (shown > 0 && text.length + ROOM_FOR_THE_REST > room) {
			shown = Math.floor(shown / 2);
			text = shown === 0 ? '' : group(kind, changes.slice(0, shown), false).join('\n');
		}
		if (shown < changes.length) left.push(`${changes.length - shown} of ${TITLES[kind].toLowerCase()}`);
		if (shown === 0) continue;
		room -= text.length + 2;
		lines.push('', text);
	}
	if (left.length > 0)
		lines.push('', `_Too long for a comment: ${left.join(', ')}. \`downstream diff\` shows everything._`);
	return lines.join('\n').slice(0, limit);
}

interface Group {
	kind: Change['kind'];
	changes: Change[];
}

function byKind(things: readonly Change[], order: readonly Change['kind'][]): Group[] {
	const kinds = Map.groupBy(things, ({ kind }) => kind);
	return [...new Set(order)].flatMap((kind) => {
		const changes = kinds.get(kind);
		return changes ? [{ kind, changes }] : [];
	});
}

/** How many of each kind are new, changed, deleted; rights first. */
function table(things: readonly Change[]): string[] {
	const number = (changes: readonly Change[], action: Change['action']) =>
		String(changes.filter((change) => change.action === action).length || '');
	// Most plans rename nothing.
	const renames = things.some(({ action }) => action === 'move');
	return [
		`| |${renames ? ' renamed |' : ''} new | changed | deleted |`,
		`| --- |${renames ? ' --: |' : ''} --: | --: | --: |`,
		...byKind(things, [...RIGHTS, ...SCHEMA_KINDS, ...ELEMENT_KINDS, 'extensions']).map(
			({ kind, changes }) =>
				`| ${TITLES[kind]} |${renames ? ` ${number(changes, 'move')} |` : ''} ${number(changes, 'create')} | ${number(changes, 'update')} | ${number(changes, 'delete')} |`,
		),
	];
}

const RISKS: { of: (change: Change) => boolean; text: string }[] = [
	{ of: ({ risk }) => risk.includes('data_loss'), text: 'Values that people entered are lost' },
	{ of: ({ action, risk }) => action === 'delete' && !risk.includes('data_loss'), text: 'Deleted' },
	{ of: ({ action }) => action === 'move', text: 'Renamed' },
	{ of: ({ risk }) => risk.includes('rights'), text: 'Permissions change' },
	{
		of: ({ action, risk }) => action !== 'move' && action !== 'delete' && risk.includes('breaking'),
		text: 'May break clients',
	},
	{ of: ({ risk }) => risk.includes('secret'), text: 'May contain credentials' },
];

function risks(things: readonly Change[]): string[] {
	const lines = RISKS.flatMap(({ of, text }) => {
		const listed = things.filter(of);
		if (listed.length === 0) return [];
		const names = listed.slice(0, NAMED).map((change, index) => {
			const impact = change.impact.length > 0 ? ` (${escaped(change.impact.join(', '))})` : '';
			const kind = listed[index - 1]?.kind === change.kind ? '' : `${change.kind} `;
			return `${kind}${code(change.name)}${impact}`;
		});
		const more = listed.length > NAMED ? `, and ${listed.length - NAMED} more` : '';
		return [`- **${text}:** ${names.join(', ')}${more}`];
	});
	return lines.length === 0 ? [] : ['', '> [!WARNING]', ...lines.map((line) => `> ${line}`)];
}

function problems(issues: readonly ConfigIssue[]): string[] {
	if (issues.length === 0) return [];
	const lines = issues.slice(0, NAMED).map(({ file, path, message, suggestion }) => {
		const place = [file, path].filter(Boolean).join(' ');
		return `> - ${escaped(message)}${place === '' ? '' : ` (${code(place)})`}${suggestion === undefined ? '' : `: ${escaped(suggestion)}`}`;
	});
	const more = issues.length > NAMED ? [`> - and ${issues.length - NAMED} more`] : [];
	return ['', '> [!CAUTION]', '> **This cannot be pushed:**', ...lines, ...more];
}

function driftLines(drift: readonly Change[]): string[] {
	const names = drift.slice(0, NAMED).map(({ kind, name }) => `${kind} ${code(name)}`);
	const more = drift.length > NAMED ? `, and ${drift.length - NAMED} more` : '';
	return [`Only on the instance, and not changed: ${names.join(', ')}${more}.`];
}

function group(kind: Change['kind'], changes: readonly Change[], open: boolean): string[] {
	const paint = plainPaint;
	const options = { paint, width: WIDTH, full: false };
	const lines = changes.flatMap((change) =>
		renderThing(change, { paint, options }).map((line) =>
			// What `diff` of a fence colours: signs in the first column.
			/^ {2}[~→] /.test(line) ? `! ${line.slice(4)}` : line.replace(/^ {2}([+-] )/, '$1'),
		),
	);
	const fence = '`'.repeat(Math.max(3, ...lines.map((line) => longestRun(line) + 1)));
	const signs = { create: '+', update: '~', delete: '-', move: '→', none: '' };
	const counts = (['move', 'create', 'update', 'delete'] as const)
		.map((action) => ({ action, number: changes.filter((change) => change.action === action).length }))
		.filter(({ number }) => number > 0)
		.map(({ action, number }) => `${signs[action]}${number}`);
	return [
		`<details${open ? ' open' : ''}><summary>${TITLES[kind]} ${counts.join(' ')}</summary>`,
		'',
		`${fence}diff`,
		...lines,
		fence,
		'',
		'</details>',
	];
}

const longestRun = (text: string): number => Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));

/** A name as code, so that it is never a link, a mention or a tag. */
function code(text: string): string {
	const plain = printable(text).replaceAll('\n', ' ').replaceAll('|', '\u2223').trim();
	const fence = '`'.repeat(longestRun(plain) + 1);
	const space = plain.startsWith('`') || plain.endsWith('`') || plain === '' ? ' ' : '';
	return `${fence}${space}${plain}${space}${fence}`;
}

/** A sentence that may contain names, with everything escaped that Markdown would interpret. */
const escaped = (text: string): string =>
	printable(text)
		.replaceAll('\n', ' ')
		.replace(/[\\`*_{}[\]<>#|~]/g, (sign) => `\\${sign}`)
		.replace(/@(?=\w)/g, '@\u200b');

/** Only the totals of a plan. */
export function renderSummary(plan: Plan, paint: Paint): string {
	const things = thingsOf(plan.changes.filter(({ kept, action }) => !kept && action !== 'none'));
	return summaryLines(plan, things, paint).join('\n').trim();
}
