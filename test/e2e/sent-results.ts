import { v7 } from 'uuid';
import type { ClaimedDelivery, Settlement } from '../../src/delivery/ports.js';
import type { StoredAttempt } from '../../src/delivery/stored.js';

export const NOW = 1_700_000_000_000;

/** What a sender writes down of deliveries that arrived, in ms since 1970. */
export const delivered = (deliveries: ClaimedDelivery[], at: number): Settlement => ({
	deliveries,
	at,
	outcome: { status: 'delivered' },
});

/** An attempt at something, in a batch of its own id. */
export const attempt = (target: string, id = v7()): StoredAttempt => ({
	id,
	batch: id,
	target,
	kind: 'flush',
	at: NOW,
	durationMs: 1,
	outcome: 'delivered',
	deliveries: 1,
	request: { method: 'POST', url: 'http://localhost', headers: {}, body: null },
	response: null,
	error: null,
});

export const asRow = ({ id, batch, target, kind, at, outcome }: StoredAttempt) => ({
	id,
	batch,
	target,
	kind,
	at,
	outcome,
	duration_ms: 1,
	deliveries: 1,
	request: '{}',
});
