import type { OldValues } from './core/old-values.js';
import type { DeliveryStatus, EventName, TargetKind } from '../contract/vocabulary.js';
import type { FlushOptions, SendWindows } from '../../schema.js';
import { opensAt } from './core/windows.js';

/** A delivery as it is stored. Times are ms since 1970. */
export interface StoredDelivery {
	id: string;
	kind: TargetKind;
	target: string;
	status: DeliveryStatus;
	collection: string;
	item: string;
	event: EventName | 'test';
	/** The hash of its rule in `downstream_rules`; null for a test. */
	rule: string | null;
	reason: string;
	old: OldValues;
	/** Sent as it was before the change, since it is gone or no longer to be shown. */
	asItWas: boolean;
	changedAt: number;
	/**
	 * The outbox' number of the change, by which it is told what happened last: ids are made by the clocks of several
	 * nodes. null for what is sent by hand, for remotes, and in rows of earlier versions.
	 */
	changeId: number | null;
	createdAt: number;
	nextAt: number;
	deliveredAt: number | null;
	tries: number;
	/** The group that it is sent in: its `webhook-id`. */
	batch: string | null;
	/** Every group that it was ever sent in, oldest first. */
	batches: string[];
	error: { code: string; message: string } | null;
	user: string | null;
	operation: string | null;
	/** The trace of the change, as a `traceparent`; null where there was none. */
	trace: string | null;
}

/** A delivery that the plan adds, before it has a row. */
export type NewDelivery = Pick<
	StoredDelivery,
	| 'kind'
	| 'target'
	| 'collection'
	| 'item'
	| 'event'
	| 'rule'
	| 'reason'
	| 'old'
	| 'asItWas'
	| 'changedAt'
	| 'changeId'
	| 'nextAt'
	| 'user'
	| 'operation'
	| 'trace'
>;

/** What is the same of all deliveries that were never sent. */
export const NOT_SENT = {
	status: 'pending',
	deliveredAt: null,
	tries: 0,
	batch: null,
	batches: [],
	error: null,
} satisfies Partial<StoredDelivery>;

/** What sending needs to know of a target, whatever its kind. */
export interface DeliveryTarget {
	id: string;
	kind: TargetKind;
	/** null where they are invalid: nothing is sent until they are fixed. */
	options: Pick<FlushOptions, 'batch_size' | 'max_wait_ms' | 'rate' | 'retry' | 'hold_max_ms'> | null;
}

/** Whether changes for it are collected until they are released. */
export const collects = ({ kind, options }: { kind: TargetKind; options: object | null }): boolean =>
	kind === 'sync' && (options as { on_release?: boolean } | null)?.on_release === true;

/** When it may be sent something again, in ms since 1970, where it is sent changes in some hours only; null if now. */
export function nextWindow(
	{ kind, options }: { kind: TargetKind; options: object | null },
	now: number,
): number | null {
	const windows = kind === 'sync' ? (options as { windows?: SendWindows } | null)?.windows : undefined;
	return windows ? opensAt(windows, now) : null;
}

/** One HTTP request as the history keeps it: secrets masked, bodies cut. */
export interface StoredAttempt {
	id: string;
	batch: string;
	target: string;
	kind: TargetKind;
	at: number;
	durationMs: number;
	outcome: 'delivered' | 'retry' | 'failed' | 'gone';
	/** How many deliveries it carried. */
	deliveries: number;
	request: { method: string; url: string; headers: Record<string, string>; body: string | null };
	response: { status: number; headers: Record<string, string>; body: string } | null;
	error: { code: string; message: string } | null;
}
