import type { RowState, WireValue } from './row-state.js';
import { groupsOf, sameWire, stampEdits, versionsOf, type Moment } from './stamp-edits.js';
import { nextStamp, timeOf } from './stamp.js';
import { NO_STATE } from './row-state.js';
import type { SyncModel } from '../rules/sync-model.js';

/** When a row was last changed that does not say it, ms since 1970: before anything that is known. */
export const UNDATED = 2;

/** The stamp of a value that no user chose: older than every chosen one. */
const UNCHOSEN = UNDATED - 1;

/** Whether a value was only filled in, and gives way to any other without anybody being asked. */
export const isUnchosen = (stamp: string): boolean => timeOf(stamp) <= UNCHOSEN;

type Fields = Pick<SyncModel, 'fields'>;

interface FirstMoment extends Pick<Moment, 'instance' | 'setAt'> {
	/** When it was changed, ms since 1970; `UNDATED` where that is unknown. */
	at: number;
	/** It was made then, so that nothing was emptied. */
	isNew: boolean;
	model: Fields;
}

/** Whether a field is as it is where no value is given: empty, or what the database fills in. */
const isAsMade = (value: WireValue, field: string, { fields }: Fields): boolean =>
	value === null || (fields.get(field)?.default !== undefined && sameWire(value, fields.get(field)?.default));

/**
 * The state of a row that was never synced. Where it is new, or nobody knows when it was changed, what is empty or as the
 * database has filled it in is older than what somebody has set, so that of two rows that were filled in on different
 * sides nothing gets lost: a singleton, a translation, or one that is found by its fields.
 */
export function stampFirst(read: Record<string, WireValue>, { at, isNew, model, ...moment }: FirstMoment): RowState {
	if (at !== UNDATED && !isNew) return stampEdits(NO_STATE, read, { now: at, ...moment }).state;
	const asMade = Object.fromEntries(Object.entries(read).filter(([field, value]) => isAsMade(value, field, model)));
	const { state } = stampEdits(NO_STATE, asMade, { now: UNCHOSEN, instance: moment.instance });
	return stampEdits(state, read, { now: at, ...moment }).state;
}

/**
 * `stampEdits` for a row whose state is known, though perhaps not of all its fields: those that no instance has sent yet
 * were filled in when the row was made here, unless they say something else.
 */
export function stampRead(
	state: RowState,
	read: Record<string, WireValue>,
	context: Moment & { overrides?: Record<string, WireValue>; model: Fields },
): { state: RowState; changed: string[] } {
	const versions = versionsOf(state);
	const filled = Object.keys(read).filter(
		(field) => state.deleted === null && !versions.has(field) && isAsMade(read[field] ?? null, field, context.model),
	);
	if (filled.length === 0) return stampEdits(state, read, context);
	const { instance } = context;
	const stamp = nextStamp(UNCHOSEN, null, instance);
	for (const field of filled) versions.set(field, { stamp, knows: { [instance]: stamp }, value: read[field] ?? null });
	const edited = stampEdits({ groups: groupsOf(versions), deleted: null }, read, context);
	return { state: edited.state, changed: [...filled, ...edited.changed] };
}
