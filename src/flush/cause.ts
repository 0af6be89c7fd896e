import type { Clock, Items } from '../kernel/ports.js';
import type { Row } from '../kernel/core/row.js';
import type { Decision } from './core/decide.js';
import type { Hop } from '../kernel/filter/field-path.js';
import type { ItemChange, RecordedChange } from '../capture/core/item-change.js';
import type { CollectionWatch } from '../capture/core/watch.js';

export interface PlanPorts {
	items: Items;
	clock: Pick<Clock, 'now'>;
	/** The primary key field of a collection. */
	primary(collection: string): string;
	/** Nothing has happened: it is asked what would. */
	isSupposed?: boolean;
	/** Whether all is planned again later, rather than sent to be safe, after this error. */
	isPlannedAgain?(error: unknown): boolean;
}

/** Why an item may have to be sent: its own change, or that of something it shows. */
export interface Cause {
	change: ItemChange;
	via: { path: string; hops: Hop[] } | null;
}

type Sent = Extract<Decision, { send: true }>;

export interface Decided {
	item: string;
	causes: Cause[];
	decision: Sent;
}

/** Items that are deleted in this plan, by `collection/key`: the database cannot be asked for them any more. */
export type Deletions = ReadonlyMap<string, ItemChange>;

/** The item's own change among its causes, or null. */
export const ownChange = (causes: Cause[]) => causes.find(({ via }) => via === null)?.change ?? null;

/** The change with the columns that some rule needs: a revision holds every one, also those that never leave. */
export function onlyWatched(change: RecordedChange, watched: CollectionWatch | undefined): RecordedChange {
	if (!watched) return change;
	const kept = [watched.primary, ...watched.columns];
	const needed = (row: Row): Row =>
		Object.fromEntries(kept.filter((column) => column in row).map((column) => [column, row[column]]));
	const recalled = change.recalled?.map(needed);
	return { ...change, before: change.before && needed(change.before), ...(recalled ? { recalled } : {}) };
}
