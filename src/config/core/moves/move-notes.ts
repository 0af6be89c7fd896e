import type { ConfigIssue } from '../../../contract/plan.js';
import { isRecord } from '../../../kernel/core/is-record.js';
import type { Row } from '../../../kernel/core/row.js';
import type { ConfigState } from '../elements/config-state.js';
import { nameAfter, nameBefore, type Move } from './move-names.js';
import { leadsOf } from './move-paths.js';
import { rulesThatName } from './move-rules.js';

/** What names something that is renamed and does not follow, so that it has to be changed by hand; each by its name. */
export function notesOn(before: ConfigState, after: ConfigState, move: Move): ConfigIssue[] {
	const [was, becomes] = [nameBefore(move), nameAfter(move)];
	const note = (message: string, suggestion: string): ConfigIssue => ({
		file: null,
		path: `moved:${was}`,
		code: 'names_left',
		message,
		suggestion,
	});
	const rewriting = { move, leads: leadsOf(before.snapshot) };
	const remotes = (before.targets ?? []).flatMap((target) => {
		const rules = rulesThatName(target, rewriting);
		if (rules.length === 0) return [];
		const places = `rule${rules.length === 1 ? '' : 's'} ${rules.map((index) => index + 1).join(', ')}`;
		return [
			note(
				`remote "${target.name}" syncs "${was}" by its ${places}, which ${rules.length === 1 ? 'does' : 'do'} not follow: nothing of it is synced from then on`,
				`rename it on both sides, change the rules to "${becomes}" on both, with "match" where keys are numbers, and compare`,
			),
		];
	});
	const flows = new Map(before.rows.flows.map((flow) => [flow['id'], flow]));
	const operations = after.rows.operations.flatMap((operation) => {
		const left = textsLeft(operation, move, isAbout(operation['flow'], before, move));
		if (left.length === 0) return [];
		const flow = flows.get(operation['flow']);
		return [
			note(
				`operation "${String(operation['name'] ?? operation['key'])}" of flow "${String(flow?.['name'])}" still has "${move.from}" in ${left.join(', ')}`,
				`look at it after the push: it may mean "${becomes}"`,
			),
		];
	});
	return [...remotes, ...operations];
}

/** Whether a flow has to do with the collection of a field that is renamed. */
function isAbout(flow: unknown, { rows }: ConfigState, move: Move): boolean {
	if (move.kind === 'collections') return true;
	const names = (options: unknown): boolean => {
		if (!isRecord(options)) return false;
		const { collection, collections } = options;
		return collection === move.collection || (Array.isArray(collections) && collections.includes(move.collection));
	};
	return (
		rows.flows.some((row) => row['id'] === flow && names(row['options'])) ||
		rows.operations.some((row) => row['flow'] === flow && names(row['options']))
	);
}

/** Where in its options an operation still has the former name, and may mean it. */
function textsLeft({ options }: Row, move: Move, isAboutIt: boolean): string[] {
	if (!isAboutIt) return [];
	const name = move.from.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
	const word = `(?<![\\w$-])${name}(?![\\w-])`;
	const inCode = new RegExp(word);
	const inText =
		move.kind === 'collections'
			? new RegExp(`/(?:items|content)/${name}(?![\\w-])`)
			: new RegExp(`\\{\\{[^{}]*${word}[^{}]*\\}\\}`);
	const places: string[] = [];
	const look = (value: unknown, path: string, isCode: boolean): void => {
		if (typeof value === 'string' && (isCode ? inCode : inText).test(value)) places.push(path);
		if (Array.isArray(value)) for (const entry of value) look(entry, path, isCode);
		if (isRecord(value))
			for (const [key, entry] of Object.entries(value))
				look(entry, path === '' ? key : `${path}.${key}`, key === 'code');
	};
	look(options, '', false);
	return [...new Set(places)];
}
