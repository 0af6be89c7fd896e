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
	/** What is agreed of the row here, its local edits stamped (`stampEdits`); `NO_STATE` for a row not known here. */
	here: RowState;
	/** What the other instance sends. */
	there: RowState;
	/** The fields that are taken from there; null for all. */
	fields: readonly string[] | null;
	policies: { conflict: ConflictPolicy; onDelete: DeletePolicy };
	/** The values that wait in open conflicts of this row (`heldFrom`). */
	held: HeldFields;
	/** What both sides last had in common: the base that decisions are shown with. */
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
	/** Whether there is a row here afterwards. */
	exists: boolean;
	/** The row that is here has to be deleted. */
	deletes: boolean;
	/** The row was deleted here and has to be created again. */
	recreates: boolean;
	decisions: Decision[];
	/** What was decided of a row deleted on one side and changed on the other; null where there was nothing to decide. */
	deleteDecision: { deleted: 'here' | 'there'; took: 'here' | 'there'; policy: 'delete' | 'update' } | null;
	/** The values that wait in open conflicts afterwards (`heldState` is what is stored of them). */
	held: Map<string, FieldVersion>;
	/**
	 * Nothing was done: somebody has to decide (`resolveDelete`). What came is kept meanwhile (`joinedState`) and merged
	 * again whenever the row has changed: perhaps there is nothing left to decide.
	 */
	parked: DeleteConflict | null;
	/** Fields whose open conflict is settled by this. */
	closes: string[];
	/** Something that the sender cannot know, and everybody has to hear: a decision of ours, or that the row lives. */
	mustBroadcast: boolean;
	/** Whose state it is now: nothing new came; exactly theirs; or what neither side had alone. */
	from: 'here' | 'there' | 'both';
}

/**
 * What a row becomes here when another instance's state of it arrives. Applying the same state twice changes nothing; any
 * order gives the same end. Only a tombstone deletes, and only where it has seen all values that are here, unless the
 * policy decides.
 */
export function mergeRow(rows: RowsToMerge): RowMerge {
	const there = rows.fields === null ? rows.there : onlyFields(rows.there, rows.fields);
	if (there.deleted !== null || rows.here.deleted !== null) return mergeDeletion(rows, there);
	if (there.groups.length === 0) return unchanged(rows);
	const merged = mergeFields({ ...rows, there, conflict: rows.policies.conflict });
	return changedTo(rows, there, { groups: groupsOf(merged.versions), deleted: null }, merged);
}

/** Who has the state of a row after a merge, from who had ours and who had theirs. */
export function seenByAfter(merge: RowMerge, seen: { here: string[]; there: string[]; instance: string }): string[] {
	const andUs = (instances: string[]): string[] => [...new Set([seen.instance, ...instances])].sort();
	if (merge.mustBroadcast) return [seen.instance];
	if (merge.from === 'here') return andUs(seen.here);
	if (merge.from === 'there') return andUs(seen.there);
	return andUs(seen.here.filter((instance) => seen.there.includes(instance)));
}

/** The state after somebody decided a parked conflict: both sides' values and knowledge, and the row deleted or kept. */
export function resolveDelete(here: RowState, there: RowState, take: 'delete' | 'update'): RowState {
	const tombstone = bothTombstones(here.deleted, there.deleted);
	if (tombstone === null) return here;
	return take === 'delete'
		? deletedOf(here, there, tombstone)
		: keptOf(joinedVersions(here, there), tombstone, new Map());
}

/** Several states of one row as one: what is stored of a parked conflict when more arrives before somebody decides. */
export function joinedState(a: RowState, b: RowState): RowState {
	return { groups: groupsOf(joinedVersions(a, b)), deleted: bothTombstones(a.deleted, b.deleted) };
}

/** At least one side deleted the row. It lives where its values know of that; it is gone where that knows its values. */
function mergeDeletion(rows: RowsToMerge, there: RowState): RowMerge {
	const { here } = rows;
	const tombstone = bothTombstones(here.deleted, there.deleted);
	if (tombstone === null) return unchanged(rows);
	const living = lives(here) ? here : lives(there) ? there : null;
	if (living === null) return changedTo(rows, there, deletedOf(here, there, tombstone));
	const known = knownTo(living === here ? here : rows.there);
	if (covers(known, tombstone.knows)) {
		const merge = recreated(rows, there, null);
		return { ...merge, mustBroadcast: merge.mustBroadcast || living === here };
	}
	// An instance that is never sent a field cannot have seen it.
	const shown = living === here && rows.fields !== null ? onlyFields(living, rows.fields) : living;
	const unseen = unseenFields(shown, tombstone);
	const along = living === here ? (rows.takesAlong ?? []) : [];
	if (unseen.length === 0 && along.length === 0) return changedTo(rows, there, deletedOf(here, there, tombstone));
	const deleted = here.deleted === null ? 'there' : 'here';
	const policy = rows.policies.onDelete;
	if (policy === 'park') return { ...unchanged(rows), parked: parked(deleted, unseen, along) };
	const took = (policy === 'delete') === (deleted === 'here') ? 'here' : 'there';
	const merge =
		policy === 'delete' ? changedTo(rows, there, deletedOf(here, there, tombstone)) : recreated(rows, there, tombstone);
	return { ...merge, deleteDecision: { deleted, took, policy }, mustBroadcast: true };
}

/** The row lives on, or again, with the later of the values of both sides. */
function recreated(rows: RowsToMerge, there: RowState, tombstone: Tombstone | null): RowMerge {
	const fields = mergeFields({ ...rows, there, conflict: 'newest' });
	const state = keptOf(fields.versions, tombstone, fields.held);
	return changedTo(rows, there, state, fields);
}

function deletedOf(here: RowState, there: RowState, { stamp, knows }: Tombstone): RowState {
	const known = unionOf(knows, unionOf(knownTo(here), knownTo(there)));
	return { groups: groupsOf(joinedVersions(here, there)), deleted: { stamp, knows: known } };
}

/** The row lives and knows that it was deleted; fields that wait for somebody know no more than they have seen. */
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

function unchanged({ here, held }: RowsToMerge): RowMerge {
	return {
		state: here,
		write: {},
		exists: lives(here),
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

function changedTo(rows: RowsToMerge, there: RowState, state: RowState, fields?: FieldsMerge): RowMerge {
	const { here, held } = rows;
	const exists = state.deleted === null;
	const before = valuesOf(here);
	const known = lives(here);
	const write = Object.entries(exists ? valuesOf(state) : {}).filter(
		([field, value]) => !known || !Object.hasOwn(before, field) || !sameWire(value, before[field]),
	);
	return {
		...unchanged(rows),
		...(exists ? fieldOutcome(fields) : { held: new Map(), closes: [...held.keys()], mustBroadcast: held.size > 0 }),
		state: sameState(state, here) ? here : state,
		write: Object.fromEntries(write),
		exists,
		deletes: known && !exists,
		recreates: here.deleted !== null && exists,
		from: sameState(state, here) ? 'here' : sameState(state, there) ? 'there' : 'both',
	};
}

function fieldOutcome(fields: FieldsMerge | undefined): Partial<RowMerge> {
	if (!fields) return {};
	const { decisions, held, closes, mustBroadcast } = fields;
	return { decisions, held, closes, mustBroadcast };
}

/** Whether two states know the same; values with one stamp are the same. */
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
