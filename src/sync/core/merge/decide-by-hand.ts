import type { ConflictKind } from '../../../contract/vocabulary.js';
import { heldFrom, resolveFields } from './merge-fields.js';
import { resolveDelete } from './merge-row.js';
import type { RowState, WireValue } from './row-state.js';
import { type Moment, onlyFields, stampDelete, valuesOf } from './stamp-edits.js';

/** Whose value a field gets: ours, theirs, or one that a user names, in wire form. */
export type FieldChoice = 'local' | 'remote' | { value: WireValue };

/** How a user decides a conflict: one side as a whole, or field by field. */
export type ConflictChoice = 'local' | 'remote' | { fields: Record<string, FieldChoice> };

/** What is decided about. */
export interface ConflictToDecide {
	status: 'open' | 'resolved' | 'automatic';
	kind: ConflictKind;
	fields: { field: string; here: WireValue; there: WireValue }[];
	theirs: RowState | null;
}

/** A choice that does not fit the conflict; the message says what would. */
export class ChoiceRefused extends Error {}

/**
 * The part of a row's state that a decision comes to. It knows both sides, so that it is taken everywhere and never
 * questioned again. One that was decided by itself before is turned around in the same way.
 * @param local the row's state with its own edits stamped
 */
export function decidedState(
	conflict: ConflictToDecide,
	choice: ConflictChoice,
	local: RowState,
	moment: Moment,
): RowState {
	if (conflict.kind === 'delete') return decidedDelete(conflict, choice, local, moment);
	if (conflict.kind !== 'fields') return conflict.theirs ?? local;
	const held = heldFrom(conflict.theirs ? [conflict.theirs] : []);
	const chosen = chosenValues(conflict, choice, {
		here: conflict.status === 'automatic' ? null : valuesOf(local),
		there: new Map([...held].map(([field, { value }]) => [field, value])),
	});
	return onlyFields(resolveFields(local, held, chosen, moment), Object.keys(chosen));
}

/** The fields of a choice for one whole side. */
export const sideOf = (choice: ConflictChoice): 'local' | 'remote' | null =>
	choice === 'local' || choice === 'remote' ? choice : null;

function chosenValues(
	{ fields }: ConflictToDecide,
	choice: ConflictChoice,
	now: { here: Record<string, WireValue> | null; there: Map<string, WireValue> },
): Record<string, WireValue> {
	const known = new Map(fields.map((entry) => [entry.field, entry]));
	const choices =
		typeof choice === 'string'
			? [...known.keys()].map((field) => [field, choice] as const)
			: Object.entries(choice.fields);
	if (choices.length === 0) throw new ChoiceRefused('choose for one field at least');
	return Object.fromEntries(
		choices.map(([field, which]) => {
			const reported = known.get(field);
			if (!reported)
				throw new ChoiceRefused(`"${field}" is not in conflict; the fields are ${[...known.keys()].join(', ')}`);
			if (typeof which === 'object') return [field, which.value];
			if (which === 'local') return [field, now.here && field in now.here ? now.here[field] : reported.here];
			return [field, now.there.has(field) ? now.there.get(field) : reported.there];
		}),
	);
}

function decidedDelete(
	{ theirs, status }: ConflictToDecide,
	choice: ConflictChoice,
	local: RowState,
	moment: Moment,
): RowState {
	const side = sideOf(choice);
	if (side === null)
		throw new ChoiceRefused('a deletion is decided as a whole: use "local" or "remote", not single fields');
	const deletedThere = theirs?.deleted !== null && theirs?.deleted !== undefined;
	const take = (side === 'remote') === deletedThere ? 'delete' : 'update';
	if (take === 'delete' && status === 'automatic') return stampDelete(local, moment);
	return theirs ? resolveDelete(local, theirs, take) : local;
}
