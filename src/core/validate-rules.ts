import type { SchemaOverview } from '@directus/types';
import { z } from 'zod';
import { flushOptionsShape, flushRule, readOlderSpellings, type FlushOptions, type FlushRule } from '../../schema.js';
import { adapters } from './adapters/index.js';
import { resolvePath, resolveVia, type PathProblem } from './field-path.js';
import { nearestName } from './near-miss.js';
import { checkRuleList, shapeIssues, unknownCollection } from './rule-issues.js';
import { parseTemplate } from './template.js';
import { validateWhen } from './validate-when.js';
import { ADAPTERS, type AdapterName } from './vocabulary.js';

/** One thing that is wrong with a rule or an option, at the place that a JSON pointer names (`/0/payload/2`). */
export interface Issue {
	path: string;
	code: string;
	message: string;
	suggestion?: string;
}

/** The rules of one target after checking: null where the rule at that place is invalid and stays off. */
export interface CheckedRules {
	rules: (FlushRule | null)[];
	issues: Issue[];
}

/**
 * Checks the rules of a flush target: their shape first, then what they mean against the live schema. Never throws on
 * any input. Each rule stands alone, so that one that became invalid turns only itself off.
 */
export function checkFlushRules(input: unknown, schema: SchemaOverview): CheckedRules {
	return checkRuleList(input, (given) => {
		const parsed = flushRule.safeParse(given);
		const found = parsed.success
			? meaning(parsed.data, schema)
			: parsed.error.issues.flatMap((issue) => shapeIssues(issue, readOlderSpellings(given), RULE_KEYS));
		const issues = found.map((issue) => ({ ...issue, path: inOlderSpelling(issue.path, given) }));
		return { rule: parsed.success && found.length === 0 ? parsed.data : null, issues };
	});
}

/** Checks a target's options: those of every target and those of its adapter, defaults filled in. */
export function checkFlushOptions(
	adapter: unknown,
	input: unknown,
): { options: (FlushOptions & Record<string, unknown>) | null; issues: Issue[] } {
	if (adapter !== null && adapter !== undefined && !ADAPTERS.includes(adapter as AdapterName)) {
		// Not String(adapter): an object with a toString of its own would throw.
		const named = typeof adapter === 'string' ? adapter : JSON.stringify(adapter);
		const suggestion = nearestName(named, ADAPTERS);
		return {
			options: null,
			issues: [
				{
					path: '/adapter',
					code: 'unknown_adapter',
					message: `there is no adapter ${typeof adapter === 'string' ? `"${adapter}"` : named}; there are ${ADAPTERS.join(', ')}`,
					...(suggestion ? { suggestion } : {}),
				},
			],
		};
	}
	const shape = optionsSchema((adapter ?? 'webhook') as AdapterName);
	const parsed = shape.safeParse(input ?? {});
	if (parsed.success) return { options: parsed.data as FlushOptions & Record<string, unknown>, issues: [] };
	return {
		options: null,
		issues: parsed.error.issues.flatMap((issue) => shapeIssues(issue, input, Object.keys(shape.shape))),
	};
}

const optionsSchemas = new Map<AdapterName, z.ZodObject>();

/** Everything that a target with this adapter may set. */
function optionsSchema(adapter: AdapterName): z.ZodObject {
	const known = optionsSchemas.get(adapter);
	if (known) return known;
	const made = z.strictObject({ ...flushOptionsShape, ...adapters[adapter].options.shape });
	optionsSchemas.set(adapter, made);
	return made;
}

const RULE_KEYS = ['collection', 'events', 'payload', 'when', 'changed', 'via', 'tags', 'paths'];

function meaning(rule: FlushRule, schema: SchemaOverview): Issue[] {
	const unknown = unknownCollection(rule.collection, schema);
	if (unknown) return [unknown];
	const issues: Issue[] = [];
	const add = (path: string, problem: PathProblem) => issues.push({ path, ...problem });
	const checkFields = (key: 'payload' | 'changed') =>
		rule[key]?.forEach((field, index) => {
			const result = resolvePath(schema, rule.collection, field);
			if (!result.ok) add(`/${key}/${index}`, result.problem);
		});
	const checkTemplates = (key: 'tags' | 'paths') =>
		rule[key]?.forEach((source, index) => {
			const parsed = parseTemplate(source);
			if (!parsed.ok)
				return issues.push({
					path: `/${key}/${index}`,
					code: 'invalid_template',
					message: `this template cannot be read: ${parsed.message}`,
				});
			for (const path of parsed.template.paths) {
				const result = resolvePath(schema, rule.collection, path);
				if (!result.ok) add(`/${key}/${index}`, result.problem);
			}
			return undefined;
		});
	checkFields('payload');
	checkFields('changed');
	rule.via?.forEach((path, index) => {
		const result = resolveVia(schema, rule.collection, path);
		if (!result.ok) add(`/via/${index}`, result.problem);
	});
	checkTemplates('tags');
	checkTemplates('paths');
	if (rule.when)
		issues.push(
			...validateWhen(rule.when, rule.collection, schema).map((issue) => ({ ...issue, path: `/when${issue.path}` })),
		);
	return issues;
}

/** Says `/fields/0` to somebody who wrote `fields`, though the rule is read as `payload`. */
function inOlderSpelling(path: string, given: unknown): string {
	if (typeof given !== 'object' || given === null) return path;
	if (!('payload' in given) && 'fields' in given) path = path.replace(/^\/payload(?=\/|$)/, '/fields');
	if (!('collection' in given) && 'name' in given) path = path.replace(/^\/collection(?=\/|$)/, '/name');
	return path;
}
