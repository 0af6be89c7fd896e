import { forbiddenSteps, rightsAfter } from '../config/core/plan/forbidden-steps.js';
import type { ConfigIssue, Plan } from '../contract/plan.js';
import type { CommandContext } from './command.js';
import { configEndpoint } from './config-endpoint.js';

/** Prints which rules are waived, and why. */
export function noteWaived({ flags, progress }: Pick<CommandContext, 'flags' | 'progress'>): void {
	for (const [rule, why] of Object.entries(flags.waive ?? {})) progress.note(`Waived: ${rule} (${why})`);
}

/** The steps of a plan that the environment forbids, if only the plan is known. */
export async function forbiddenByPlan(plan: Plan, context: CommandContext): Promise<ConfigIssue[]> {
	const { options, connection, progress } = context;
	const { forbid } = options;
	// A step on a permission does not say who has it.
	const isAboutRights =
		forbid.some((rule) => rule === 'admin' || rule === 'public_write') &&
		plan.changes.some(({ kind }) => kind === 'policies' || kind === 'permissions');
	if (!isAboutRights) return forbiddenSteps(plan, null, forbid);
	const { bundle } = await progress.during('Reading policies and permissions', () =>
		configEndpoint(connection(), options).pull({
			...options,
			kinds: ['policies', 'permissions'],
			schema: false,
			extensions: false,
			syncPolicyRoles: true,
		}),
	);
	return forbiddenSteps(plan, rightsAfter(plan, bundle), forbid);
}
