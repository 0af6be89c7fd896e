import { Kind } from 'graphql';
import type { ArgumentNode, OperationDefinitionNode, ValueNode } from 'graphql';
import { isRecord } from '../../../kernel/core/is-record.js';
import { splitOutsideBrackets } from './depends.js';
import type { PageModel } from './page-model.js';

/** Arguments and variables by name. */
export type Values = Record<string, unknown>;

export const argumentsOf = (given: readonly ArgumentNode[] | undefined, variables: Values): Values =>
	Object.fromEntries((given ?? []).map(({ name, value }) => [name.value, valueOf(value, variables)]));

function valueOf(node: ValueNode, variables: Values): unknown {
	switch (node.kind) {
		case Kind.VARIABLE:
			return variables[node.name.value];
		case Kind.LIST:
			return node.values.map((value) => valueOf(value, variables));
		case Kind.OBJECT:
			return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, valueOf(value, variables)]));
		case Kind.INT:
		case Kind.FLOAT:
			return Number(node.value);
		case Kind.NULL:
			return null;
		default:
			return node.value;
	}
}

/** The variables of a request, with the defaults that the operation declares. */
export function variablesOf(operation: OperationDefinitionNode, given: unknown): Values {
	const defaults = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
		defaultValue ? [[variable.name.value, valueOf(defaultValue, {})] as const] : [],
	);
	return { ...Object.fromEntries(defaults), ...(isRecord(given) ? given : {}) };
}

/** Directus takes `"a,-b"` for two. */
export const commaList = (value: unknown): string[] =>
	(Array.isArray(value) ? value : [value])
		.filter((one) => typeof one === 'string')
		.flatMap((one) => splitOutsideBrackets(one, ','))
		.map((one) => one.trim());

/** Writes filters of GraphQL as REST has them: `item__text` is `item:text`, and `date_func: { year }` is `year(date)`. */
export function createFilterForm(model: PageModel) {
	function form(collection: string, filter: unknown): unknown {
		if (Array.isArray(filter)) return filter.map((one) => form(collection, one));
		if (!isRecord(filter)) return filter;
		return Object.entries(filter).map(([key, value]) => condition(collection, key, value));
	}

	function condition(collection: string, key: string, value: unknown): unknown {
		if (key.startsWith('_')) return { [key]: form(collection, value) };
		const step = model.steps(collection).get(key);
		if (step) return { [key]: step.type === 'a2o' ? value : form(step.to, value) };
		if (key.endsWith('_func') && isRecord(value))
			return Object.entries(value).map(([name, inner]) => ({ [`${name}(${key.slice(0, -5)})`]: inner }));
		const [field = '', scope] = key.split('__');
		if (scope !== undefined && model.steps(collection).get(field)?.type === 'a2o')
			return { [`${field}:${scope}`]: form(scope, value) };
		return { [key]: value };
	}

	return form;
}

export type FilterForm = ReturnType<typeof createFilterForm>;
