import { ELEMENT_KINDS, type Snapshot } from '../../../contract/bundle.js';
import type { Change, ConfigIssue } from '../../../contract/plan.js';
import { count } from '../../../kernel/core/count.js';
import type { MoveStep, RowAfterMove } from '../../ports.js';
import { sameJson } from '../plan/diff-values.js';
import type { ConfigState } from '../elements/config-state.js';
import { kinds } from '../elements/kinds.js';
import { part } from '../schema/schema-vendors.js';
import { movedState } from './move-bundle.js';
import { nameAfter, nameBefore, type Move } from './move-names.js';
import { leadsOf } from './move-paths.js';
import { notesOn } from './move-notes.js';
import { RULES_COLUMN, tableOf, type TargetRules } from './move-rules.js';

/** A move as a plan shows it, what it writes beside the new name itself, and what does not follow. */
export interface PlannedMove {
	change: Change;
	step: MoveStep;
	notes: ConfigIssue[];
}

export function moveSteps(state: ConfigState, moves: readonly Move[]): PlannedMove[] {
	let before = state;
	return moves.map((move) => {
		const after = movedState(before, [move]);
		const targets = (after.targets ?? []).filter((target, index) => target !== before.targets?.[index]);
		const rows = [
			...elementRows(before, after),
			...metaRows(before.snapshot, after.snapshot),
			...targets.map(rowOfTarget),
		];
		const step: MoveStep = {
			action: 'move',
			...move,
			leads: leadsOf(before.snapshot),
			rows,
			// Rows of a many-to-any relation name the collection that they point to.
			named: move.kind === 'collections' ? namedInRows(before.snapshot, after.snapshot, move) : [],
		};
		const change = changeOf(move, rows, targets);
		const notes = notesOn(before, after, move);
		before = after;
		return { change, step, notes };
	});
}

/** Values of elements that differ, by the table and the key of their row. */
function elementRows(before: ConfigState, after: ConfigState): RowAfterMove[] {
	return ELEMENT_KINDS.flatMap((kind) =>
		after.rows[kind].flatMap((row, index): RowAfterMove[] => {
			const was = before.rows[kind][index];
			const id = row['id'];
			if (!was || was === row || (typeof id !== 'string' && typeof id !== 'number')) return [];
			return [{ table: kinds[kind].table, where: { id }, values: differing(was, row) }];
		}),
	);
}

const rowOfTarget = (target: TargetRules): RowAfterMove => ({
	table: tableOf(target),
	where: { id: target.id },
	values: { [RULES_COLUMN]: target.rules, ...(target.options === null ? {} : { options: target.options }) },
});

/** What Directus keeps about collections, fields and relations, under their new names already. */
function metaRows(before: Snapshot, after: Snapshot): RowAfterMove[] {
	const rows: RowAfterMove[] = [];
	const keep = (table: string, where: RowAfterMove['where'], [was, is]: [unknown, unknown]) => {
		const values = differing(part(was), part(is));
		for (const key of Object.keys(where)) delete values[key];
		if (Object.keys(values).length > 0) rows.push({ table, where, values });
	};
	for (const [index, entry] of after.collections.entries())
		keep('directus_collections', { collection: entry.collection }, [
			before.collections[index]?.['meta'],
			entry['meta'],
		]);
	for (const [index, entry] of after.fields.entries()) {
		const where = { collection: entry.collection, field: entry.field };
		keep('directus_fields', where, [before.fields[index]?.['meta'], entry['meta']]);
	}
	for (const [index, entry] of after.relations.entries()) {
		const where = { many_collection: entry.collection, many_field: entry.field };
		keep('directus_relations', where, [before.relations[index]?.['meta'], entry['meta']]);
	}
	return rows;
}

function differing(was: Record<string, unknown>, is: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(is).filter(([key, value]) => !sameJson(was[key] ?? null, value ?? null)));
}

function namedInRows(before: Snapshot, after: Snapshot, { from }: { from: string }): MoveStep['named'] {
	return before.relations.flatMap((entry, index) => {
		const meta = part(entry['meta']);
		const [field, allowed] = [meta['one_collection_field'], meta['one_allowed_collections']];
		const collection = after.relations[index]?.collection;
		return typeof field === 'string' && collection !== undefined && Array.isArray(allowed) && allowed.includes(from)
			? [{ collection, field }]
			: [];
	});
}

function changeOf(move: Move, rows: readonly RowAfterMove[], targets: readonly TargetRules[]): Change {
	const [name, former] = [nameAfter(move), nameBefore(move)];
	const following = ELEMENT_KINDS.flatMap((kind) => {
		const number = rows.filter(({ table }) => table === kinds[kind].table).length;
		return number > 0 ? [count(number, kind === 'settings' ? 'setting' : kind.slice(0, -1), kind)] : [];
	});
	return {
		kind: move.kind,
		sync_id: name,
		name,
		action: 'move',
		fields: [{ field: move.kind === 'fields' ? 'field' : 'collection', from: move.from, to: move.to }],
		risk: ['breaking'],
		local_id: null,
		after: [],
		completes: false,
		kept: false,
		impact: [
			`is renamed from "${former}", with all that it holds; clients have to use the new name`,
			...(following.length > 0 ? [`${following.join(', ')} ${rows.length === 1 ? 'follows' : 'follow'}`] : []),
			...(targets.length > 0 ? [`the rules of ${targets.map(({ name }) => `"${name}"`).join(', ')} follow`] : []),
		],
	};
}
