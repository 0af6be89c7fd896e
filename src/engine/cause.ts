import type { Decision } from '../core/decide.js';
import type { Hop } from '../core/field-path.js';
import type { ItemChange } from '../core/item-change.js';
import type { Clock, Items } from './ports.js';

export interface PlanDoors {
	items: Items;
	clock: Pick<Clock, 'now'>;
	/** The primary key field of a collection. */
	primary(collection: string): string;
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
export type Gone = ReadonlyMap<string, ItemChange>;

/** The item's own change among its causes, or null. */
export const ownChange = (causes: Cause[]) => causes.find(({ via }) => via === null)?.change ?? null;
