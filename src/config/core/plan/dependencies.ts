import { isRecord } from '../../../kernel/core/is-record.js';
import type { Element } from '../../../contract/bundle.js';
import { columnOf } from './diff-values.js';
import { referencesOf } from '../elements/element-values.js';
import { isElementKind, kinds } from '../elements/kinds.js';
import type { Change } from '../../../contract/plan.js';
import { stepOf } from '../../../contract/config-kinds.js';
import { part } from '../schema/schema-vendors.js';

/** `later` cannot be done before `earlier`. */
export interface Dependency {
	earlier: Change;
	later: Change;
	/** Whose value is the reason; where it may be set in a second step, cycles are broken there. */
	owner: Change;
	field: string;
	/** The owner's column that may be left open at first; null where it may not. */
	column: string | null;
}

/** The elements that steps are of, before and after. */
export interface Sides {
	/** `kind:syncId` ⇒ the element as it is on the target. */
	before: ReadonlyMap<string, Element>;
	/** The same as the bundle wants it. */
	after: ReadonlyMap<string, Element>;
}

/** Columns of which no two rows may have the same value at any time; those given together count together. */
const UNIQUE: Partial<Record<Change['kind'], string[][]>> = {
	flows: [['operation']],
	operations: [['resolve'], ['reject']],
	translations: [['language', 'key']],
};

/** Why steps of a plan have to wait for each other. Every step and every reference is looked at once. */
export function dependenciesOf(changes: readonly Change[], sides: Sides): Dependency[] {
	const dependencies: Dependency[] = [];
	const steps: Steps = { create: new Map(), update: new Map(), delete: new Map() };
	for (const change of changes)
		if (change.action !== 'none' && change.action !== 'move') steps[change.action].set(stepOf(change), change);
	const bySyncId = Map.groupBy(steps.create.values(), ({ sync_id }) => sync_id);
	for (const change of changes) {
		if (isElementKind(change.kind)) elementDependencies(change, { steps, bySyncId, sides }, dependencies);
		else if (change.kind !== 'extensions') schemaDependencies(change, steps, dependencies);
	}
	uniqueDependencies(changes, sides, dependencies);
	return dependencies;
}

interface Steps {
	create: Map<string, Change>;
	update: Map<string, Change>;
	delete: Map<string, Change>;
}

interface Known {
	steps: Steps;
	/** Created elements, by SyncID alone. */
	bySyncId: Map<string, Change[]>;
	sides: Sides;
}

function elementDependencies(change: Change, { steps, bySyncId, sides }: Known, dependencies: Dependency[]): void {
	const { kind } = change;
	if (!isElementKind(kind)) return;
	const before = sides.before.get(stepOf(change));
	const after = sides.after.get(stepOf(change));
	const columns = new Set(change.fields.map(({ field }) => columnOf(field)));
	if (change.action !== 'delete' && after) {
		for (const { kind: other, id, path } of referencesOf(kind, after)) {
			const earlier = columns.has(path[0] ?? '') && steps.create.get(`${other}:${id}`);
			if (earlier) dependencies.push(dependency(earlier, change, change, path));
		}
		for (const { id, path } of namedInJson(after, columns)) {
			for (const earlier of bySyncId.get(id) ?? []) dependencies.push(dependency(earlier, change, change, path));
		}
		const collection = steps.create.get(`collections:${String(after['collection'])}`);
		if (collection && columns.has('collection')) {
			dependencies.push({ earlier: collection, later: change, owner: change, field: 'collection', column: null });
		}
	}
	if (change.action === 'create' || !before) return;
	for (const { kind: other, id, path } of referencesOf(kind, before)) {
		const later = steps.delete.get(`${other}:${id}`);
		// A flow's first operation is no foreign key: it may go before the flow does.
		if (!later || path.length > 1 || (kind === 'flows' && change.action === 'delete' && path[0] === 'operation'))
			continue;
		if (change.action === 'delete' || columns.has(path[0] ?? ''))
			dependencies.push(dependency(change, later, change, path));
	}
	const dropped = steps.delete.get(`collections:${String(before['collection'])}`);
	if (dropped && (change.action === 'delete' || columns.has('collection'))) {
		dependencies.push({ earlier: change, later: dropped, owner: change, field: 'collection', column: null });
	}
}

function dependency(earlier: Change, later: Change, owner: Change, path: string[]): Dependency {
	const [column = ''] = path;
	const required = isElementKind(owner.kind) && kinds[owner.kind].required.includes(column);
	const field = path.filter((key) => !/^\d+$/.test(key)).join('.');
	return { earlier, later, owner, field, column: required ? null : column };
}

const SYNC_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|_sync_default_[a-z_]+/gi;

/** Ids within the JSON of an element; what they are of is not said. */
function namedInJson(element: Element, columns: ReadonlySet<string>): { id: string; path: string[] }[] {
	const references: { id: string; path: string[] }[] = [];
	const walk = (value: unknown, path: string[]): void => {
		if (typeof value === 'string') {
			if (value.length >= 22) for (const [id] of value.matchAll(SYNC_ID)) references.push({ id, path });
		} else if (Array.isArray(value)) value.forEach((entry, index) => walk(entry, [...path, String(index)]));
		else if (isRecord(value)) {
			for (const [key, entry] of Object.entries(value)) {
				walk(key, [...path, key]);
				walk(entry, [...path, key]);
			}
		}
	};
	for (const column of columns) if (typeof element[column] === 'object') walk(element[column], [column]);
	return references;
}

/** What is created takes the place of what goes, where there can only be one of them. */
function uniqueDependencies(changes: readonly Change[], sides: Sides, dependencies: Dependency[]): void {
	const left = new Map<string, Change>();
	const place = ({ kind }: Change, columns: string[], element: Element | undefined): string | null => {
		const values = columns.map((column) => element?.[column] ?? null);
		return element && values.every((value) => value !== null) ? JSON.stringify([kind, columns, values]) : null;
	};
	for (const change of changes) {
		if (change.action !== 'update' && change.action !== 'delete') continue;
		const [before, after] = [sides.before.get(stepOf(change)), sides.after.get(stepOf(change))];
		for (const columns of UNIQUE[change.kind] ?? []) {
			const was = place(change, columns, before);
			if (
				was &&
				(change.action === 'delete' || was !== place(change, columns, { ...before, ...after, _syncId: change.sync_id }))
			) {
				left.set(was, change);
			}
		}
	}
	for (const change of changes) {
		if (change.action !== 'update' && change.action !== 'create') continue;
		const [before, after] = [sides.before.get(stepOf(change)), sides.after.get(stepOf(change))];
		for (const columns of UNIQUE[change.kind] ?? []) {
			const becomes = place(change, columns, { ...before, ...after, _syncId: change.sync_id });
			const earlier = becomes === null ? undefined : left.get(becomes);
			if (!earlier || earlier === change) continue;
			const [column = ''] = columns;
			dependencies.push({
				...dependency(earlier, change, change, columns),
				column: columns.length === 1 ? column : null,
			});
		}
	}
}

function schemaDependencies(change: Change, steps: Steps, dependencies: Dependency[]): void {
	const wait = (later: Change, field: string, earlier: Change | undefined, column: string | null = null) => {
		if (earlier && earlier !== later) dependencies.push({ earlier, later, owner: change, field, column });
	};
	const value = (name: string) => {
		const field = change.fields.find((entry) => entry.field === name);
		return field?.to ?? field?.from;
	};
	const [collection = ''] = change.sync_id.split('.');
	if (change.action === 'create' || change.action === 'update') {
		if (change.kind === 'collections') {
			const group = change.action === 'create' ? part(value('meta'))['group'] : value('meta.group');
			wait(change, 'meta.group', steps.create.get(`collections:${String(group)}`));
		} else wait(change, 'collection', steps.create.get(`collections:${collection}`));
		if (change.kind === 'relations') {
			wait(change, 'field', steps.create.get(`fields:${change.sync_id}`));
			wait(change, 'related_collection', steps.create.get(`collections:${String(value('related_collection'))}`));
			const oneField = part(value('meta'))['one_field'];
			wait(
				change,
				'meta.one_field',
				steps.create.get(`fields:${String(value('related_collection'))}.${String(oneField)}`),
			);
		}
		// What takes the place of a column that goes.
		wait(change, 'type', steps.delete.get(stepOf(change)));
	}
	if (change.action !== 'delete') return;
	if (change.kind === 'fields') wait(change, 'field', steps.delete.get(`relations:${change.sync_id}`));
	if (change.kind === 'collections') {
		const group = part(value('meta'))['group'];
		const above = steps.delete.get(`collections:${String(group)}`);
		if (above) wait(above, 'meta.group', change);
	}
	if (change.kind === 'relations') {
		const related = steps.delete.get(`collections:${String(value('related_collection'))}`);
		if (related) wait(related, 'related_collection', change);
	}
}
