import type { ConflictPolicy, DeletePolicy } from '../../../contract/vocabulary.js';
import { type Decision, type FieldsMerge, type HeldFields, joinedVersions, mergeFields } from './merge-fields.js';
import type { Knows, RowState, Tombstone, WireValue } from './row-state.js';
import {
	type FieldVersion,
	type Moment,
	allKnowing,
	covers,
	groupsOf,
	knownTo,
	lives,
	onlyFields,
	sameWire,
	unionOf,
	valuesOf,
	versionsOf,
} from './stamp-edits.js';

export interface RowsToMerge extends Moment {
	/** The row on this instance, its edits stamped (`stampEdits`); `NO_STATE` for a row that it does not know. */
	local: RowState;
	/** What the other instance sends. */
	remote: RowState;
	/** The fields that are taken from the remote; null for all. */
	fields: readonly string[] | null;
	policies: { conflict: ConflictPolicy; onDelete: DeletePolicy };
	/** The values that wait in open conflicts of this row (`heldFrom`). */
	held: HeldFields;
	/** The values that both sides last had in common; shown with conflicts as the base. */
	agreed: Record<string, WireValue>;
	/** Fields whose remote value cannot be applied in the present state. */
	asks?: ReadonlySet<string>;
	/** Readable names of rows that this deletion would also delete, although its author has not seen them. */
	takesAlong?: readonly string[];
}

/** One side deleted the row, the other changed it without having seen that. */
export interface DeleteConflict {
	code: 'DELETE_CONFLICT';
	/** Who deleted it. */
	deleted: 'here' | 'there';
	/** The fields that were changed without being seen by who deleted it. */
	unseen: string[];
	message: string;
}

export interface RowMerge {
	state: RowState;
	/** What has to be written here: fields whose value changes; all of a row that is created (again). */
	write: Record<string, WireValue>;
	/** Whether the row exists on this instance afterwards. */
	exists: boolean;
	/** The local row has to be deleted. */
	deletes: boolean;
	/** The row was deleted here and has to be created again. */
	recreates: boolean;
	decisions: Decision[];
	/** What was decided of a row deleted on one side and changed on the other; null where there was nothing to decide. */
	deleteDecision: { deleted: 'here' | 'there'; took: 'here' | 'there'; policy: 'delete' | 'update' } | null;
	/** The values that wait in open conflicts afterwards (`heldState` is what is stored of them). */
	held: Map<string, FieldVersion>;
	/**
	 * Nothing was done: a user has to decide (`resolveDelete`). What came is kept meanwhile (`joinedState`) and merged
	 * again whenever the row has changed: perhaps there is nothing left to decide.
	 */
	parked: DeleteConflict | null;
	/** Fields whose open conflict is settled by this. */
	closes: string[];
	/** Every instance, the sender included, has to be told: this one decided something, or the row lives on. */
	mustBroadcast: boolean;
	/** Which state it is now: the local one (nothing new came), exactly the remote one, or one that neither side had. */
	from: 'here' | 'there' | 'both';
}

/**
 * What a row becomes here when another instance's state of it arrives. Applying the same state twice changes nothing; any
 * order gives the same end. Only a tombstone deletes, and only where it has seen all values that are here, unless the
 * policy decides.
 */
export function mergeRow(rows: RowsToMerge): RowMerge {
	const remote = rows.fields === null ? rows.remote : onlyFields(rows.remote, rows.fields);
	if (remote.deleted !== null || rows.local.deleted !== null) return mergeDeletion(rows, remote);
	if (remote.groups.length === 0) return unchanged(rows);
	const merged = mergeFields({ ...rows, remote, conflict: rows.policies.conflict });
	return changedTo(rows, remote, { groups: groupsOf(merged.versions), deleted: null }, merged);
}

/** Who has the state of a row after a merge, from who had ours and who had theirs. */
export function seenByAfter(merge: RowMerge, seen: { here: string[]; there: string[]; instance: string }): string[] {
	const andUs = (instances: string[]): string[] => [...new Set([seen.instance, ...instances])].sort();
	if (merge.mustBroadcast) return [seen.instance];
	if (merge.from === 'here') return andUs(seen.here);
	if (merge.from === 'there') return andUs(seen.there);
	return andUs(seen.here.filter((instance) => seen.there.includes(instance)));
}

/** The state after a user decided a parked conflict: both sides' values and knowledge, and the row deleted or kept. */
export function resolveDelete(local: RowState, remote: RowState, take: 'delete' | 'update'): RowState {
	const tombstone = bothTombstones(local.deleted, remote.deleted);
	if (tombstone === null) return local;
	return take === 'delete'
		? deletedOf(local, remote, tombstone)
		: keptOf(joinedVersions(local, remote), tombstone, new Map());
}

/** Several states of one row as one: what is stored of a parked conflict when more arrives before it is decided. */
export function joinedState(a: RowState, b: RowState): RowState {
	return { groups: groupsOf(joinedVersions(a, b)), deleted: bothTombstones(a.deleted, b.deleted) };
}

/**
 * At least one side deleted the row. It lives on if its values have seen the deletion, and is deleted if that has seen its
 * values.
 */
function mergeDeletion(rows: RowsToMerge, remote: RowState): RowMerge {
	const { local } = rows;
	const tombstone = bothTombstones(local.deleted, remote.deleted);
	if (tombstone === null) return unchanged(rows);
	const living = lives(local) ? local : lives(remote) ? remote : null;
	if (living === null) return changedTo(rows, remote, deletedOf(local, remote, tombstone));
	const known = knownTo(living === local ? local : rows.remote);
	if (covers(known, tombstone.knows)) {
		const merge = recreated(rows, remote, null);
		return { ...merge, mustBroadcast: merge.mustBroadcast || living === local };
	}
	// An instance that is never sent a field cannot have seen it.
	const shown = living === local && rows.fields !== null ? onlyFields(living, rows.fields) : living;
	const unseen = unseenFields(shown, tombstone);
	const along = living === local ? (rows.takesAlong ?? []) : [];
	if (unseen.length === 0 && along.length === 0) return changedTo(rows, remote, deletedOf(local, remote, tombstone));
	const deleted = local.deleted === null ? 'there' : 'here';
	const policy = rows.policies.onDelete;
	if (policy === 'park') return { ...unchanged(rows), parked: parked(deleted, unseen, along) };
	const took = (policy === 'delete') === (deleted === 'here') ? 'here' : 'there';
	const merge =
		policy === 'delete'
			? changedTo(rows, remote, deletedOf(local, remote, tombstone))
			: recreated(rows, remote, tombstone);
	return { ...merge, deleteDecision: { deleted, took, policy }, mustBroadcast: true };
}

/** The row lives on, or again, with the later of the values of both sides. */
function recreated(rows: RowsToMerge, remote: RowState, tombstone: Tombstone | null): RowMerge {
	const fields = mergeFields({ ...rows, remote, conflict: 'newest' });
	const state = keptOf(fields.versions, tombstone, fields.held);
	return changedTo(rows, remote, state, fields);
}

function deletedOf(local: RowState, remote: RowState, { stamp, knows }: Tombstone): RowState {
	const known = unionOf(knows, unionOf(knownTo(local), knownTo(remote)));
	return { groups: groupsOf(joinedVersions(local, remote)), deleted: { stamp, knows: known } };
}

/** The row lives, and its values have seen the deletion; values that wait in an open conflict have not. */
function keptOf(versions: Map<string, FieldVersion>, tombstone: Tombstone | null, held: HeldFields): RowState {
	const knows = tombstone?.knows ?? {};
	const open = new Map([...versions].filter(([field]) => held.has(field)));
	const settled = new Map([...versions].filter(([field]) => !held.has(field)));
	return { groups: groupsOf(new Map([...allKnowing(settled, knows), ...open])), deleted: null };
}

function bothTombstones(a: Tombstone | null, b: Tombstone | null): Tombstone | null {
	if (a === null || b === null) return a ?? b;
	return { stamp: b.stamp > a.stamp ? b.stamp : a.stamp, knows: unionOf(a.knows, b.knows) };
}

const unseenFields = (state: RowState, tombstone: Tombstone): string[] =>
	state.groups.flatMap(({ knows, values }) => (covers(tombstone.knows, knows) ? [] : Object.keys(values))).sort();

/** How many rows are named; the rest are counted. */
const NAMED = 10;

function parked(deleted: 'here' | 'there', unseen: string[], along: readonly string[]): DeleteConflict {
	const [who, other] = deleted === 'here' ? ['here', 'on the other instance'] : ['on the other instance', 'here'];
	const more = along.length > NAMED ? ` and ${along.length - NAMED} more` : '';
	const why = [
		...(unseen.length > 0 ? [`the change of ${unseen.join(', ')} ${other} had not arrived ${deleted}`] : []),
		...(along.length > 0
			? [
					`${along.slice(0, NAMED).join(', ')}${more}${along.length > 1 ? ', which are' : ', which is'} not known there, would be deleted with it`,
				]
			: []),
	];
	const message = `The row was deleted ${who}, and ${why.join('; ')}. Decide whether it is deleted or kept.`;
	return { code: 'DELETE_CONFLICT', deleted, unseen, message };
}

function unchanged({ local, held }: RowsToMerge): RowMerge {
	return {
		state: local,
		write: {},
		exists: lives(local),
		deletes: false,
		recreates: false,
		decisions: [],
		deleteDecision: null,
		held: new Map(held),
		parked: null,
		closes: [],
		mustBroadcast: false,
		from: 'here',
	};
}

function changedTo(rows: RowsToMerge, remote: RowState, state: RowState, fields?: FieldsMerge): RowMerge {
	const { local, held } = rows;
	const exists = state.deleted === null;
	const before = valuesOf(local);
	const known = lives(local);
	const write = Object.entries(exists ? valuesOf(state) : {}).filter(
		([field, value]) => !known || !Object.hasOwn(before, field) || !sameWire(value, before[field]),
	);
	return {
		...unchanged(rows),
		...(exists ? fieldOutcome(fields) : { held: new Map(), closes: [...held.keys()], mustBroadcast: held.size > 0 }),
		state: sameState(state, local) ? local : state,
		write: Object.fromEntries(write),
		exists,
		deletes: known && !exists,
		recreates: local.deleted !== null && exists,
		from: sameState(state, local) ? 'here' : sameState(state, remote) ? 'there' : 'both',
	};
}

function fieldOutcome(fields: FieldsMerge | undefined): Partial<RowMerge> {
	if (!fields) return {};
	const { decisions, held, closes, mustBroadcast } = fields;
	return { decisions, held, closes, mustBroadcast };
}

/** Whether two states are equal. Values with equal stamps are equal. */
function sameState(a: RowState, b: RowState): boolean {
	if (!sameTombstone(a.deleted, b.deleted)) return false;
	const [ours, theirs] = [versionsOf(a), versionsOf(b)];
	return (
		ours.size === theirs.size &&
		[...ours].every(([field, version]) => {
			const other = theirs.get(field);
			return other?.stamp === version.stamp && sameKnows(version.knows, other.knows);
		})
	);
}

function sameTombstone(a: Tombstone | null, b: Tombstone | null): boolean {
	if (a === null || b === null) return a === b;
	return a.stamp === b.stamp && sameKnows(a.knows, b.knows);
}

const sameKnows = (a: Knows, b: Knows): boolean => a === b || (covers(a, b) && covers(b, a));
