import { keepsEveryValue, type ColumnShape } from './column-values.js';
import type { PlanFacts } from '../plan/plan-options.js';
import type { Change, Risk } from '../../../contract/plan.js';
import { part } from './schema-vendors.js';
import { count } from '../../../kernel/core/count.js';

/** What was found out about a change so far. */
export interface Findings {
	risk: Set<Risk>;
	impact: string[];
}

/** A column before and after a change, and the database that it is on. */
export interface ColumnSides {
	from: ColumnShape;
	to: ColumnShape;
	vendor: string;
}

/** Adds what a change of the schema puts at risk. */
export function schemaRisks(change: Change, facts: PlanFacts, findings: Findings, column: ColumnSides | null): void {
	if (change.action === 'delete') return droppedRisks(change, facts, findings);
	if (change.action !== 'update') return;
	for (const field of change.fields) alteredRisks(field, findings);
	if (change.fields.some(({ field, from, to }) => field === 'meta' && from === null && to !== null))
		findings.impact.push('is in the database already, with what it holds: Directus begins to manage it');
	if (column) lostValues(change, column, facts, findings);
}

/** Where a column cannot hold all that it held. */
function lostValues(change: Change, { from, to, vendor }: ColumnSides, facts: PlanFacts, findings: Findings): void {
	const values = facts.valuesOf?.[change.sync_id];
	if (values === 0 || keepsEveryValue(from, to, vendor)) return;
	findings.risk.add('data_loss');
	const held = values === undefined ? 'its values' : count(values, 'value');
	findings.impact.push(
		from.type !== to.type
			? `${held} may not fit into ${to.type}`
			: from.type === 'decimal' || from.type === 'float'
				? `${held} may lose digits`
				: `${values === undefined ? 'values' : held} longer than ${to.length} do not fit any more`,
	);
}

function droppedRisks(change: Change, facts: PlanFacts, { risk, impact }: Findings): void {
	const value = (name: string) => change.fields.find(({ field }) => field === name)?.from;
	// A folder has no table; what is only shown and not stored (an alias) has no column.
	const holdsValues =
		part(value('schema'))['name'] !== undefined || (change.kind === 'fields' && value('type') !== 'alias');
	if (change.kind === 'relations' || !holdsValues) {
		risk.add('breaking');
		return;
	}
	risk.add('breaking');
	const values = change.kind === 'collections' ? facts.rowsOf?.[change.sync_id] : facts.valuesOf?.[change.sync_id];
	if (values === 0) return;
	risk.add('data_loss');
	const what = change.kind === 'collections' ? 'row' : 'value';
	impact.push(
		values === undefined ? `all its ${what}s are lost` : `${count(values, what)} ${values === 1 ? 'is' : 'are'} lost`,
	);
}

function alteredRisks({ field, from, to }: Change['fields'][number], { risk, impact }: Findings): void {
	if (field === 'type') {
		risk.add('breaking');
		impact.push(`clients get ${String(to)} instead of ${String(from)}`);
	}
	if ((field === 'schema.is_nullable' && to === false) || (field === 'schema.is_unique' && to === true)) {
		risk.add('breaking');
		impact.push(
			field.endsWith('nullable') ? 'fails where a row has no value' : 'fails where two rows have the same value',
		);
	}
	if (field === 'meta.required' && to === true) {
		risk.add('breaking');
		impact.push('items without it cannot be saved any more');
	}
	if (field === 'related_collection' || field === 'meta.singleton') risk.add('breaking');
	if (field === 'schema.on_delete' && String(to).toUpperCase() === 'CASCADE') {
		risk.add('data_loss');
		impact.push('items go with the one that they point to');
	}
}
