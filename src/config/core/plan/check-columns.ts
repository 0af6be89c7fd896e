import type { Snapshot } from '../../../contract/bundle.js';
import type { Change, ConfigIssue } from '../../../contract/plan.js';
import { columnSides } from '../schema/portable-schema.js';
import { part, vendorFamily } from '../schema/schema-vendors.js';
import { issue, type CheckResult } from './check-result.js';
import type { PlanFacts } from './plan-options.js';

type Field = Snapshot['fields'][number];

/** Columns that the database or Directus cannot make, and those whose rows do not fit what they are to become. */
export function impossibleColumns(
	{ steps, facts }: { steps: readonly Change[]; facts: PlanFacts },
	current: Snapshot,
	wanted: Snapshot,
	{ issues, warnings }: CheckResult,
): void {
	const newCollections = new Set(
		steps.filter(({ kind, action }) => kind === 'collections' && action === 'create').map(({ sync_id }) => sync_id),
	);
	const fields = new Map(wanted.fields.map((field) => [`${field.collection}.${field.field}`, field]));
	const keyTypeIssue = keyTypes(current, wanted);
	for (const step of steps) {
		const field = fields.get(step.sync_id);
		if (step.kind !== 'fields' || step.action === 'delete' || !field) continue;
		if (step.action === 'create') {
			issues.push(...unmakeable(step.sync_id, field, current, facts));
			if (part(field['schema'])['is_generated'] === true) warnings.push(plainColumn(step.sync_id));
			if (!newCollections.has(field.collection)) issues.push(...needsDefault(step.sync_id, field, facts));
		} else {
			const changed = new Set(step.fields.map((change) => change.field));
			if (changed.has('schema.is_nullable')) issues.push(...hasEmptyValues(step.sync_id, field, facts));
			if (changed.has('type')) issues.push(...keyTypeIssue(step.sync_id, field));
		}
	}
}

/** A column of a type that this database does not have. */
function unmakeable(id: string, field: Field, { vendor }: Snapshot, { geometry }: PlanFacts): ConfigIssue[] {
	const type = String(field['type']);
	const found: ConfigIssue[] = [];
	if (type === 'unknown')
		found.push(
			issue(
				`fields:${id}`,
				'unknown_type',
				`Directus cannot make a column of the type ${String(part(field['schema'])['data_type'] ?? 'unknown')}`,
				'add the column by a migration first; a push then takes it as it is',
			),
		);
	if (type.startsWith('geometry') && geometry === false)
		found.push(
			issue(
				`fields:${id}`,
				'no_geometry',
				`this database has no geometry: a column of the type ${type} cannot be made`,
				vendorFamily(vendor) === 'sqlite' ? 'load SpatiaLite' : 'install PostGIS (create extension postgis)',
			),
		);
	return found;
}

const plainColumn = (id: string): ConfigIssue =>
	issue(
		`fields:${id}`,
		'plain_column',
		`the database computes "${id}"; Directus can only make a plain column of it`,
		'to have it computed here too, add the column by a migration first',
	);

/** A new column that must have a value, in a collection that has rows, which would have none. */
function needsDefault(id: string, field: Field, { rowsOf }: PlanFacts): ConfigIssue[] {
	const column = part(field['schema']);
	const isRequired = column['is_nullable'] === false && (column['default_value'] ?? null) === null;
	const rows = rowsOf?.[field.collection];
	if (!isRequired || String(field['type']) === 'alias' || !rows) return [];
	return [
		issue(
			`fields:${id}`,
			'needs_default',
			`"${id}" must not be empty and has no default, but "${field.collection}" has ${rows} row${rows === 1 ? '' : 's'}`,
			'give it a default value, or push it as nullable first and fill it',
		),
	];
}

function hasEmptyValues(id: string, field: Field, { emptyOf }: PlanFacts): ConfigIssue[] {
	const empty = emptyOf?.[id];
	if (part(field['schema'])['is_nullable'] !== false || !empty) return [];
	return [
		issue(
			`fields:${id}`,
			'has_empty_values',
			`"${id}" must not be empty from now on, but ${empty} row${empty === 1 ? ' has' : 's have'} no value`,
			'fill them first',
		),
	];
}

const NUMBERS = ['integer', 'bigInteger'];

/** Keys, and columns that lead to keys, whose type cannot change. */
function keyTypes(current: Snapshot, wanted: Snapshot): (id: string, field: Field) => ConfigIssue[] {
	const currentFields = new Map(current.fields.map((field) => [`${field.collection}.${field.field}`, field]));
	const sides = columnSides(current, wanted);
	const pointedTo = new Set(current.fields.map((field) => String(part(field['schema'])['foreign_key_table'] ?? '')));
	return (id, { collection }) => {
		const was = part(currentFields.get(id)?.['schema']);
		const side = sides(id);
		if (!side || side.from.type === side.to.type) return [];
		const { from, to } = side;
		const isKey = was['is_primary_key'] === true;
		if (isKey && NUMBERS.includes(from.type) !== NUMBERS.includes(to.type))
			return [
				issue(
					`fields:${id}`,
					'key_type',
					`"${id}" is the key of "${collection}" and cannot turn from ${from.type} into ${to.type}: every item would become another one`,
					'make a new collection with that key, and move the items there',
				),
			];
		const isInForeignKey = (isKey && pointedTo.has(collection)) || typeof was['foreign_key_table'] === 'string';
		if (vendorFamily(current.vendor) === 'mysql' && isInForeignKey)
			return [
				issue(
					`fields:${id}`,
					'key_type',
					`"${id}" is part of a foreign key, and MySQL cannot change its type from ${from.type} to ${to.type}`,
					'remove the relation in one push, change the type and add it again in the next',
				),
			];
		return [];
	};
}
