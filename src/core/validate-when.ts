import { isRecord } from './is-record.js';
import type { SchemaOverview } from '@directus/types';
import { hopsFrom, resolvePath } from './field-path.js';
import { nearestName } from './near-miss.js';
import type { Issue } from './validate-rules.js';

/** Directus' filter operators (https://directus.io/docs/guides/connect/filter-rules). */
const OPERATORS =
	'eq neq lt lte gt gte in nin null nnull empty nempty between nbetween contains ncontains icontains nicontains starts_with nstarts_with istarts_with nistarts_with ends_with nends_with iends_with niends_with intersects nintersects intersects_bbox nintersects_bbox json'
		.split(' ')
		.map((name) => `_${name}`);

const TAKES_LIST = ['_in', '_nin', '_between', '_nbetween'];

/** Checks a `when` filter against the live schema; paths are JSON pointers below `/when`. Bounded by its nesting. */
export function validateWhen(
	filter: Record<string, unknown>,
	collection: string,
	schema: SchemaOverview,
	depth = 0,
): Issue[] {
	if (depth > 20) return [{ path: '', code: 'too_deep', message: 'the filter is nested more than 20 levels deep' }];
	return Object.entries(filter).flatMap(([key, condition]) => {
		const path = pointerTo(key);
		const below = (issues: Issue[]) => issues.map((issue) => ({ ...issue, path: `${path}${issue.path}` }));
		if (key === '_and' || key === '_or') {
			if (!Array.isArray(condition))
				return [{ path, code: 'invalid_type', message: `"${key}" takes a list of filters` }];
			return below(
				condition.flatMap((entry: unknown, index) =>
					isRecord(entry)
						? validateWhen(entry, collection, schema, depth + 1).map((issue) => ({
								...issue,
								path: `/${index}${issue.path}`,
							}))
						: [{ path: `/${index}`, code: 'invalid_type', message: 'expected a filter' }],
				),
			);
		}
		if (key.startsWith('_')) return [unknownOperator(key, path, ['_and', '_or'])];
		return below(validateField(key, condition, collection, schema, depth));
	});
}

function validateField(
	key: string,
	condition: unknown,
	collection: string,
	schema: SchemaOverview,
	depth: number,
): Issue[] {
	const name = /^\w+\(([\w.]+)\)$/.exec(key)?.[1] ?? key;
	const [field = '', scope] = name.split(':');
	const hops = hopsFrom(schema, collection, field).filter((hop) => scope === undefined || hop.to === scope);
	if (hops.length === 0 || scope === undefined) {
		const result = resolvePath(schema, collection, field);
		if (!result.ok) return [{ path: '', ...result.problem }];
	}
	if (!isRecord(condition)) {
		return [
			{
				path: '',
				code: 'invalid_type',
				message: `expected an operator, such as {"_eq": ${JSON.stringify(condition ?? null)?.slice(0, 60) ?? 'null'}}`,
			},
		];
	}
	const quantified = ['_some', '_none'].find((quantifier) => quantifier in condition);
	if (quantified) {
		const inner = condition[quantified];
		if (hops.length === 0)
			return [
				{
					path: `/${quantified}`,
					code: 'not_a_relation',
					message: `"${field}" of ${collection} holds no list of items`,
				},
			];
		if (!isRecord(inner)) return [{ path: `/${quantified}`, code: 'invalid_type', message: 'expected a filter' }];
		return nested(
			inner,
			hops.map((hop) => hop.to),
			schema,
			depth,
		).map((issue) => ({ ...issue, path: `/${quantified}${issue.path}` }));
	}
	const operators = Object.keys(condition).filter(
		(operator) => operator.startsWith('_') && operator !== '_and' && operator !== '_or',
	);
	if (hops.length > 0 && operators.length === 0)
		return nested(
			condition,
			hops.map((hop) => hop.to),
			schema,
			depth,
		);
	if (hops.length === 0 && operators.length !== Object.keys(condition).length) {
		const wrong = Object.keys(condition).find((operator) => !operator.startsWith('_')) ?? '';
		return [
			{
				path: pointerTo(wrong),
				code: 'not_a_relation',
				message: `"${field}" of ${collection} is not a relation, so it has no "${wrong}"`,
			},
		];
	}
	return operators.flatMap((operator) => {
		if (!OPERATORS.includes(operator)) return [unknownOperator(operator, pointerTo(operator), OPERATORS)];
		if (TAKES_LIST.includes(operator) && !Array.isArray(condition[operator]))
			return [{ path: `/${operator}`, code: 'invalid_type', message: `"${operator}" takes a list` }];
		return [];
	});
}

/** A many-to-any filter is right as soon as one of the collections it may lead to has what it names. */
function nested(
	filter: Record<string, unknown>,
	collections: string[],
	schema: SchemaOverview,
	depth: number,
): Issue[] {
	const results = collections.map((collection) => validateWhen(filter, collection, schema, depth + 1));
	return results.find((issues) => issues.length === 0) ?? results[0] ?? [];
}

function unknownOperator(operator: string, path: string, known: string[]): Issue {
	const suggestion = nearestName(operator, known);
	return {
		path,
		code: 'unknown_operator',
		message: `"${operator}" is not a filter operator${suggestion ? `; did you mean "${suggestion}"?` : ''}`,
		...(suggestion ? { suggestion } : {}),
	};
}

const pointerTo = (key: string) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
