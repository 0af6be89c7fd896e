import type { SyncChange, SyncResult } from '../../../contract/sync-messages.js';
import type { RowState } from '../merge/row-state.js';
import { knowsAllOf, onlyFields, valuesOf } from '../merge/stamp-edits.js';

/** What a user may do with a collection; `*` = all of its fields. */
export interface Permitted {
	create: ReadonlySet<string>;
	update: ReadonlySet<string>;
	/** Fields whose values it may see. */
	read: ReadonlySet<string>;
	delete: boolean;
	/** Its permission to update holds for some rows only. */
	updatesSome: boolean;
}

/** Why a row is not taken, as the sender is told. */
export type Refusal = Required<Pick<SyncResult, 'code' | 'message'>>;

export const mayUse = (fields: ReadonlySet<string>, field: string): boolean => fields.has('*') || fields.has(field);

export const forbidden = (action: string, collection: string): Refusal => ({
	code: 'FORBIDDEN',
	message: `the Data Sync user here may not ${action} items of ${collection}: give the policy "Data Sync" that permission`,
});

/**
 * Why a change is refused whatever is here, so that nothing is looked up for it and its answer tells nothing: its user may
 * not do such a thing with any row. null where it depends on the row.
 */
export function refusedUnseen({ collection, state, match }: SyncChange, access: Permitted): Refusal | null {
	const isNothing = access.create.size === 0 && access.update.size === 0 && !access.delete;
	if (isNothing)
		return {
			code: 'FORBIDDEN',
			message: `there is no collection "${collection}" here that the Data Sync user may write: create it, or give the policy "Data Sync" permissions on it`,
		};
	if (state.deleted !== null) return access.delete ? null : forbidden('delete', collection);
	if (access.create.size === 0 && access.update.size === 0) return forbidden('create or update', collection);
	const unseen = (match?.fields ?? []).filter((field) => !mayUse(access.update, field) && !mayUse(access.read, field));
	if (unseen.length === 0) return null;
	return {
		code: 'FORBIDDEN',
		message: `the Data Sync user here may not look for items of ${collection} by ${unseen.join(', ')}: let the policy "Data Sync" read or update that`,
	};
}

/**
 * The part of a change that its user may write to the row that is here, or to a new one. What it may not write is cut off
 * before anything is compared: it is not kept, not passed on, and the answer is the same whatever is here.
 *
 * @param fields of the collection that can be taken at all
 * @param here what is agreed of the row, where it is here; null where it is not
 */
export function permittedPart(
	change: SyncChange,
	{ access, fields, here: local }: { access: Permitted; fields: Iterable<string>; here: RowState | null },
): { change: SyncChange; refused: string[] } | { refusal: Refusal } | { known: true } {
	if (change.state.deleted !== null) return { change, refused: [] };
	const allowed = local ? access.update : access.create;
	const known = new Set(fields);
	if (allowed.size === 0) {
		const taken = onlyFields(change.state, known);
		// It was taken once, when the row was new, and comes again: nothing is to be written for it.
		if (local && taken.groups.length > 0 && knowsAllOf(local, taken)) return { known: true };
		return { refusal: forbidden(local ? 'update' : 'create', change.collection) };
	}
	if (allowed.has('*')) return { change, refused: [] };
	const sent = Object.keys(valuesOf(change.state));
	const refused = sent.filter((field) => known.has(field) && !allowed.has(field));
	if (refused.length === 0) return { change, refused };
	const kept = sent.filter((field) => !refused.includes(field));
	return { change: { ...change, state: onlyFields(change.state, kept) }, refused };
}
