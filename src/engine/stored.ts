import type { Issue } from '../core/validate-rules.js';
import type { OldValues } from '../core/old-values.js';
import type { AdapterName, DeliveryStatus, EventName, TargetKind, TargetStatus } from '../core/vocabulary.js';
import type { CompiledRule } from '../core/watch.js';
import type { CompiledSyncRule } from '../core/sync/compile-sync-rules.js';
import type { FlushOptions, SyncOptions } from '../../schema.js';

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
	| 'nextAt'
	| 'user'
	| 'operation'
>;

/** A flush target as it is served: read from its collection, checked, its rules worked out. */
export interface FlushTarget {
	id: string;
	kind: 'flush';
	status: TargetStatus;
	name: string;
	url: string;
	adapter: AdapterName;
	authHeader: string;
	/** null where they are invalid: nothing is sent until somebody mends them. */
	options: (FlushOptions & Record<string, unknown>) | null;
	/** The valid rules. */
	rules: CompiledRule[];
	/** What is wrong with rules and options. */
	issues: Issue[];
	/** Decrypts, on first use: deriving the key takes tens of milliseconds. */
	secrets(): Promise<{ apiKey: string | null; signing: string[] }>;
}

/** A remote source as it is served: another instance that some collections are kept in step with. */
export interface RemoteSource {
	id: string;
	kind: 'sync';
	status: TargetStatus;
	name: string;
	/** The other Directus, without a slash at the end. */
	url: string;
	/** null where they are invalid: nothing is sent until somebody mends them. */
	options: SyncOptions | null;
	/** The valid rules, and those that they imply. */
	rules: CompiledSyncRule[];
	/** The collections whose rules are invalid and turned off, and why. */
	off: { collection: string; message: string }[];
	/** What is wrong with rules and options. */
	issues: Issue[];
	/** The token of our user over there; decrypted on first use. */
	apiKey(): Promise<string | null>;
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

/** Where changes go. */
export type Target = FlushTarget | RemoteSource;
