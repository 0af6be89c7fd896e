import type { Bundle, Element, ElementKind, ExtensionState, Snapshot } from '../contract/bundle.js';
import { columnOf, sameJson } from './core/plan/diff-values.js';
import { movedIssue, valueAt } from './core/plan/moved-values.js';
import { isElementKind } from './core/elements/kinds.js';
import type { PlanOptions } from './core/plan/plan-options.js';
import type { Change, ConfigIssue, Plan } from '../contract/plan.js';
import { fieldName } from './core/schema/schema-changes.js';
import { isRecord } from '../kernel/core/is-record.js';
import type { CurrentConfig } from './plan-wish.js';
import { refuseIssues } from './refusal.js';
import { isApplied, isSchemaChange } from './schema-steps.js';
import { underPlannedIds } from './take-back.js';

/**
 * The bundle that a plan leads to, for a plan that is pushed without one: the present configuration with the plan's steps
 * applied. Each step has to find the value that the plan was made from; otherwise it was changed meanwhile (409). A step whose
 * result the plan alone does not say, such as a new entry's place in a list, needs the bundle (400).
 */
export function bundleOfPlan(
	plan: Plan,
	found: CurrentConfig,
	options: PlanOptions,
): { wanted: Bundle; options: PlanOptions } {
	const current = underPlannedIds(found, plan.adoptions);
	const moved: ConfigIssue[] = [];
	const unclear: ConfigIssue[] = [];
	const entries = new Map<string, Record<string, unknown>>(entriesOf(current));
	const applied = plan.changes.filter(isApplied);
	for (const change of applied) {
		const step = `${change.kind}:${change.sync_id}`;
		const now = entries.get(step);
		const issue = (code: string, message: string): ConfigIssue => ({ file: null, path: step, code, message });
		// The names are the new ones here.
		if (change.action === 'move') continue;
		if (change.action === 'create') {
			if (now) moved.push(issue('changed_since', `${step} "${change.name}" is there already`));
			entries.set(step, {
				...placeOf(change),
				...Object.fromEntries(change.fields.map(({ field, to }) => [field, to])),
			});
			continue;
		}
		if (!now) {
			moved.push(issue('changed_since', `${step} "${change.name}" is not there any more`));
			continue;
		}
		if (change.action === 'delete') {
			entries.delete(step);
			continue;
		}
		const becomes: Record<string, unknown> = { ...now };
		for (const { field, from, to } of change.fields) {
			const column = columnOf(field);
			const result = withValue(becomes[column] ?? null, field.slice(column.length), { from, to });
			if (result === 'moved')
				moved.push(movedIssue(change, { field, from, to: valueAt(becomes[column], field.slice(column.length)) }));
			else if (result === 'unclear')
				unclear.push(
					issue('needs_bundle', `${field} of "${change.name}" needs the bundle that the plan was made from`),
				);
			else becomes[column] = result.value;
		}
		entries.set(step, becomes);
	}
	if (moved.length > 0) refuseIssues('The configuration is not what it was when the plan was made', moved, 409);
	if (unclear.length > 0) refuseIssues('Send the bundle with the plan', unclear);
	const elements = [...new Set([...applied, ...plan.adoptions].map(({ kind }) => kind))].filter(isElementKind);
	return {
		wanted: bundleFrom(entries, current, elements, applied),
		options: {
			...options,
			mirror: true,
			choices: decided(plan),
			select: { elements: [...new Set(applied.map(({ kind, sync_id }) => `${kind}:${sync_id}`))] },
		},
	};
}

/** Which element is which was decided when the plan was made. */
function decided({ adoptions, changes }: Plan): Record<string, string> {
	const created = changes.filter(({ kind, action, kept }) => isElementKind(kind) && action === 'create' && !kept);
	return Object.fromEntries([
		...adoptions.map(({ kind, sync_id, local_id }) => [`${kind}:${sync_id}`, local_id]),
		...created.map(({ kind, sync_id }) => [`${kind}:${sync_id}`, 'new']),
	]);
}

function placeOf({ kind, sync_id }: Change): Record<string, unknown> {
	if (isElementKind(kind)) return { _syncId: sync_id };
	const dot = sync_id.indexOf('.');
	return dot === -1 ? { collection: sync_id } : { collection: sync_id.slice(0, dot), field: sync_id.slice(dot + 1) };
}

type Placed = { value: unknown } | 'moved' | 'unclear';

/**
 * Replaces what a path leads to in a value. Paths are written for people, and keys with dots make them ambiguous: the reading
 * that finds the value from before the change is the one that was meant.
 */
function withValue(value: unknown, path: string, change: { from: unknown; to: unknown }): Placed {
	if (path === '') return sameJson(value ?? null, change.from ?? null) ? { value: change.to ?? null } : 'moved';
	if (Array.isArray(value)) return inList(value, path, change);
	if (!isRecord(value)) return 'moved';
	const readings = Object.keys(value).flatMap((key): Placed[] => {
		const rest = path.slice(key.length + 1);
		if (!path.startsWith(`.${key}`) || !/^($|[.[])/.test(rest)) return [];
		const { [key]: inner, ...others } = value;
		if (rest === '' && change.to === undefined) return [sameJson(inner, change.from) ? { value: others } : 'moved'];
		const result = withValue(inner, rest, change);
		return [typeof result === 'string' ? result : { value: { ...value, [key]: result.value } }];
	});
	const isNew = change.from === undefined && path.startsWith('.');
	if (readings.length === 0 && isNew) return { value: { ...value, [path.slice(1)]: change.to } };
	return onlyOne(readings);
}

function inList(list: unknown[], path: string, change: { from: unknown; to: unknown }): Placed {
	const readings = list.flatMap((entry, index): Placed[] => {
		const values = isRecord(entry) ? Object.values(entry) : [];
		const names = new Set(values.filter((name) => typeof name === 'string' || typeof name === 'number').map(String));
		return [...names].flatMap((name): Placed[] => {
			if (!path.startsWith(`[${name}]`)) return [];
			const rest = path.slice(name.length + 2);
			if (rest === '' && change.to === undefined)
				return [sameJson(entry, change.from) ? { value: list.toSpliced(index, 1) } : 'moved'];
			const result = withValue(entry, rest, change);
			return [typeof result === 'string' ? result : { value: list.with(index, result.value) }];
		});
	});
	if (readings.length === 0 && change.from === undefined) return 'unclear';
	return onlyOne(readings);
}

function onlyOne(readings: Placed[]): Placed {
	const possible = readings.filter((reading) => reading !== 'moved');
	const [first] = possible;
	if (first === undefined) return 'moved';
	return possible.length === 1 ? first : 'unclear';
}

function* entriesOf({ schema, elements, extensions = [] }: Bundle): Generator<[string, Record<string, unknown>]> {
	for (const [kind, list] of Object.entries(elements))
		for (const element of list) yield [`${kind}:${element._syncId}`, element];
	for (const extension of extensions) yield [`extensions:${extension.name}`, extension];
	for (const entry of schema?.collections ?? []) yield [`collections:${entry.collection}`, entry];
	for (const entry of schema?.fields ?? []) yield [`fields:${fieldName(entry)}`, entry];
	for (const entry of schema?.relations ?? []) yield [`relations:${fieldName(entry)}`, entry];
}

function bundleFrom(
	entries: ReadonlyMap<string, Record<string, unknown>>,
	current: Bundle,
	touched: ElementKind[],
	applied: Change[],
): Bundle {
	const of = (kind: string) => [...entries].filter(([step]) => step.startsWith(`${kind}:`)).map(([, entry]) => entry);
	const changesSchema = applied.some(isSchemaChange);
	const elements: Bundle['elements'] = {};
	for (const kind of touched) elements[kind] = of(kind) as Element[];
	return {
		...current,
		elements,
		...(current.extensions ? { extensions: of('extensions') as ExtensionState[] } : {}),
		schema:
			current.schema && changesSchema
				? {
						...current.schema,
						collections: of('collections') as Snapshot['collections'],
						fields: of('fields') as Snapshot['fields'],
						relations: of('relations') as Snapshot['relations'],
					}
				: null,
	};
}
