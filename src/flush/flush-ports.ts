import type { EventName } from '../contract/vocabulary.js';
import type { CompiledRule } from '../capture/core/watch.js';
import type { StoredAttempt, StoredDelivery } from '../delivery/stored.js';
import type { Clock, Items, Logger } from '../kernel/ports.js';
import type { WireRequest, WireResponse } from '../kernel/core/wire.js';
import type { Delivered } from './check/visit-page.js';
import type { FlushTarget } from './flush-target.js';
import type { FlushGroup } from './group-deliveries.js';
import type { PageRegistry } from './pages/page-registry.js';

/** What sending to flush targets needs. */
export interface FlushPorts {
	clock: Clock;
	logger: Logger;
	items: Items;
	/** The rule that made a delivery; null where it no longer fits the schema. */
	ruleOf(delivery: StoredDelivery): Promise<CompiledRule | null>;
	/** One request; throws with `code`, `message` and `permanent` where no answer came. */
	send(request: WireRequest, timeoutMs: number): Promise<WireResponse>;
	/** Told of every request that was made. */
	attempted(attempt: StoredAttempt): void;
	/** How many bytes of changes a target is known to take in one request; null where it has refused none. */
	knownBytes(target: string): Promise<number | null>;
	learnBytes(target: string, bytes: number): Promise<void>;
	/** What a target was last to be told of each of these items, by `placeOf`. */
	latest(
		target: string,
		items: { collection: string; item: string }[],
	): Promise<Map<string, { id: string; changeId: number | null; event: EventName; asItWas: boolean }>>;
	/** Told of the changes that a target has taken; does not wait, and never throws. */
	delivered(target: FlushTarget, told: Delivered[]): void;
	/** For tags, the paths of the pages that have them. */
	pathsOf: PageRegistry['pathsOf'];
	/** Writes down which deliveries go together. */
	nameBatches(groups: FlushGroup[]): Promise<void>;
	/**
	 * Called before values are read that were planned at some time (ms since 1970) and have never been sent: Directus'
	 * own response cache must not serve what they replace.
	 */
	beforeRead(plannedAt: number): Promise<void>;
}
