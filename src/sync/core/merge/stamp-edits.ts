import { canonical } from '../../../kernel/core/same-value.js';
import type { FieldGroup, Knows, RowState, Stamp, WireValue } from './row-state.js';
import { instanceOf, newestStamp, nextStamp } from './stamp.js';

/** One field of a row's state on its own. */
export interface FieldVersion {
	stamp: Stamp;
	knows: Knows;
	decided?: true;
	value: WireValue;
}

export interface Moment {
	/** ms since 1970: when the edit was made, or is noticed. */
	now: number;
	/** The instance on which it was made. */
	instance: string;
	/** When each field was set, where they were not set together. */
	setAt?: (field: string) => number;
}

/** Whether `a` takes everything in `b` into account. */
export function covers(a: Knows, b: Knows): boolean {
	return Object.entries(b).every(([instance, stamp]) => (a[instance] ?? '') >= stamp);
}

/** Whether a value made with this knowledge has taken into account what was stamped so. */
export const knowsStamp = (knows: Knows, stamp: Stamp): boolean => (knows[instanceOf(stamp)] ?? '') >= stamp;

/** What `a` and `b` know together. */
export function unionOf(a: Knows, b: Knows): Knows {
	if (a === b) return a;
	const union = { ...a };
	for (const [instance, stamp] of Object.entries(b)) {
		const known = union[instance];
		if (known === undefined || known < stamp) union[instance] = stamp;
	}
	return union;
}

/** Everything that any part of a row's state knows. */
export function knownTo(state: RowState): Knows {
	const groups = state.groups.reduce<Knows>((knows, group) => unionOf(knows, group.knows), {});
	return state.deleted ? unionOf(groups, state.deleted.knows) : groups;
}

/** Whether a state takes every value, and the deletion, of the other into account. */
export function knowsAllOf(state: RowState, other: RowState): boolean {
	if (other.deleted !== null && !covers(knownTo(state), other.deleted.knows)) return false;
	const { deleted } = state;
	if (deleted !== null) return other.groups.every((group) => knowsStamp(deleted.knows, group.stamp));
	const ours = versionsOf(state);
	return [...versionsOf(other)].every(([field, { stamp }]) => knowsStamp(ours.get(field)?.knows ?? {}, stamp));
}

/** Whether there is a row: it was synced once, and not deleted since. */
export const lives = (state: RowState): boolean => state.deleted === null && state.groups.length > 0;

/** The values of all fields of a row, as they are agreed; of a deleted one the last. */
export const valuesOf = (state: RowState): Record<string, WireValue> =>
	Object.assign({}, ...state.groups.map((group) => group.values)) as Record<string, WireValue>;

/** One field of a row's state; null where it was never synced. */
export function fieldOf(state: RowState, field: string): FieldVersion | null {
	const group = state.groups.find(({ values }) => Object.hasOwn(values, field));
	return group ? versionIn(group, field) : null;
}

/** By name, the fields of a row's state. */
export function versionsOf(state: RowState): Map<string, FieldVersion> {
	const versions = new Map<string, FieldVersion>();
	for (const group of state.groups) {
		for (const field of Object.keys(group.values)) versions.set(field, versionIn(group, field));
	}
	return versions;
}

/** The state without all other fields. The deletion of a row is of all its fields and stays. */
export function onlyFields(state: RowState, fields: Iterable<string>): RowState {
	const wanted = new Set(fields);
	const groups = state.groups.flatMap((group) => {
		const kept = Object.entries(group.values).filter(([field]) => wanted.has(field));
		return kept.length === 0 ? [] : [{ ...group, values: Object.fromEntries(kept) }];
	});
	return { groups, deleted: state.deleted };
}

/**
 * The groups of these fields: those that were set at the same time with the same knowledge are one. Equal fields give
 * equal groups, in one order.
 */
export function groupsOf(versions: Map<string, FieldVersion>): FieldGroup[] {
	const groups = new Map<string, FieldGroup>();
	for (const [field, { value, ...about }] of [...versions].sort(byName)) {
		const knows = Object.fromEntries(Object.entries(about.knows).sort(byName));
		const place = `${about.stamp} ${about.decided ?? ''} ${JSON.stringify(knows)}`;
		const group = groups.get(place);
		if (group) group.values[field] = value;
		else groups.set(place, { ...about, knows, values: { [field]: value } });
	}
	return [...groups].sort(byName).map(([, group]) => group);
}

/**
 * What a row's state becomes after its fields were read: those that differ from what is agreed were edited here, and get
 * a new stamp, those that were set together the same. They stay groups of their own where they knew different things, so
 * that no field claims to know an edit that it has not seen. A deleted row that is read again lives again, and knows that
 * it was deleted.
 *
 * @param read fields in wire form; fields of the state that are not among them are left as they are
 * @param context.overrides what reading a field gives although something else is agreed, and which is therefore no edit
 * @returns the same state if nothing was edited
 */
export function stampEdits(
	state: RowState,
	read: Record<string, WireValue>,
	context: Moment & { overrides?: Record<string, WireValue> },
): { state: RowState; changed: string[] } {
	const overrides = context.overrides ?? {};
	const tombstone = state.deleted?.knows ?? {};
	const versions = versionsOf(state);
	const changed = Object.keys(read).filter((field) => {
		const agreed = versions.get(field);
		if (state.deleted !== null) return true;
		// A new column is empty in existing rows; that is not an edit.
		const asItIs = Object.hasOwn(overrides, field) && sameWire(read[field], overrides[field]);
		if (!agreed) return !asItIs && (!lives(state) || !sameWire(read[field], null));
		return Object.hasOwn(overrides, field) ? !asItIs : !sameWire(read[field], agreed.value);
	});
	if (changed.length === 0) return { state, changed };
	const { instance } = context;
	// Invariant: who knows a stamp of an instance knows all its earlier ones.
	let own = knownTo(state)[instance] ?? null;
	const whole = state.deleted === null ? null : newestStamp(state);
	const together = Map.groupBy(changed, (field) => context.setAt?.(field) ?? context.now);
	for (const [at, fields] of [...together].sort(([a], [b]) => a - b)) {
		const before = fields.flatMap((field) => versions.get(field)?.stamp ?? []);
		const newest = [...before, own, whole].reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
		const stamp = nextStamp(at, newest, instance);
		own = stamp;
		for (const field of fields) {
			const known = versions.get(field)?.knows ?? {};
			versions.set(field, { stamp, knows: { ...known, [instance]: stamp }, value: read[field] });
		}
	}
	return { state: { groups: groupsOf(allKnowing(versions, tombstone)), deleted: null }, changed };
}

/**
 * What a row's state becomes when it is gone here: a tombstone that knows all its values. The last values stay with it
 * until the tombstone goes, since a later decision for the row has to find the same values on every instance.
 *
 * @returns the same state if it was deleted before
 */
export function stampDelete(state: RowState, { now, instance }: Moment): RowState {
	if (state.deleted !== null) return state;
	const stamp = nextStamp(now, newestStamp(state), instance);
	return { groups: state.groups, deleted: { stamp, knows: { ...knownTo(state), [instance]: stamp } } };
}

/** The fields with the same values, which now take this into account too. They get no new stamp, since they were not set again. */
export function allKnowing(versions: Map<string, FieldVersion>, knows: Knows): Map<string, FieldVersion> {
	return new Map(
		[...versions].map(([field, version]) => [field, { ...version, knows: unionOf(version.knows, knows) }]),
	);
}

/** Whether two wire values are the same; null and "not there" are. */
export function sameWire(a: WireValue, b: WireValue): boolean {
	if (a === b) return true;
	if ((typeof a !== 'object' || a === null) && (typeof b !== 'object' || b === null))
		return (a ?? null) === (b ?? null);
	return canonical(a ?? null) === canonical(b ?? null);
}

function versionIn({ stamp, knows, decided, values }: FieldGroup, field: string): FieldVersion {
	return decided ? { stamp, knows, decided, value: values[field] } : { stamp, knows, value: values[field] };
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);
