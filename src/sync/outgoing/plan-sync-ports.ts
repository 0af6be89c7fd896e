import type { IdentifyPorts } from '../incoming/identify-ports.js';
import type { PlanDeliveriesPorts } from './plan-deliveries.js';
import type { SyncModel } from '../core/rules/sync-model.js';

export interface PlanSyncPorts extends IdentifyPorts, PlanDeliveriesPorts {
	/** All that any rule here has to do with of a collection; null where none has. */
	modelOf(collection: string): SyncModel | null;
	/** Which of the items pass a rule's `when`. */
	matching(collection: string, keys: string[], when: Record<string, unknown>): Promise<Set<string>>;
	/** Collections some of whose rows are synced and may refer to rows of this one. */
	referring(collection: string): string[];
	/** Collections some of whose rows are synced. */
	synced(): string[];
	/** All keys of a collection. */
	keys(collection: string): Promise<string[]>;
}
