import { createHash } from 'node:crypto';
import { valuesOf } from './stamp-edits.js';
import { NO_STATE, type RowState, type WireValue } from './row-state.js';

/** Which row here a sync id stands for. Unique both ways within a collection. */
export interface SyncIdEntry {
	collection: string;
	syncId: string;
	localKey: string;
}

/** What is agreed of one row, and what this instance knows about it beside. */
export interface RowVersion {
	collection: string;
	syncId: string;
	/** Counts the writes of this record; 0 = it is not stored yet. Nobody overwrites what he has not seen. */
	revision: number;
	state: RowState;
	/** What reading a field here gives, where that is on purpose not the agreed value. */
	overrides: Record<string, WireValue>;
	/** The values that both sides of a link last had in common, for people who decide conflicts. */
	agreed: Record<string, WireValue>;
	/** Instances that have the present state, or are owed it by a delivery of ours. */
	seenBy: string[];
	/** Remote sources to which the row belongs by their rule's `when`. */
	scope: string[];
	/** The latest changes' times and origins, newest last, for the brake on rows that two sides change in turn. */
	stamps: { at: number; origin: string }[];
	/** ms since 1970. */
	changedAt: number;
	deletedAt: number | null;
}

/** A row, by its identity. */
export interface RowRef {
	collection: string;
	syncId: string;
}

/** The key of a row's record. */
export const versionId = ({ collection, syncId }: RowRef): string =>
	createHash('sha256').update(`${collection}\u0000${syncId}`).digest('base64url').slice(0, 32);

/** Another process has written one of the records since it was read: all of it is to be done again. */
export class VersionMoved extends Error {
	constructor() {
		super('a row was synced by somebody else at the same time');
	}
}

/** What both sides last had of a row whose fields are edited here: of those, what somebody else has seen before. */
export function agreedBefore({ agreed, state, seenBy, scope }: RowVersion, edited: string[]): RowVersion['agreed'] {
	const isOurs = seenBy.length < 2 && scope.length === 0;
	if (isOurs || state.deleted !== null) return agreed;
	const values = valuesOf(state);
	return {
		...agreed,
		...Object.fromEntries(edited.flatMap((field) => (field in values ? [[field, values[field]]] : []))),
	};
}

/** The record of a row that was never synced. */
export function freshVersion({ collection, syncId }: RowRef): RowVersion {
	return {
		collection,
		syncId,
		revision: 0,
		state: NO_STATE,
		overrides: {},
		agreed: {},
		seenBy: [],
		scope: [],
		stamps: [],
		changedAt: 0,
		deletedAt: null,
	};
}
