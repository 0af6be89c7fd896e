import type { PlanFacts } from './plan-options.js';
import type { Change, Risk } from './plan-shape.js';
import { part } from './schema-vendors.js';

/** Types that can hold whatever one of another type held. */
const WIDER: Record<string, string[]> = {
	string: ['text'],
	uuid: ['string', 'text'],
	integer: ['bigInteger', 'float', 'decimal', 'string', 'text'],
	bigInteger: ['string', 'text', 'decimal'],
	float: ['decimal', 'string', 'text'],
	decimal: ['string', 'text'],
	boolean: ['string', 'text'],
	date: ['dateTime', 'timestamp', 'string', 'text'],
	dateTime: ['timestamp', 'string', 'text'],
	timestamp: ['dateTime', 'string', 'text'],
	json: ['text'],
	csv: ['text'],
};

/** What was found out about a change so far. */
export interface Found {
	risk: Set<Risk>;
	impact: string[];
}

/** `1 row`, `2,300 rows`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
	`${number.toLocaleString('en')} ${number === 1 ? one : many}`;

/** Adds what a change of the schema puts at risk. */
export function schemaRisks(change: Change, facts: PlanFacts, found: Found): void {
	if (change.action === 'delete') return droppedRisks(change, facts, found);
	if (change.action === 'update') for (const field of change.fields) alteredRisks(change, field, { facts, found });
}

function droppedRisks(change: Change, facts: PlanFacts, { risk, impact }: Found): void {
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

function alteredRisks(
	change: Change,
	{ field, from, to }: Change['fields'][number],
	{ facts, found: { risk, impact } }: { facts: PlanFacts; found: Found },
): void {
	const values = facts.valuesOf?.[change.sync_id];
	const held = values === undefined ? 'its values' : count(values, 'value');
	if (field === 'type') {
		risk.add('breaking');
		impact.push(`clients get ${String(to)} instead of ${String(from)}`);
		if (!WIDER[String(from)]?.includes(String(to)) && values !== 0) {
			risk.add('data_loss');
			impact.push(`${held} may not fit into ${String(to)}`);
		}
	}
	if (
		field === 'schema.max_length' &&
		typeof to === 'number' &&
		(typeof from !== 'number' || from > to) &&
		values !== 0
	) {
		risk.add('data_loss');
		impact.push(`longer values of ${held} do not fit any more`);
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
