import type { Health } from './target-health.js';
import type { DeliveryStatus, TargetKind, TargetState } from './vocabulary.js';

/** Something that an admin should look into, and what to do about it (in the manner of Drupal's Purge). */
export interface Diagnostic {
	level: 'warning' | 'error';
	code: string;
	message: string;
}

/** What `/status` answers (contract §5). Times as ISO 8601, durations in ms. */
export interface Status {
	version: string;
	engine: 'embedded' | 'bullmq';
	enabled: boolean;
	nodes: number;
	/** Changes that wait to be planned, or to be sent for the first time, and for how long the oldest has waited. */
	outbox: { pending: number; lag_ms: number; error: string | null };
	deliveries: Record<DeliveryStatus, number>;
	/** Conflicts between instances that wait for somebody's decision. */
	conflicts: number;
	targets: TargetStatus[];
	diagnostics: Diagnostic[];
}

export interface TargetStatus {
	id: string;
	kind: TargetKind;
	name: string;
	state: TargetState;
	pending: number;
	lag_ms: number;
	last_success_at: string | null;
	last_failure_at: string | null;
	last_error: Health['lastError'];
	p50_ms: number | null;
	p95_ms: number | null;
	/** Of remote sources: `plain` where the other side lacks the extension and is sent items one way. */
	mode: 'sync' | 'plain' | null;
	/** Of remote sources, those of the conflicts with it that wait for somebody. */
	conflicts: number;
}

/** What is missing where a remote source is a Directus without this extension. */
export const WITHOUT_EXTENSION =
	'it is a Directus without this extension, so items with UUID or text keys are sent to it through its items API, one way, and what is changed there is overwritten without a question. Items with other keys, files and conflicts need the extension: install it there, and the link becomes a real one within a minute.';
