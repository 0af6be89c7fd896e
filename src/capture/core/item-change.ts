import type { Row } from '../../kernel/core/row.js';
import { ALL_ITEMS, type EventName } from '../../contract/vocabulary.js';

/** What was read of an item before it was changed. */
export interface Before {
	/** Its columns, as the driver gave them; null where it was not there. */
	columns: Row | null;
	/** What another writer made of the columns between that reading and this write. */
	between: Row | null;
	/** The payload with its relations, as Directus reads it; only before a delete, where a rule sends related values. */
	related: Row | null;
}

/** One row of the outbox: one committed change of one item, or of all items of a collection (`item` = `*`). */
export interface RecordedChange {
	id: number;
	collection: string;
	item: string;
	event: EventName;
	/** ms since 1970. */
	at: number;
	user: string | null;
	/** The columns that rules need, as they were before the change; null where they could not be read. */
	before: Row | null;
	/** What another writer made of some columns after `before` was read: a version that was there for a moment. */
	between: Row | null;
	/** The whole payload read before a delete, as Directus' own read returns it, where a rule sends related values. */
	beforeRelated: Row | null;
	/** Whether it was looked for before the change and not found. */
	absent: boolean;
	/** Which fields the writer set; null where all, or where that is unknown. */
	fields: readonly string[] | null;
	/** What revisions hold of it where it was not read before the change: what it may have been, oldest first. */
	recalled?: Row[] | undefined;
	/** Where no one wrote: date fields whose moment has passed (`fields` names them) since then, in ms since 1970. */
	passedSince?: number | undefined;
	/** The trace that it was made in, as a `traceparent`; null or nothing where there was none. */
	trace?: string | null;
	/** Another instance has sent it, or may have. */
	received?: boolean;
}

/** One of the steps by which an item became what it is: when, ms since 1970, and which fields were set; null for all. */
export interface Step {
	at: number;
	fields: readonly string[] | null;
}

/** When each field was last set, by these steps; fields that no step names were set by Directus and get the time of the last step. */
export function lastSet(steps: readonly Step[], otherwise: number): (field: string) => number {
	const all = Math.max(...steps.flatMap(({ at, fields }) => (fields === null ? [at] : [])), Number.NEGATIVE_INFINITY);
	const named = new Map<string, number>();
	for (const { at, fields } of steps)
		for (const field of fields ?? []) named.set(field, Math.max(at, named.get(field) ?? at));
	return (field) => {
		const at = Math.max(all, named.get(field) ?? Number.NEGATIVE_INFINITY);
		return Number.isFinite(at) ? at : otherwise;
	};
}

/** All that happened to one item since it was last planned, in one. */
export interface ItemChange {
	collection: string;
	item: string;
	created: boolean;
	updated: boolean;
	deleted: boolean;
	/** Whether the item was there before all this. */
	existedBefore: boolean;
	/** The outbox' number of the last of all this: what happened to an item later has a higher one. */
	lastId: number;
	/** When it was made here, ms since 1970; null where it was not, or another instance has sent it. */
	madeAt: number | null;
	at: number;
	/** All of this, in order. */
	steps: Step[];
	user: string | null;
	/** The trace of the last of it that was traced. */
	trace: string | null;
	/** What it was at each step that is known, oldest first. */
	before: Row[];
	/** When each of those was replaced, ms since 1970: the time to judge by whether the target may have shown it. */
	replacedAt: number[];
	/** Date fields whose moment has passed, though there was no write, and since when that was looked for, ms since 1970. */
	passed: { fields: string[]; since: number } | null;
	beforeRelated: Row | null;
	/** Whether some step's old values are not known, so that nothing can be concluded from comparing. */
	incomplete: boolean;
	/** It stands for the whole collection: why. */
	whole?: string;
}

/**
 * Folds changes of the same item, in the order of the outbox, into one: keys that differ only in type (`1`, `"1"`)
 * are one item. A created item that is also updated stays a creation; what was deleted last is a deletion.
 */
export function foldChanges(changes: readonly RecordedChange[]): ItemChange[] {
	const folded = new Map<string, ItemChange>();
	for (const change of changes) {
		const key = `${change.collection}\u0000${change.item}`;
		const known = folded.get(key);
		const isPassed = change.passedSince !== undefined;
		const passed =
			change.passedSince === undefined ? null : { fields: [...(change.fields ?? [])], since: change.passedSince };
		if (!known) {
			folded.set(key, {
				collection: change.collection,
				item: change.item,
				created: change.event === 'create',
				updated: change.event === 'update' && !isPassed,
				deleted: change.event === 'delete',
				existedBefore: change.event !== 'create' && !change.absent,
				lastId: change.id,
				madeAt: madeAt(change),
				at: change.at,
				steps: [{ at: change.at, fields: change.fields }],
				user: change.user,
				trace: change.trace ?? null,
				before: versions(change),
				replacedAt: versions(change).map(() => change.at),
				passed,
				beforeRelated: change.beforeRelated,
				incomplete: isIncomplete(change),
			});
			continue;
		}
		known.madeAt = change.event === 'create' ? madeAt(change) : known.madeAt;
		known.created = change.event === 'create' || (known.created && change.event !== 'delete');
		known.updated ||= change.event === 'update' && !isPassed;
		if (passed)
			known.passed = {
				fields: [...new Set([...(known.passed?.fields ?? []), ...passed.fields])],
				since: Math.min(known.passed?.since ?? passed.since, passed.since),
			};
		known.deleted = change.event === 'delete';
		known.lastId = Math.max(known.lastId, change.id);
		known.at = Math.max(known.at, change.at);
		known.steps.push({ at: change.at, fields: change.fields });
		known.user = change.user ?? known.user;
		known.trace = change.trace ?? known.trace;
		known.before.push(...versions(change));
		known.replacedAt.push(...versions(change).map(() => change.at));
		known.beforeRelated = change.beforeRelated ?? known.beforeRelated;
		known.incomplete ||= isIncomplete(change);
	}
	return [...folded.values()];
}

const madeAt = ({ event, received, at }: RecordedChange) => (event === 'create' && !received ? at : null);

const isIncomplete = (change: RecordedChange) =>
	change.event !== 'create' &&
	change.before === null &&
	!change.absent &&
	change.passedSince === undefined &&
	change.item !== ALL_ITEMS;

/** The before-images of one change: two writers at once may both have read the same one before either wrote. */
function versions({ before, between, recalled = [] }: RecordedChange): Row[] {
	if (!before) return recalled;
	return between ? [before, { ...before, ...between }] : [before];
}
