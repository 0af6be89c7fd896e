import type { Issue } from '../../contract/issue.js';
import { isRecord } from '../core/is-record.js';
import type { SchemaOverview } from '@directus/types';
import { hopsFrom, resolvePath } from './field-path.js';
import { nearestName } from '../core/near-miss.js';
import { FILTER_OPERATORS, LIST_OPERATORS } from './filter-operators.js';
import { isNow, isOfUser, isReadableNow } from './resolve-filter.js';

const OPERATORS: string[] = [...FILTER_OPERATORS];
const TAKES_LIST: readonly string[] = LIST_OPERATORS;

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
		return validateOperand(operator, condition[operator], typeOf(key, field, collection, schema));
	});
}

/** What Directus compares a condition's operand as. */
function typeOf(key: string, field: string, collection: string, schema: SchemaOverview): string {
	const called = /^(\w+)\(/.exec(key)?.[1];
	if (called === 'json') return 'json';
	return called ? 'integer' : (schema.collections[collection]?.fields[field]?.type ?? 'unknown');
}

const ASKS_FOR_NOTHING = ['_null', '_nnull', '_empty', '_nempty', '_json'];
const INTEGERS: Record<string, [bigint, bigint]> = {
	integer: [-2_147_483_648n, 2_147_483_647n],
	bigInteger: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
};

/** Whether the database can compare a column of that type with it at all: some would refuse, and the rule would fail. */
function validateOperand(operator: string, operand: unknown, type: string): Issue[] {
	if (Array.isArray(operand))
		return operand.flatMap((entry, index) =>
			validateOperand(operator, entry, type).map((issue) => ({ ...issue, path: `/${operator}/${index}` })),
		);
	const issue = (code: string, message: string): Issue[] => [{ path: `/${operator}`, code, message }];
	if (isOfUser(operand)) {
		return issue(
			'user_variable',
			`"${operand}" stands for the user of a request, and rules are evaluated without one: write the value itself`,
		);
	}
	if (isNow(operand)) {
		if (!isReadableNow(operand))
			return issue('invalid_value', `"${operand}" has no offset that can be read; expected such as $NOW(-1 day)`);
		return DATES.includes(type) || TEXTS.includes(type)
			? []
			: issue('invalid_value', `"${operand}" is a moment, and the column holds ${type}`);
	}
	if (operand === null || operand === undefined || ASKS_FOR_NOTHING.includes(operator)) return [];
	const shown = (JSON.stringify(operand) ?? '').slice(0, 60);
	const wrong = (expected: string) => issue('invalid_value', `${shown} does not fit the column: expected ${expected}`);
	const range = INTEGERS[type];
	if (range) {
		const whole = /^[+-]?\d{1,20}$/.test(String(operand).trim()) && typeof operand !== 'object';
		if (!whole) return wrong('a whole number');
		const number = BigInt(String(operand).trim().replace('+', ''));
		return number < range[0] || number > range[1] ? wrong(`a number from ${range[0]} to ${range[1]}`) : [];
	}
	if (type === 'float' || type === 'decimal')
		return (typeof operand === 'number' || typeof operand === 'string') &&
			String(operand).trim() !== '' &&
			Number.isFinite(Number(operand))
			? []
			: wrong('a number');
	if (type === 'boolean')
		return [true, false, 0, 1, '0', '1', 'true', 'false', 'null', 'NULL'].includes(operand as never)
			? []
			: wrong('true or false');
	if (type === 'uuid')
		return typeof operand === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^(null|NULL)$/i.test(operand)
			? []
			: wrong('a UUID');
	if (['timestamp', 'dateTime', 'date'].includes(type))
		return typeof operand === 'string' && (/^\d{4}-\d{2}-\d{2}/.test(operand) || /^null$/i.test(operand))
			? Number.isNaN(Date.parse(operand)) && !/^null$/i.test(operand)
				? wrong('a date that there is')
				: []
			: wrong('a date such as 2026-01-31 or 2026-01-31T12:00:00Z, or $NOW');
	return typeof operand === 'object' && TEXTS.includes(type) ? wrong('a text') : [];
}

const DATES = ['timestamp', 'dateTime', 'date', 'time'];
const TEXTS = ['string', 'text', 'csv', 'unknown'];

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
