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
}
