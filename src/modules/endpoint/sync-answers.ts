import type { CheckStep } from '../../core/sync/check-link.js';
import type { DeliveryStatus } from '../../core/vocabulary.js';
import type { Issue } from '../../core/validate-rules.js';

/** A row that two instances changed differently. Values are as they travel: references by sync id. */
export interface Conflict {
	id: string;
	status: 'open' | 'resolved' | 'automatic';
	kind: 'fields' | 'delete' | 'identity' | 'unique';
	target: string | null;
	peer: string;
	collection: string;
	sync_id: string;
	/** The key of the row here. */
	item: string | null;
	/** Of a deletion: who deleted the row. */
	deleted: 'here' | 'there' | null;
	fields: { field: string; base: unknown; here: unknown; there: unknown; took: 'here' | 'there' | 'held' }[];
	message: string;
	at: string;
	resolved_at: string | null;
	resolved_by: string | null;
	resolution: unknown;
}

/** What became of several that were decided in the same way. */
export interface Resolved {
	operation: string;
	count: number;
	resolved: string[];
	refused: { id: string; code: string; message: string }[];
}

/** What two instances need, step by step, and how the collections of the rules fit. */
export interface LinkCheck {
	ok: boolean;
	at: string;
	steps: CheckStep[];
	instance: string | null;
	version: string | null;
	collections: { collection: string; index: number; implied: boolean; stops: Issue[]; warnings: Issue[] }[] | null;
}

interface Rows<Row> {
	count: number;
	/** The first of them. */
	rows: Row[];
}

/** What differs between two instances, by collection. */
export interface Comparison {
	at: string;
	equal: boolean;
	collections: {
		collection: string;
		/** Why it could not be compared. */
		problem: string | null;
		equal: number;
		different: Rows<{ sync_id: string; item: string; fields: string[] }>;
		missing_here: Rows<{ sync_id: string; item: string }>;
		missing_there: Rows<{ sync_id: string | null; item: string }>;
		/** Fields that the other side does not show. */
		not_compared: string[];
	}[];
}

/** What a repair did, or would do. */
export interface Repair {
	run: string | null;
	collections: {
		collection: string;
		send: { count: number; items: string[] };
		fetch: { count: number; sync_ids: string[] };
		problem: string | null;
	}[];
	asked: { collection: string; message: string }[];
}

/** A backfill or repair, and what has become of its deliveries so far. */
export interface Run {
	id: string;
	action: 'backfill' | 'repair';
	status: 'running' | 'sending' | 'done' | 'cancelled' | 'failed';
	started_at: string;
	user: string | null;
	collections: { collection: string; total: number; read: number; queued: number; done: boolean }[];
	deliveries: Record<DeliveryStatus, number>;
	asked: { collection: string; message: string }[];
	error: string | null;
}

/** What another instance wrote here, by run or by request. */
export interface Received {
	run: string;
	/** The instance. */
	peer: string;
	/** The remote source that it is known by here. */
	target: string | null;
	at: string;
	collections: { collection: string; created: number; updated: number; deleted: number }[];
}

/** What taking a run back did, or would do. */
export interface Undone {
	undone: number;
	left: { collection: string; item: string | null; reason: string }[];
}

/** What a rule would send, and what its items refer to. */
export interface RuleClosure {
	index: number;
	collection: string;
	count: number;
	needs: {
		field: string;
		collection: string;
		through: string | null;
		state: 'followed' | 'mapped' | 'stopped' | 'missing';
		required: boolean;
		count: number | null;
	}[];
}
