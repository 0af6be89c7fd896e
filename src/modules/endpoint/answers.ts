import type { Issue } from '../../core/validate-rules.js';
import type { DeliveryStatus, EventName, OperationName, TargetKind } from '../../core/vocabulary.js';
import type { WireRequest, WireResponse } from '../../core/wire.js';

export type { Status, TargetStatus } from '../../core/status.js';
export type { Throughput } from '../../core/throughput.js';
export type { Issue, WireRequest, WireResponse };

/**
 * One page of a list. `total` is a lower bound where `total_is_estimate` says so. `searched` is how many rows were looked
 * through, where that was not all; what lies beyond is reached with `next_cursor`.
 */
export interface Page<Row> {
	data: Row[];
	meta: {
		total: number;
		limit: number;
		page: number;
		total_is_estimate?: boolean;
		searched?: number;
		next_cursor?: string;
	};
}

export interface Delivery {
	id: string;
	kind: TargetKind;
	target: string;
	status: DeliveryStatus;
	collection: string;
	item: string;
	event: EventName | 'test';
	reason: string;
	/** ISO 8601, as all times here. */
	created_at: string;
	next_at: string | null;
	delivered_at: string | null;
	tries: number;
	error: { code: string; message: string } | null;
}

export interface Attempt {
	at: string;
	duration_ms: number;
	outcome: 'delivered' | 'retry' | 'failed' | 'gone';
	/** How many deliveries it carried. */
	deliveries: number;
	request: WireRequest;
	response: WireResponse | null;
	error: { code: string; message: string } | null;
}

export interface DeliveryDetail extends Delivery {
	rule: Record<string, unknown> | null;
	changed_at: string;
	user: string | null;
	operation: string | null;
	webhook_id: string | null;
	attempts: Attempt[];
}

/** Deliveries that failed, or wait for another try, for the same reason. */
export interface Cause {
	target: string;
	status: DeliveryStatus;
	code: string;
	message: string;
	count: number;
	oldest: string;
	newest: string;
}

export interface Incident {
	id: string;
	target: string;
	kind: TargetKind;
	started_at: string;
	resolved_at: string | null;
	count: number;
	last_error: { code: string; message: string };
}

/** Something that somebody did to a target, to deliveries or to conflicts. */
export interface Operation {
	id: string;
	at: string;
	user: string | null;
	action: OperationName;
	target: string | null;
	reason: string | null;
	/** How many deliveries, rows or conflicts it was about; of a run, how many rows had to be sent of each collection. */
	detail: { count?: number; undone?: number; collections?: unknown[] };
}

/** What a change would send to one target, and why. */
export interface Preview {
	id: string;
	name: string;
	matched: boolean;
	reason: string;
	rule: Record<string, unknown> | null;
	requests: WireRequest[];
	/** One entry for every valid rule about the collection; `index` is its place in the target's schema. */
	rules?: {
		index: number;
		collection: string;
		matched: boolean;
		items: { item: string; send: boolean; reason: string }[];
	}[];
	issues?: Issue[];
}

export interface TestResult {
	delivery: string;
	delivered: boolean;
	outcome: Attempt['outcome'] | 'nothing';
	duration_ms: number;
	request: WireRequest | null;
	response: WireResponse | null;
	error: { code: string; message: string } | null;
}

/** JSON Schema, as far as forms are made from it. */
export interface JsonSchema {
	type?: string;
	description?: string;
	default?: unknown;
	enum?: unknown[];
	minimum?: number;
	maximum?: number;
	exclusiveMinimum?: number;
	pattern?: string;
	properties?: Record<string, JsonSchema>;
	required?: string[];
	additionalProperties?: boolean | JsonSchema;
	items?: JsonSchema;
	anyOf?: JsonSchema[];
}

export interface AdapterInfo {
	name: string;
	title: string;
	description: string;
	signs: boolean;
	/** The adapter's own options, and those that every target has. */
	options: JsonSchema;
	common: JsonSchema;
}
