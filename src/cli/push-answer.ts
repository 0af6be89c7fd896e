import type { Plan, ConfigIssue } from '../contract/plan.js';

export interface PushAnswer {
	/** The id of this push in the history; null if nothing was written. */
	id: string | null;
	plan: Plan;
	warnings: ConfigIssue[];
}
