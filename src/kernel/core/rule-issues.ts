import type { Issue } from '../../contract/issue.js';
import type { SchemaOverview } from '@directus/types';
import type { z } from 'zod';
import { LIMITS } from '../../../schema.js';
import { oversizeOf } from './json-depth.js';
import { nearestName } from './near-miss.js';

/**
 * Checks a list of rules one by one, so that a wrong one turns only itself off: null stands where it was.
 *
 * @param check what is wrong with one rule, with paths within it; the rule as it was read, null where it is wrong
 */
export function checkRuleList<Rule>(
	input: unknown,
	check: (given: unknown, index: number) => { rule: Rule | null; issues: Issue[] },
): { rules: (Rule | null)[]; issues: Issue[] } {
	if (!Array.isArray(input)) {
		const got =
			input === null || input === undefined ? 'nothing' : typeof input === 'object' ? 'an object' : `a ${typeof input}`;
		return { rules: [], issues: [{ path: '', code: 'invalid_type', message: `expected a list of rules, got ${got}` }] };
	}
	if (input.length > LIMITS.rules) {
		const message = `${input.length} rules are too many for one target; ${LIMITS.rules} are allowed`;
		return { rules: [], issues: [{ path: '', code: 'too_big', message }] };
	}
	const large = oversizeOf(input, LIMITS.rulesJson);
	if (large !== null) return { rules: [], issues: [{ path: '', code: 'too_big', message: large }] };
	const checked = input.map(check);
	return {
		rules: checked.map(({ rule }) => rule),
		issues: checked.flatMap(({ issues }, index) =>
			issues.map((issue) => ({ ...issue, path: `/${index}${issue.path}` })),
		),
	};
}

/**
 * An issue of zod's in our words, with what a misspelt name resembles.
 *
 * @param given what was parsed, older spellings read
 * @param known the names that its top level may have
 */
export function shapeIssues(issue: z.core.$ZodIssue, given: unknown, known: readonly string[]): Issue[] {
	const path = pointer(issue.path);
	if (issue.code === 'unrecognized_keys') {
		return issue.keys.map((key) => {
			const suggestion = nearestName(key, issue.path.length === 0 ? known : []);
			const message = `"${key}" is not known here${didYouMean(suggestion)}`;
			return withSuggestion({ path: `${path}${pointer([key])}`, code: 'unknown_key', message }, suggestion);
		});
	}
	if (issue.code === 'invalid_value') {
		const value = issue.path.reduce<unknown>(
			(node, key) =>
				typeof node === 'object' && node !== null ? (node as Record<PropertyKey, unknown>)[key] : undefined,
			given,
		);
		const suggestion = typeof value === 'string' ? nearestName(value, issue.values.map(String)) : undefined;
		return [withSuggestion({ path, code: issue.code, message: issue.message }, suggestion)];
	}
	const key = issue.path.at(-1);
	const missing = issue.code === 'invalid_type' && /received undefined/.test(issue.message);
	return [
		{
			path,
			code: missing ? 'required' : issue.code,
			message: missing && typeof key === 'string' ? `"${key}" is required: ${issue.message}` : issue.message,
		},
	];
}

/** The issue for a rule whose collection does not exist; null if it does. */
export function unknownCollection(collection: string, schema: SchemaOverview): Issue | null {
	if (Object.hasOwn(schema.collections, collection)) return null;
	const suggestion = nearestName(collection, Object.keys(schema.collections));
	const message = `there is no collection "${collection}"${didYouMean(suggestion)}`;
	return withSuggestion({ path: '/collection', code: 'unknown_collection', message }, suggestion);
}

/** The end of a sentence about a name that is not known. */
export const didYouMean = (suggestion: string | undefined): string =>
	suggestion ? `; did you mean "${suggestion}"?` : '';

export const withSuggestion = (issue: Issue, suggestion: string | undefined): Issue =>
	suggestion ? { ...issue, suggestion } : issue;

/** RFC 6901. */
export function pointer(path: readonly PropertyKey[]): string {
	return path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
