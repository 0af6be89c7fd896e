import type { Issue } from '../../contract/issue.js';
import type { SchemaOverview } from '@directus/types';
import { z } from 'zod';
import {
	flushOptionsShape,
	flushRule,
	LIMITS,
	readOlderSpellings,
	type FlushOptions,
	type FlushRule,
} from '../../../schema.js';
import { adapters } from '../adapters/index.js';
import { refusedCollection, resolvePath, resolveVia, type PathProblem } from '../../kernel/filter/field-path.js';
import { oversizeOf } from '../../kernel/core/json-depth.js';
import { nearestName } from '../../kernel/core/near-miss.js';
import { collectionRefusal } from '../../kernel/core/never-sent.js';
import { checkRuleList, shapeIssues, unknownCollection } from '../../kernel/core/rule-issues.js';
import { parseTemplate } from '../../kernel/core/template.js';
import { validateWhen } from '../../kernel/filter/validate-when.js';
import { dateIssues } from './validate-dates.js';
import { checkAutomatic, isAutomatic } from '../core/pages/automatic-rules.js';
import { purges } from '../core/pages/what-adapters-purge.js';
import { ADAPTERS, type AdapterName } from '../../contract/vocabulary.js';

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
		const problems = parsed.success
			? meaning(parsed.data, schema)
			: parsed.error.issues.flatMap((issue) => shapeIssues(issue, readOlderSpellings(given), RULE_KEYS));
		const issues = problems.map((issue) => ({ ...issue, path: inOlderSpelling(issue.path, given) }));
		return { rule: parsed.success && problems.length === 0 ? parsed.data : null, issues };
	});
}

/**
 * Checks a target's options: those of every target and those of its adapter, defaults filled in. With a schema also what
 * automatic tags are asked for: a collection that is not there any more is left out, and the others go on.
 */
export function checkFlushOptions(
	adapter: unknown,
	input: unknown,
	schema?: SchemaOverview,
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
	const large = oversizeOf(input, LIMITS.optionsJson);
	if (large !== null) return { options: null, issues: [{ path: '', code: 'too_big', message: large }] };
	const shape = optionsSchema((adapter ?? 'webhook') as AdapterName);
	const parsed = shape.safeParse(input ?? {});
	if (parsed.success) {
		const options = parsed.data as FlushOptions & Record<string, unknown>;
		const issues = schema && isAutomatic(options) ? automaticIssues(adapter, options, schema) : [];
		return { options, issues };
	}
	return {
		options: null,
		issues: parsed.error.issues.flatMap((issue) => shapeIssues(issue, input, Object.keys(shape.shape))),
	};
}

function automaticIssues(
	adapter: unknown,
	options: FlushOptions & Record<string, unknown>,
	schema: SchemaOverview,
): Issue[] {
	const name = (adapter ?? 'webhook') as AdapterName;
	const issues = checkAutomatic(options, schema);
	// By path it is told of the pages that a front end has reported.
	if (purges('tags', adapters[name], options) || purges('paths', adapters[name], options)) return issues;
	const message = `with these options the adapter ${name} purges neither tags nor paths, so automatic tags reach nothing`;
	return [{ path: '/tags', code: 'nothing_to_send', message }, ...issues];
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

const RULE_KEYS = ['collection', 'events', 'payload', 'when', 'changed', 'via', 'at', 'tags', 'paths'];

function meaning(rule: FlushRule, schema: SchemaOverview): Issue[] {
	const unknown = unknownCollection(rule.collection, schema);
	if (unknown) return [unknown];
	const refusal = collectionRefusal(rule.collection);
	if (refusal !== null) return [{ path: '/collection', ...refusedCollection(rule.collection, refusal) }];
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
	rule.at?.forEach((field, index) => void issues.push(...dateIssues(schema, rule.collection, field, `/at/${index}`)));
	if (rule.at && !rule.events.includes('update'))
		issues.push({
			path: '/at',
			code: 'no_update',
			message: 'a moment that passes counts as an update: add "update" to "events"',
		});
	checkTemplates('tags');
	checkTemplates('paths');
	if (rule.when)
		issues.push(
			...validateWhen(rule.when, rule.collection, schema).map((issue) => ({ ...issue, path: `/when${issue.path}` })),
		);
	return issues;
}

/** Says `/fields/0` where a rule has `fields`, though the rule is read as `payload`. */
function inOlderSpelling(path: string, given: unknown): string {
	if (typeof given !== 'object' || given === null) return path;
	if (!('payload' in given) && 'fields' in given) path = path.replace(/^\/payload(?=\/|$)/, '/fields');
	if (!('collection' in given) && 'name' in given) path = path.replace(/^\/collection(?=\/|$)/, '/name');
	return path;
}
