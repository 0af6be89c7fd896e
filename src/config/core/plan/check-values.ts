import type { Snapshot } from '../../../contract/bundle.js';
import type { PlanFacts } from './plan-options.js';
import type { Change, ConfigIssue } from '../../../contract/plan.js';
import { columnToWrite, countsItself } from '../schema/portable-column.js';
import { fieldName } from '../schema/schema-changes.js';
import { part, vendorFamily } from '../schema/schema-vendors.js';

/** Rows that a database would refuse in the middle of a push: two of a value that is unique from now on, or one that leads nowhere. */
export function valuesInTheWay(steps: readonly Change[], wanted: Snapshot, facts: PlanFacts): ConfigIssue[] {
	const fields = new Map(wanted.fields.map((field) => [fieldName(field), field]));
	const relations = new Map(wanted.relations.map((relation) => [fieldName(relation), relation]));
	return steps.flatMap(({ kind, action, sync_id: name }): ConfigIssue[] => {
		const path = `${kind}:${name}`;
		const duplicates = facts.duplicatesOf?.[name] ?? 0;
		if (kind === 'fields' && action === 'update' && duplicates > 0)
			return [
				{
					file: null,
					path,
					code: 'has_duplicates',
					message: `"${name}" must be unique from now on, but ${duplicates} ${duplicates === 1 ? 'value is' : 'values are'} in more than one row`,
					suggestion: 'change them first, so that each is there once',
				},
			];
		const field = fields.get(name);
		const unfit = facts.unfitOf?.[name];
		if (kind === 'fields' && action === 'update' && unfit !== undefined)
			return [
				{
					file: null,
					path,
					code: 'values_do_not_fit',
					message: `the database cannot turn the values of "${name}" into ${String(field?.['type'])}: ${unfit}`,
					suggestion: 'change these values first, or add a new field and fill it',
				},
			];
		const rows = (field && facts.rowsOf?.[field.collection]) ?? 0;
		const column = part(field?.['schema']);
		const isFilled = (column['default_value'] ?? null) !== null;
		if (kind === 'fields' && action === 'create' && column['is_unique'] === true && isFilled && rows > 1)
			return [
				{
					file: null,
					path,
					code: 'has_duplicates',
					message: `"${name}" must be unique and has a default, which all ${rows} rows would get`,
					suggestion: 'leave the default out, or add it once each row has a value',
				},
			];
		const dangling = facts.danglingOf?.[name] ?? 0;
		if (kind !== 'relations' || action === 'delete' || dangling === 0) return [];
		const related = String(relations.get(name)?.['related_collection']);
		return [
			{
				file: null,
				path,
				code: 'has_dangling_values',
				message: `"${name}" points to "${related}" from now on, but ${dangling} ${dangling === 1 ? 'row has a value' : 'rows have values'} that no item there has as its key`,
				suggestion: `add these items to "${related}" first, or empty the values`,
			},
		];
	});
}

/** Defaults of new columns that this database cannot have, or that the dump tells only in part: the column gets none. */
export function defaultsLeftOut(steps: readonly Change[], wanted: Snapshot, given: Snapshot | null): ConfigIssue[] {
	const vendor = vendorFamily(wanted.vendor);
	const created = new Set(
		steps.filter(({ kind, action }) => kind === 'fields' && action === 'create').map(({ sync_id }) => sync_id),
	);
	const wantedFields = new Map(wanted.fields.map((field) => [fieldName(field), field]));
	return (given?.fields ?? []).flatMap((field): ConfigIssue[] => {
		const name = fieldName(field);
		const becomes = wantedFields.get(name);
		const column = part(field['schema']);
		const value = column['default_value'] ?? null;
		if (!created.has(name) || !becomes || value === null || countsItself(column) || column['is_generated'] === true)
			return [];
		if ((columnToWrite(becomes, vendor)['default_value'] ?? null) !== null) return [];
		const valueText = typeof value === 'string' ? value : JSON.stringify(value);
		return [
			{
				file: null,
				path: `fields:${name}`,
				code: 'default_left_out',
				message: `"${name}" is made without its default (${valueText.slice(0, 60)}): ${whyNot(vendor, String(becomes['type']))}`,
				suggestion: 'set the default in the database itself, or give another one',
			},
		];
	});
}

const whyNot = (vendor: string, type: string): string =>
	vendor === 'mysql' && (type === 'text' || type === 'csv')
		? `Directus makes no default for a column of the type ${type} on MySQL and MariaDB`
		: 'it is an expression of one database, or the dump has only a part of it';
