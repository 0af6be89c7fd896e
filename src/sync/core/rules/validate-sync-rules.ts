import type { Issue } from '../../../contract/issue.js';
import type { SchemaOverview } from '@directus/types';
import {
	ALL_FIELDS,
	LIMITS,
	syncOptions,
	syncRule,
	readOlderSyncSpelling,
	type SyncOptions,
	type SyncRule,
} from '../../../../schema.js';
import { oversizeOf } from '../../../kernel/core/json-depth.js';
import { nearestName } from '../../../kernel/core/near-miss.js';
import { fieldRefusal } from '../../../kernel/core/never-sent.js';
import {
	checkRuleList,
	didYouMean,
	shapeIssues,
	unknownCollection,
	withSuggestion,
} from '../../../kernel/core/rule-issues.js';
import { validateWhen } from '../../../kernel/filter/validate-when.js';
import { keyTypeOf } from './build-sync-model.js';
import { KNOWN_ANYWAY } from './compile-sync-rules.js';
import { fieldsTravelling, leadsTo, refusalOf, relatedList } from './sync-fields.js';
import { arrivalIssues, languageIssues } from './validate-arrival.js';
import { SYNC_RULE_KEYS } from '../../../contract/vocabulary.js';
import { refusedCollection } from './refused-collections.js';

/** What a rule's ids can be rewritten in. */
const HOLDS_TEXT = ['string', 'text', 'json', 'csv'];

/**
 * Checks the rules of a remote source as `checkFlushRules` does those of a flush target: shape, then meaning against the
 * live schema, then what they need of each other. Never throws on any input. A rule with an issue is null in the answer.
 */
export function checkSyncRules(
	input: unknown,
	schema: SchemaOverview,
): { rules: (SyncRule | null)[]; issues: Issue[] } {
	const shaped = Array.isArray(input) ? input.map((given: unknown) => syncRule.safeParse(given)) : [];
	const all = shaped.flatMap(({ data }) => (data ? [data] : []));
	return checkRuleList(input, (given, index) => {
		const parsed = shaped[index] ?? syncRule.safeParse(given);
		const problems = parsed.success
			? meaning(
					parsed.data,
					shaped.slice(0, index).flatMap(({ data }) => (data ? [data] : [])),
					all,
					schema,
				)
			: parsed.error.issues.flatMap((issue) => shapeIssues(issue, readOlderSyncSpelling(given), SYNC_RULE_KEYS));
		const issues = problems.map((issue) => ({ ...issue, path: inOlderSpelling(issue.path, given) }));
		return { rule: parsed.success && problems.length === 0 ? parsed.data : null, issues };
	});
}

/** Checks the options of a remote source, defaults filled in; paths are JSON pointers into them. */
export function checkSyncOptions(input: unknown): { options: SyncOptions | null; issues: Issue[] } {
	const large = oversizeOf(input, LIMITS.optionsJson);
	if (large !== null) return { options: null, issues: [{ path: '', code: 'too_big', message: large }] };
	const parsed = syncOptions.safeParse(input ?? {});
	if (parsed.success) return { options: parsed.data, issues: [] };
	const known = Object.keys(syncOptions.shape);
	return { options: null, issues: parsed.error.issues.flatMap((issue) => shapeIssues(issue, input, known)) };
}

function meaning(rule: SyncRule, before: SyncRule[], all: SyncRule[], schema: SchemaOverview): Issue[] {
	const { collection } = rule;
	const refused = unknownCollection(collection, schema) ?? refusedCollection(collection);
	if (refused) return [refused];
	if (before.some((other) => other.collection === collection)) {
		const message = `another rule of this source already syncs ${collection}; join the two into one`;
		return [{ path: '/collection', code: 'duplicate_collection', message }];
	}
	const at = (key: string, names: string[], check: (name: string) => Issue | null): Issue[] =>
		names.flatMap((name, index) => {
			const issue = check(name);
			return issue ? [{ ...issue, path: `/${key}/${index}` }] : [];
		});
	const meant = fieldsTravelling(schema, rule);
	return [
		...at('fields', rule.fields, (name) => checkField(name, rule, all, schema)),
		...at('match', rule.match ?? [], (name) => checkMatch(name, rule, meant, schema)),
		...at('local_fields', rule.local_fields ?? [], (name) =>
			schema.collections[collection]?.fields[name]
				? null
				: unknownField(name, rule, Object.keys(schema.collections[collection]?.fields ?? {})),
		),
		...arrivalIssues(rule, schema, unknownField),
		...languageIssues(rule, { meant, all, schema }),
		...at('rewrite_ids', rule.rewrite_ids, (name) => checkRewritten(name, rule, meant, schema)),
		...Object.keys(rule.references).flatMap((name) => {
			const issue = checkReference(name, rule, meant, all, schema);
			return issue ? [{ ...issue, path: `/references/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` }] : [];
		}),
		...validateWhen(rule.when ?? {}, collection, schema).map((issue) => ({ ...issue, path: `/when${issue.path}` })),
	];
}

function checkField(name: string, rule: SyncRule, all: SyncRule[], schema: SchemaOverview): Issue | null {
	const { collection } = rule;
	const { fields = {}, primary } = schema.collections[collection] ?? {};
	// The predecessor's rules name the primary key, without which it would not have been sent.
	if (name === ALL_FIELDS || name === primary) return null;
	const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
	if (!field) return unknownField(name, rule, Object.keys(fields));
	const refusal = refusalOf(schema, collection, name);
	if (refusal !== null) {
		const code = fieldRefusal(schema, collection, name) ? 'secret_field' : field.alias ? 'no_value' : 'cannot_travel';
		return issueOf(code, `"${name}" of ${collection} ${refusal}; take it out`);
	}
	const list = field.alias ? relatedList(schema, collection, name) : null;
	if (!list || list.owned || rule.references[name] === 'stop') return null;
	const related = all.find((other) => other.collection === list.collection);
	if (related && [list.field, ALL_FIELDS].some((wanted) => related.fields.includes(wanted))) return null;
	const what = `"${name}" of ${collection} lists items of ${list.collection}, which know by "${list.field}" what they belong to`;
	return issueOf(
		'needs_rule',
		related
			? `${what}; add "${list.field}" to the fields of the rule for ${list.collection}`
			: `${what}; add a rule for ${list.collection} with the field "${list.field}"`,
	);
}

function unknownField(name: string, { collection }: SyncRule, known: string[]): Issue {
	if (name.includes('.')) {
		const message = `"${name}" is a path; a rule names fields of ${collection} only, and what they lead to has a rule of its own`;
		return issueOf('not_a_field', message);
	}
	const suggestion = nearestName(name, known);
	return withSuggestion(
		issueOf('unknown_field', `${collection} has no field "${name}"${didYouMean(suggestion)}`),
		suggestion,
	);
}

/** The issue for a name that has to be, but is not, one of the rule's fields. */
function notAmong(name: string, rule: SyncRule, meant: string[], schema: SchemaOverview): Issue | null {
	if (meant.includes(name)) return null;
	const known = Object.keys(schema.collections[rule.collection]?.fields ?? {});
	if (!known.includes(name)) return unknownField(name, rule, known);
	return issueOf('not_in_fields', `"${name}" must be among the fields of the rule, so that it travels`);
}

function checkMatch(name: string, rule: SyncRule, meant: string[], schema: SchemaOverview): Issue | null {
	const { fields = {}, primary } = schema.collections[rule.collection] ?? {};
	if (name === primary) return null;
	const problem = notAmong(name, rule, meant, schema);
	if (problem || !fields[name]?.alias) return problem;
	return issueOf('no_value', `"${name}" of ${rule.collection} lists other items, and items cannot be found by it`);
}

function checkRewritten(name: string, rule: SyncRule, meant: string[], schema: SchemaOverview): Issue | null {
	const problem = notAmong(name, rule, meant, schema);
	const type = schema.collections[rule.collection]?.fields[name]?.type ?? '';
	if (problem || HOLDS_TEXT.includes(type)) return problem;
	return issueOf(
		'not_text',
		`"${name}" of ${rule.collection} has the type ${type}; ids are rewritten in text and JSON`,
	);
}

function checkReference(
	name: string,
	rule: SyncRule,
	meant: string[],
	all: SyncRule[],
	schema: SchemaOverview,
): Issue | null {
	const problem = notAmong(name, rule, meant, schema);
	if (problem) return problem;
	const list = relatedList(schema, rule.collection, name);
	const [from, field] = list?.onward ? [list.collection, list.onward] : [rule.collection, name];
	const ends = list && list.onward === null ? [list.collection] : leadsTo(schema, from, field);
	if (ends.length === 0) return issueOf('not_a_relation', `"${name}" of ${rule.collection} is not a relation`);
	if (rule.references[name] === 'stop') return null;
	const unknown = ends.filter(
		(end) =>
			!KNOWN_ANYWAY.includes(end) &&
			keyTypeOf(schema, end) !== 'uuid' &&
			!all.some(({ collection }) => collection === end),
	);
	if (unknown.length < ends.length) return null;
	const message = `"${name}" leads to ${unknown.join(', ')}, whose items have other keys on every instance; add a rule for ${unknown.join(' or ')} or stop it`;
	return issueOf('needs_rule', message);
}

const issueOf = (code: string, message: string): Issue => ({ path: '', code, message });

/** Says `/name` where a rule has `name`, though the rule is read as `collection`. */
function inOlderSpelling(path: string, given: unknown): string {
	if (typeof given !== 'object' || given === null || 'collection' in given || !('name' in given)) return path;
	return path.replace(/^\/collection(?=\/|$)/, '/name');
}
