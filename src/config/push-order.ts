import type { Wish } from './plan-wish.js';
import type { Actor, PushProgress, Trace } from './ports.js';
import type { Plan, ConfigIssue } from '../contract/plan.js';
import type { PushAfter } from './push-after.js';
import type { PushedCommit } from '../contract/answers/config.js';
import type { Planned, ElementStep } from './apply-plan.js';
import type { PlannedStep } from './schema-steps.js';

export interface PushOrder extends Wish {
	/** The fingerprint of the plan that was reviewed; null if none was. */
	fingerprint: string | null;
	dryRun: boolean;
	actor: Actor;
	/** The steps that a person has seen; null where none were shown. */
	reviewed?: Plan | null;
	/** The push that this one takes back. */
	reverts: string | null;
	/** null where it ends another one itself. */
	after: PushAfter | null;
	git?: PushedCommit | null;
	/** Told how far it is. */
	tell?: ((now: PushProgress) => void) | undefined;
}

export type Ready = Planned & { warnings: ConfigIssue[]; schema: PlannedStep[]; elements: ElementStep[]; trace: Trace };
