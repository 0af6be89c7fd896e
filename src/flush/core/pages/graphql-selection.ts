import { Kind } from 'graphql';
import type { FieldNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';
import { isRecord } from '../../../kernel/core/is-record.js';
import { argumentsOf, commaList, type FilterForm, type Values } from './graphql-arguments.js';
import type { PageModel, Step } from './page-model.js';

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

interface Selected {
	node: FieldNode;
	/** The type of the innermost fragment around it; null outside of fragments. */
	type: string | null;
}

/** The fields of some selections, out of all the fragments around them. */
export function flatSelections(sets: readonly (SelectionSetNode | undefined)[], fragments: Fragments): Selected[] {
	const found: Selected[] = [];
	const spread = new Set<string>();
	const add = (set: SelectionSetNode | undefined, type: string | null) => {
		for (const one of set?.selections ?? []) {
			if (one.kind === Kind.FIELD) found.push({ node: one, type });
			else if (one.kind === Kind.INLINE_FRAGMENT) add(one.selectionSet, one.typeCondition?.name.value ?? type);
			else {
				const fragment = fragments.get(one.name.value);
				// Within another type the same fragment says the same: it names its own.
				if (!fragment || spread.has(one.name.value)) continue;
				spread.add(one.name.value);
				add(fragment.selectionSet, fragment.typeCondition.name.value);
			}
		}
	};
	for (const set of sets) add(set, null);
	return found;
}

/** One level of a query as REST would ask for it. */
export interface Selection {
	fields: string[];
	alias: Record<string, string>;
	deep: Values;
	/** An answer with columns under their own names, whatever the query calls them, and relations as `alias` has them. */
	named(answer: unknown): unknown;
}

interface Form {
	model: PageModel;
	fragments: Fragments;
	values: Values;
	filterForm: FilterForm;
}

interface Relation {
	/** In the answer. */
	key: string;
	field: string;
	step: Step;
	sets: (SelectionSetNode | undefined)[];
	args: Values;
}

interface Inner {
	key: string;
	name: string;
	selection: Selection;
	/** Of a many-to-any: what this part asks of the items of one collection, and the column that names it. */
	scope?: { collection: string; column: string; typeNames: string[] };
}

export function createSelectionForm({ model, fragments, values, filterForm }: Form) {
	function form(collection: string, sets: readonly (SelectionSetNode | undefined)[]): Selection {
		const steps = model.steps(collection);
		const fields: string[] = [];
		const columns: { key: string; field: string }[] = [];
		const relations = new Map<string, Relation>();
		for (const { node } of flatSelections(sets, fragments)) {
			const field = node.name.value;
			const key = node.alias?.value ?? field;
			const step = steps.get(field);
			if (field.startsWith('__')) continue;
			if (step) {
				const known = relations.get(key) ?? { key, field, step, sets: [], args: argumentsOf(node.arguments, values) };
				known.sets.push(node.selectionSet);
				relations.set(key, known);
			} else if (node.selectionSet && field.endsWith('_func') && !model.has(collection, field)) {
				for (const { node: inner } of flatSelections([node.selectionSet], fragments))
					fields.push(`${inner.name.value}(${field.slice(0, -'_func'.length)})`);
			} else {
				fields.push(field);
				columns.push({ key, field });
			}
		}
		const inner = [...relations.values()].flatMap(relation);
		return {
			fields: [
				...fields,
				...inner.flatMap(({ name, selection, scope }) =>
					// Something is asked for, if only its type.
					(selection.fields.length > 0 ? selection.fields : ['__typename']).map(
						(one) => `${scope ? `${name}:${scope.collection}` : name}.${one}`,
					),
				),
			],
			alias: Object.fromEntries(inner.map(({ name, field }) => [name, field])),
			deep: Object.fromEntries(inner.map(({ name, deep }) => [name, deep])),
			named: (answer) => eachItem(answer, (item) => namedItem(item, columns, inner)),
		};
	}

	/** Its name is none that a column can have, so that an alias cannot take a column's place. */
	function relation({ key, field, step, sets, args }: Relation): (Inner & { field: string; deep: Values })[] {
		const asked = (selection: Selection, to: string) => ({
			...selection.deep,
			_filter: filterForm(to, args['filter']),
			_sort: args['sort'] === undefined ? undefined : commaList(args['sort']),
			_search: args['search'],
			_alias: selection.alias,
		});
		if (step.type !== 'a2o') {
			const selection = form(step.to, sets);
			return [{ key, name: `@${key}`, selection, field, deep: asked(selection, step.to) }];
		}
		// Two fragments may give one name to different fields: each is a relation of its own.
		const all = flatSelections(sets, fragments);
		const typeNames = all.flatMap(({ node }) =>
			node.name.value === '__typename' ? [node.alias?.value ?? '__typename'] : [],
		);
		const types = new Set(all.flatMap(({ type }) => (type !== null && step.allowed.includes(type) ? [type] : [])));
		return [...(types.size > 0 ? types : step.allowed)].map((collection) => {
			const chosen = all.filter(({ type }) => type === collection).map(({ node }) => node);
			const selection = form(collection, [{ kind: Kind.SELECTION_SET, selections: chosen }]);
			const scope = { collection, column: step.collectionField, typeNames };
			return { key, name: `@${key}@${collection}`, selection, scope, field, deep: asked(selection, collection) };
		});
	}

	return form;
}

function namedItem(
	item: Record<string, unknown>,
	columns: readonly { key: string; field: string }[],
	relations: readonly Inner[],
): Record<string, unknown> {
	const named: Record<string, unknown> = {};
	for (const { key, field } of columns) if (key in item) named[field] = item[key];
	for (const { key, name, selection, scope } of relations) {
		if (!(key in item)) continue;
		const value = item[key];
		named[name] = selection.named(value);
		if (!scope || !isRecord(value)) continue;
		const type = scope.typeNames.map((typeName) => value[typeName]).find((one) => typeof one === 'string');
		if (type !== undefined) named[scope.column] ??= type;
	}
	return named;
}

function eachItem(answer: unknown, change: (item: Record<string, unknown>) => unknown): unknown {
	if (Array.isArray(answer)) return answer.map((item) => (isRecord(item) ? change(item) : item));
	return isRecord(answer) ? change(answer) : answer;
}
