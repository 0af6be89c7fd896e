import { pointer } from '../../../kernel/core/rule-issues.js';
import {
	MOST_FIELDS,
	MOST_INSTANCES,
	syncChange,
	type SyncChange,
	type SyncResult,
} from '../../../contract/sync-messages.js';
import type { RowState } from '../merge/row-state.js';
import { knownTo, unionOf } from '../merge/stamp-edits.js';
import { newestStamp, timeOf } from '../merge/stamp.js';

/** The rows of a request that can be read, and what is answered for the others. */
export interface ReadChanges {
	changes: SyncChange[];
	refused: SyncResult[];
}

/** Lists and objects within each other in one value, at the most. */
const DEPTH = 100;

/** Entries in all version vectors of one row, at the most. */
const VECTOR_ENTRIES = 10_000;

/** Reads each row of a request by itself: one that is not as it has to be does not keep the others out. */
export function readChanges(given: readonly unknown[]): ReadChanges {
	const read: ReadChanges = { changes: [], refused: [] };
	for (const one of given) {
		const size = oversize(one);
		if (size !== null) {
			read.refused.push({ ...placeOf(one), outcome: 'parked', code: 'INVALID_CHANGE', message: size });
			continue;
		}
		const parsed = syncChange.safeParse(one);
		const [issue] = parsed.error?.issues ?? [];
		const problem = parsed.success ? unreadable(parsed.data) : `${pointer(issue?.path ?? [])}: ${issue?.message ?? ''}`;
		if (parsed.success && problem === null) read.changes.push(parsed.data);
		else read.refused.push({ ...placeOf(one), outcome: 'parked', code: 'INVALID_CHANGE', message: problem ?? '' });
	}
	return read;
}

/** What it says it is about, as far as that can be said back. */
function placeOf(given: unknown): { collection: string; sync_id: string } {
	const { collection, sync_id } = (given ?? {}) as Record<string, unknown>;
	const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 255) : '');
	return { collection: text(collection), sync_id: text(sync_id) };
}

/** Why a row is not even read, since it says more than any: looked for first, as reading it would take long. */
function oversize(given: unknown): string | null {
	const { state, seen_by: seenBy, match } = (given ?? {}) as Record<string, Record<string, unknown> | null | undefined>;
	const groups = Array.isArray(state?.['groups']) ? (state['groups'] as unknown[]) : [];
	const parts: [(string | number)[], unknown, number][] = [
		[['state', 'groups'], groups, MOST_FIELDS],
		[['seen_by'], seenBy, MOST_INSTANCES],
		[['match', 'fields'], match?.['fields'], MOST_FIELDS],
		[
			['state', 'deleted', 'knows'],
			(state?.['deleted'] as Record<string, unknown> | undefined)?.['knows'],
			MOST_INSTANCES,
		],
	];
	for (const [index, group] of groups.slice(0, MOST_FIELDS).entries()) {
		const { knows, values } = (group ?? {}) as Record<string, unknown>;
		parts.push([['state', 'groups', index, 'knows'], knows, MOST_INSTANCES]);
		parts.push([['state', 'groups', index, 'values'], values, MOST_FIELDS]);
	}
	for (const [place, value, most] of parts) {
		const count = typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
		if (count > most) return `${pointer(place)}: ${count} entries, and no more than ${most} are taken`;
	}
	return null;
}

function unreadable({ state: { groups, deleted } }: SyncChange): string | null {
	const entries = [...groups, ...(deleted ? [deleted] : [])].reduce(
		(sum, { knows }) => sum + Object.keys(knows).length,
		0,
	);
	if (entries > VECTOR_ENTRIES)
		return `/state: ${entries} entries in its version vectors, and no more than ${VECTOR_ENTRIES} are taken`;
	for (const [index, { values }] of groups.entries())
		for (const [field, value] of Object.entries(values)) {
			const problem = problemOf(value);
			if (problem !== null) return `${pointer(['state', 'groups', index, 'values', field])}: ${problem}`;
		}
	return null;
}

/** Why a value cannot be kept; null where it can. Without recursion, since it may be of any depth. */
function problemOf(value: unknown): string | null {
	let level: unknown[] = [value];
	for (let depth = 0; level.length > 0; depth += 1) {
		if (depth > DEPTH) return `lists and objects are within each other more than ${DEPTH} deep`;
		if (level.some((one) => typeof one === 'number' && !Number.isFinite(one))) return 'a number is too large';
		level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
	}
	return null;
}

/** How far the clock of another instance may be ahead of ours. */
const AHEAD_MS = 24 * 3_600_000;

/** How much later than the newest stamp of a row that was once set by such a clock. */
const STEP_MS = 60_000;

/**
 * Why what a sender says about times and instances is not believed, though it is well formed: a stamp from the far future
 * would win over every edit, and every later one would have to be later still. null where it is believed.
 *
 * @param local what is agreed of the row here
 * @param now ms since 1970
 */
export function unbelievable(state: RowState, local: RowState, now: number): { code: string; message: string } | null {
	const newest = newestStamp(state);
	const known = newestStamp(local);
	const latest = Math.max(now + AHEAD_MS, known === null ? 0 : timeOf(known) + STEP_MS);
	if (newest !== null && timeOf(newest) > latest) {
		const ahead = Math.round((timeOf(newest) - now) / 3_600_000);
		const message = `this row is stamped ${ahead} hours ahead of the clock here, and no more than ${AHEAD_MS / 3_600_000} are taken: set the clock of the sending server, or this one`;
		return { code: 'STAMP_IN_FUTURE', message };
	}
	const instances = Object.keys(unionOf(knownTo(local), knownTo(state))).length;
	if (instances <= MOST_INSTANCES) return null;
	const message = `${instances} instances are said to have changed this row, and no more than ${MOST_INSTANCES} are taken`;
	return { code: 'TOO_MANY_INSTANCES', message };
}
