/**
 * When and where a value was set: `<ms since 1970, base 36, 9 digits><counter, base 36, 2 digits>-<instance id>`.
 * The order of the texts is the order in time; two made at the same moment are ordered by their instances, the same
 * way everywhere.
 */
export type Stamp = string;

/** A value as it travels and is compared: JSON in normal form, references by sync id (`wire-values.ts`). */
export type WireValue = unknown;

/** By instance, the newest of its stamps that a value takes into account: a version vector. */
export type Knows = Record<string, Stamp>;

/** Fields that were last set together. */
export interface FieldGroup {
	stamp: Stamp;
	/** Contains the stamp itself, under its instance. */
	knows: Knows;
	/** A user, or a rule's policy, decided a conflict with it: it is not questioned a second time. */
	decided?: true;
	values: Record<string, WireValue>;
}

/** That a row was deleted, and which values the deletion had seen. */
export interface Tombstone {
	stamp: Stamp;
	knows: Knows;
}

/**
 * What is agreed of one row, as every instance that has it keeps it. Each field is in one group. A deleted row keeps its
 * last values as long as its tombstone: an edit that the deletion had not seen restores the row, and then all instances have to have
 * the same values.
 */
export interface RowState {
	groups: FieldGroup[];
	deleted: Tombstone | null;
}

export const NO_STATE: RowState = { groups: [], deleted: null };
