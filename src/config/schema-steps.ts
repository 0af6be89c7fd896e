import type { Snapshot } from '../contract/bundle.js';
import { columnOf } from './core/plan/diff-values.js';
import type { Change } from '../contract/plan.js';
import { fieldName } from './core/schema/schema-changes.js';
import { plannedSnapshot } from './core/schema/schema-diff.js';
import { columnToWrite, portableType } from './core/schema/portable-column.js';
import { part, vendorFamily } from './core/schema/schema-vendors.js';
import { isRecord } from '../kernel/core/is-record.js';
import type { MoveStep, Part, SchemaStep } from './ports.js';

/** A step of the schema, and the changes of the plan that it makes. */
export interface PlannedStep {
	step: SchemaStep | MoveStep;
	changes: Change[];
}

export const isSchemaChange = ({ kind }: Change): boolean =>
	kind === 'collections' || kind === 'fields' || kind === 'relations';

/** Whether a change is to be made at all. */
export const isApplied = ({ kept, action }: Change): boolean => !kept && action !== 'none';

/**
 * What has to be done for the schema's changes of a plan, in its order. Fields of a new collection come with it: a table
 * is created with all of its columns at once.
 */
export function schemaSteps(changes: readonly Change[], current: Snapshot, wanted: Snapshot): PlannedStep[] {
	const applied = changes.filter((change) => isSchemaChange(change) && isApplied(change) && change.action !== 'move');
	if (applied.length === 0) return [];
	const vendor = vendorFamily(current.vendor);
	const planned = plannedSnapshot(current, wanted, applied);
	const collections = new Map(planned.collections.map((entry) => [entry.collection, entry]));
	const fields = new Map(planned.fields.map((entry) => [fieldName(entry), asWritten(entry, vendor)]));
	const relations = new Map(planned.relations.map((entry) => [fieldName(entry), entry]));
	const created = new Set(
		applied.filter(({ kind, action }) => kind === 'collections' && action === 'create').map(({ sync_id }) => sync_id),
	);
	const inNewCollection = (change: Change) =>
		change.kind === 'fields' && change.action === 'create' && created.has(placeOf(change).collection);
	const fieldsOf = Map.groupBy(applied.filter(inNewCollection), (change) => placeOf(change).collection);

	return applied
		.filter((change) => !inNewCollection(change))
		.map((change): PlannedStep => {
			const { kind, action, sync_id } = change;
			const { collection, field } = placeOf(change);
			if (kind === 'collections') {
				if (action === 'delete') return { step: { kind, action, collection }, changes: [change] };
				const value = part(collections.get(sync_id));
				if (action === 'update')
					return { step: { kind, action, collection, meta: changedMeta(change, value) ?? {} }, changes: [change] };
				const with_ = fieldsOf.get(sync_id) ?? [];
				return {
					step: {
						kind,
						action: 'create',
						collection,
						value,
						fields: with_.map((one) => part(fields.get(one.sync_id))),
					},
					changes: [change, ...with_],
				};
			}
			if (action === 'delete')
				return { step: { kind: kind as 'fields' | 'relations', action, collection, field }, changes: [change] };
			if (kind === 'relations') {
				const value = part(relations.get(sync_id));
				if (action === 'create') return { step: { kind, action, collection, field, value }, changes: [change] };
				const columns = new Set(change.fields.map((one) => columnOf(one.field)));
				const meta = changedMeta(change, value);
				const to = { schema: columns.has('schema'), related: columns.has('related_collection') };
				return { step: { kind, action: 'update', collection, field, value, ...to, meta }, changes: [change] };
			}
			const value = part(fields.get(sync_id));
			if (action === 'create') return { step: { kind: 'fields', action, collection, field, value }, changes: [change] };
			return { step: fieldUpdate(change, value), changes: [change] };
		});
}

const asWritten = (field: Snapshot['fields'][number], vendor: string): Part =>
	isRecord(field['schema']) ? { ...field, type: portableType(field), schema: columnToWrite(field, vendor) } : field;

/** Steps that cannot be taken back, since what they remove is gone for good, and those that take the place of it. */
export function isDestructive({ step, changes }: PlannedStep, all: readonly PlannedStep[]): boolean {
	if (step.action === 'delete') return true;
	const names = new Set(changes.map(({ kind, sync_id }) => `${kind}:${sync_id}`));
	return all.some(
		(other) =>
			other.step.action === 'delete' && other.changes.some(({ kind, sync_id }) => names.has(`${kind}:${sync_id}`)),
	);
}

function fieldUpdate(change: Change, value: Part): SchemaStep {
	const { collection, field } = placeOf(change);
	if (collection.startsWith('directus_')) {
		// Only the index of Directus' own fields can be changed.
		const schema = Object.fromEntries(change.fields.map(({ field: path, to }) => [path.replace('schema.', ''), to]));
		return { kind: 'fields', action: 'update', collection, field, type: null, schema, meta: null };
	}
	const column = change.fields.some(({ field: path }) => columnOf(path) !== 'meta');
	return {
		kind: 'fields',
		action: 'update',
		collection,
		field,
		type: typeof value['type'] === 'string' ? value['type'] : null,
		schema: column && value['schema'] ? part(value['schema']) : null,
		meta: changedMeta(change, value),
	};
}

/** The properties of `meta` that differ, each as a whole; null where none does. */
function changedMeta({ fields }: Change, value: Part): Part | null {
	const changed = fields.map(({ field }) => field.split(/[.[]/)).filter(([top]) => top === 'meta');
	if (changed.length === 0) return null;
	const meta = part(value['meta']);
	if (changed.some((path) => path.length === 1)) return meta;
	return Object.fromEntries(changed.map(([, key = '']) => [key, meta[key] ?? null]));
}

function placeOf({ sync_id }: Change): { collection: string; field: string } {
	const dot = sync_id.indexOf('.');
	return dot === -1
		? { collection: sync_id, field: '' }
		: { collection: sync_id.slice(0, dot), field: sync_id.slice(dot + 1) };
}
