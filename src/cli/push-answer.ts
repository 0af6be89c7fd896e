import type { Plan, ConfigIssue } from '../contract/plan.js';

export interface PushAnswer {
	/** Of this push in the history; null where nothing was written. */
	id: string | null;
	plan: Plan;
	warnings: ConfigIssue[];
}
