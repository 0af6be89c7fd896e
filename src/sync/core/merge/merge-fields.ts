import type { ConflictPolicy } from '../../../contract/vocabulary.js';
import type { Knows, RowState, Stamp, WireValue } from './row-state.js';
import { type FieldVersion, type Moment, groupsOf, knowsStamp, sameWire, unionOf, versionsOf } from './stamp-edits.js';
import { newestStamp, nextStamp } from './stamp.js';
import { isUnchosen } from './stamp-first.js';

/** What became of a field that was set differently here and there, neither having seen the other. */
export interface Decision {
	field: string;
	/** What both sides had before, as far as is known; null otherwise. */
	base: WireValue;
	here: WireValue;
	there: WireValue;
	/** Whose value it is now; `held`: ours stays until a user decides. */
	took: 'here' | 'there' | 'held';
	policy: ConflictPolicy;
}

/** By field with an open conflict, the value of the other side that waits for a decision. */
export type HeldFields = ReadonlyMap<string, FieldVersion>;

export interface FieldsMerge {
	versions: Map<string, FieldVersion>;
	decisions: Decision[];
	/** All fields with an open conflict after the merge. */
	held: Map<string, FieldVersion>;
	/** Fields whose open conflict is settled by the incoming values. */
	closes: string[];
	/** A policy made a new stamp: the sender has to hear of it. */
	mustBroadcast: boolean;
}

export interface FieldsToMerge extends Moment {
	local: RowState;
	remote: RowState;
	agreed: Record<string, WireValue>;
	conflict: ConflictPolicy;
	held: HeldFields;
	/** Fields whose remote value cannot be applied in the present state: a person has to decide, whatever the policy. */
	asks?: ReadonlySet<string>;
}

/** The values waiting in open conflicts, from what was stored of each: of several for one field, all is known. */
export function heldFrom(theirs: readonly RowState[]): Map<string, FieldVersion> {
	return joinedVersions(...theirs);
}

/** The later of the values of each field, in all these states. */
export function joinedVersions(...states: readonly RowState[]): Map<string, FieldVersion> {
	const versions = new Map<string, FieldVersion>();
	for (const [field, version] of states.flatMap((state) => [...versionsOf(state)])) {
		const other = versions.get(field);
		versions.set(field, other ? joined(other, version) : version);
	}
	return versions;
}

/** What is stored of the values waiting in open conflicts. */
export const heldState = (held: HeldFields): RowState => ({ groups: groupsOf(new Map(held)), deleted: null });

/**
 * The fields of a row that lives on both sides. The later stamp wins; it is a conflict where it does not know the other
 * and the values differ, which the policy decides unless a user has decided before. Whatever the order in which the
 * same values arrive, the outcome is the same.
 */
export function mergeFields(merge: FieldsToMerge): FieldsMerge {
	const versions = versionsOf(merge.local);
	const result: FieldsMerge = { versions, decisions: [], held: new Map(merge.held), closes: [], mustBroadcast: false };
	const stamp = nextStamp(merge.now, later(newestStamp(merge.local), newestStamp(merge.remote)), merge.instance);
	for (const [field, theirs] of versionsOf(merge.remote)) {
		const ours = versions.get(field);
		const open = merge.held.get(field);
		if (!ours) versions.set(field, theirs);
		else if (merge.asks?.has(field) && isNews(ours, theirs)) hold(field, { ours, theirs, open }, { merge, result });
		else if (open) mergeHeld(field, { ours, theirs, open }, { merge, result });
		else if (!inConflict(ours, theirs)) versions.set(field, joined(ours, theirs));
		else decide(field, { ours, theirs, stamp }, { merge, result });
	}
	return result;
}

/** The state after a user decided open conflicts: their choice knows both sides, and is not questioned again. */
export function resolveFields(
	state: RowState,
	held: HeldFields,
	chosen: Record<string, WireValue>,
	{ now, instance }: Moment,
): RowState {
	const versions = versionsOf(state);
	const stamp = nextStamp(now, later(newestStamp(state), newestStamp(heldState(held))), instance);
	for (const [field, value] of Object.entries(chosen)) {
		const both = unionOf(versions.get(field)?.knows ?? {}, held.get(field)?.knows ?? {});
		versions.set(field, { stamp, knows: { ...both, [instance]: stamp }, decided: true, value });
	}
	return { groups: groupsOf(versions), deleted: state.deleted };
}

interface Going {
	merge: FieldsToMerge;
	result: FieldsMerge;
}

/** Who wins by the policies that look at nothing else. */
const WINNERS = { local: 'here', remote: 'there' } as const;

function decide(
	field: string,
	{ ours, theirs, stamp }: { ours: FieldVersion; theirs: FieldVersion; stamp: Stamp },
	{ merge, result }: Going,
): void {
	const policy = ours.decided || theirs.decided ? 'newest' : merge.conflict;
	const base = merge.agreed[field] ?? null;
	const say = (took: Decision['took']): void => {
		result.decisions.push({ field, base, here: ours.value, there: theirs.value, took, policy });
	};
	if (policy === 'manual') {
		result.held.set(field, theirs);
		return say('held');
	}
	if (policy === 'newest') {
		const version = joined(ours, theirs);
		result.versions.set(field, version);
		return say(version.stamp === ours.stamp ? 'here' : 'there');
	}
	const knows: Knows = { ...unionOf(ours.knows, theirs.knows), [merge.instance]: stamp };
	const took = WINNERS[policy];
	const { value } = took === 'here' ? ours : theirs;
	result.versions.set(field, { stamp, knows, decided: true, value });
	result.mustBroadcast = true;
	say(took);
}

/** A field that waits for a decision: only a value that knows both sides, or says what we say, changes anything. */
function mergeHeld(
	field: string,
	{ ours, theirs, open }: { ours: FieldVersion; theirs: FieldVersion; open: FieldVersion },
	{ merge, result }: Going,
): void {
	const knowsBoth = knowsStamp(theirs.knows, ours.stamp) && knowsStamp(theirs.knows, open.stamp);
	if (knowsBoth || sameWire(ours.value, theirs.value)) {
		const version = joined(ours, theirs);
		result.versions.set(field, version);
		if (!knowsStamp(version.knows, open.stamp)) return;
		result.held.delete(field);
		result.closes.push(field);
		// While it was held, ours was not sent.
		if (version.stamp === ours.stamp) result.mustBroadcast = true;
		return;
	}
	if (knowsStamp(ours.knows, theirs.stamp) || knowsStamp(open.knows, theirs.stamp)) return;
	const waiting = joined(open, theirs);
	result.held.set(field, waiting);
	const base = merge.agreed[field] ?? null;
	result.decisions.push({ field, base, here: ours.value, there: waiting.value, took: 'held', policy: 'manual' });
}

/** Ours stays and theirs waits, even if theirs has seen ours. */
function hold(
	field: string,
	{ ours, theirs, open }: { ours: FieldVersion; theirs: FieldVersion; open: FieldVersion | undefined },
	{ merge, result }: Going,
): void {
	if (open && knowsStamp(open.knows, theirs.stamp)) return;
	const waiting = open ? joined(open, theirs) : theirs;
	result.held.set(field, waiting);
	const base = merge.agreed[field] ?? null;
	result.decisions.push({ field, base, here: ours.value, there: waiting.value, took: 'held', policy: 'manual' });
}

const isNews = (ours: FieldVersion, theirs: FieldVersion): boolean =>
	!knowsStamp(ours.knows, theirs.stamp) && !sameWire(ours.value, theirs.value);

function inConflict(a: FieldVersion, b: FieldVersion): boolean {
	if (isUnchosen(a.stamp) || isUnchosen(b.stamp)) return false;
	return !knowsStamp(a.knows, b.stamp) && !knowsStamp(b.knows, a.stamp) && !sameWire(a.value, b.value);
}

/** The later of two values, knowing what both know. */
function joined(a: FieldVersion, b: FieldVersion): FieldVersion {
	return { ...(b.stamp > a.stamp ? b : a), knows: unionOf(a.knows, b.knows) };
}

const later = (a: Stamp | null, b: Stamp | null): Stamp | null => (a !== null && (b === null || a > b) ? a : b);
