import { FLUSH_TARGETS, REMOTE_SOURCES, type TargetKind } from '../../../contract/vocabulary.js';
import { isRecord } from '../../../kernel/core/is-record.js';
import { renamed } from './move-names.js';
import { movedFilter, movedPath, type Rewriting } from './move-paths.js';

/** A flush target or remote, as far as it names collections and fields; rules and options as people wrote them. */
export interface TargetRules {
	kind: TargetKind;
	id: string;
	name: string;
	rules: unknown;
	options: unknown;
}

/** The column that rules are in. */
export const RULES_COLUMN = 'schema';

export const tableOf = ({ kind }: Pick<TargetRules, 'kind'>): string =>
	kind === 'flush' ? FLUSH_TARGETS : REMOTE_SOURCES;

/**
 * A target whose rules name what is renamed; the same one where they do not. Rules of remotes stay: what is agreed of each
 * item is kept under the names of both sides, so that a rule may get another name only when both have it.
 */
export function movedTarget(target: TargetRules, rewriting: Rewriting): TargetRules {
	if (target.kind === 'sync') return target;
	const rules = Array.isArray(target.rules)
		? target.rules.map((rule) => movedFlushRule(rule, rewriting))
		: target.rules;
	const after = { ...target, rules, options: movedFlushOptions(target.options, rewriting) };
	return JSON.stringify(after) === JSON.stringify(target) ? target : after;
}

/** A flush rule in either of its spellings. */
export function movedFlushRule(rule: unknown, rewriting: Rewriting): unknown {
	if (!isRecord(rule)) return rule;
	const named = rule['collection'] ?? rule['name'];
	const root = typeof named === 'string' ? named : null;
	const texts = (value: unknown, of: (text: string) => string) =>
		Array.isArray(value) ? value.map((entry: unknown) => (typeof entry === 'string' ? of(entry) : entry)) : value;
	const paths = (value: unknown) => texts(value, (path) => movedPath(path, root, rewriting));
	const templates = (value: unknown) => texts(value, (template) => movedLiquid(template, root, rewriting));
	const after: Record<string, (value: unknown) => unknown> = {
		collection: (value) => (typeof value === 'string' ? renamed(value, rewriting.move) : value),
		payload: paths,
		changed: paths,
		via: paths,
		at: paths,
		tags: templates,
		paths: templates,
		when: (value) => movedFilter(value, root, rewriting),
	};
	// The older spellings of two words.
	after['name'] = after['collection'] ?? ((value) => value);
	after['fields'] = paths;
	return Object.fromEntries(Object.entries(rule).map(([key, value]) => [key, after[key]?.(value) ?? value]));
}

/** With automatic tags it is the options that name collections and dates. */
function movedFlushOptions(options: unknown, rewriting: Rewriting): unknown {
	if (!isRecord(options)) return options;
	const name = (value: string) => (rewriting.move.kind === 'collections' ? renamed(value, rewriting.move) : value);
	const { collections, at } = options;
	return {
		...options,
		...(Array.isArray(collections)
			? { collections: collections.map((value: unknown) => (typeof value === 'string' ? name(value) : value)) }
			: {}),
		...(isRecord(at)
			? {
					at: Object.fromEntries(
						Object.entries(at).map(([collection, paths]) => [
							name(collection),
							Array.isArray(paths) ? paths.map((path) => movedPath(String(path), collection, rewriting)) : paths,
						]),
					),
				}
			: {}),
	};
}

/** What in the braces of a template is no path: the name of a filter, a text, the name of an argument. */
const TOKENS = /(\|\s*\w+|"[^"]*"|'[^']*'|(?<!\w)\w+\s*:)|([A-Za-z_$][\w$-]*(?:\.[\w$-]+)*)/g;

/** A template of tags or paths: `/blog/{{ slug | downcase }}`. */
export const movedLiquid = (template: string, root: string | null, rewriting: Rewriting): string =>
	template.replaceAll(
		/\{\{((?:[^{}]|\{(?!\{)|\}(?!\}))*)\}\}/g,
		(_, inside: string) =>
			`{{${inside.replaceAll(TOKENS, (token: string, other: string | undefined) =>
				other === undefined ? movedPath(token, root, rewriting) : token,
			)}}}`,
	);

/** By their place (`/0/when`), the rules of a remote that name what is renamed. */
export function rulesThatName({ kind, rules }: TargetRules, { move, leads }: Rewriting): number[] {
	if (kind !== 'sync' || !Array.isArray(rules)) return [];
	return rules.flatMap((rule: unknown, index) => {
		if (!isRecord(rule)) return [];
		const named = rule['collection'] ?? rule['name'];
		const root = typeof named === 'string' ? named : null;
		const filter = movedFilter(rule['when'], root, { move, leads });
		const isFiltered = JSON.stringify(filter) !== JSON.stringify(rule['when']);
		const names =
			move.kind === 'collections' ? root === move.from : root === move.collection && travels(rule, move.from);
		return names || isFiltered ? [index] : [];
	});
}

/** Whether a sync rule takes a field along, or says something of it. */
function travels(rule: Record<string, unknown>, field: string): boolean {
	const lists = ['fields', 'match', 'rewrite_ids', 'local_fields'].map((key) => rule[key]);
	const arrival = isRecord(rule['on_arrival']) ? Object.values(rule['on_arrival']) : [];
	return (
		lists.some((list) => Array.isArray(list) && (list.includes(field) || list.includes('*'))) ||
		[rule['references'], ...arrival].some((values) => isRecord(values) && Object.hasOwn(values, field))
	);
}
