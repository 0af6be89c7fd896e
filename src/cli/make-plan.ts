import type { Bundle } from '../contract/bundle.js';
import { forbiddenSteps } from '../config/core/plan/forbidden-steps.js';
import type { CommandContext } from './command.js';
import { configEndpoint, planning, type PlanAnswer } from './config-endpoint.js';
import { hookClient } from './hook-client.js';
import { applied } from './plan-output.js';
import { outOfScope, without } from './plan-scope.js';
import type { Instance } from './pull-hooks.js';
import { located } from './request-failures.js';
import { readWanted, type Wanted } from './read-wanted.js';

export interface MadePlan extends PlanAnswer {
	wanted: Wanted;
	/** What the endpoint was asked beside the bundle; a push has to ask the same. */
	asked: Record<string, unknown>;
}

/**
 * Asks the instance what it would have to do.
 * @param given what is wanted, where it has been read already
 */
export async function makePlan(context: CommandContext, given?: Wanted): Promise<MadePlan> {
	const { options, flags, folder, connection, progress } = context;
	const wanted = given ?? (await readWanted(context));
	const instance = connection();
	const compare = (asked: Record<string, unknown>) =>
		progress.during(`Comparing with ${instance.url}`, () =>
			configEndpoint(instance, options)
				.diff(wanted.bundle, asked)
				.catch((error: unknown) => {
					throw located(error, wanted.locate, { folder, dumpPath: options.dumpPath });
				}),
		);
	let asked = planning(options, flags);
	let answer = await compare(asked);
	const outside = await outOfScope(answer.plan, options, hookInstance(context));
	if (outside.size > 0) {
		const inside = without(answer.plan, outside);
		const steps = [...new Set(applied(inside).map(({ kind, sync_id }) => `${kind}:${sync_id}`))];
		asked = { ...asked, only: steps };
		answer = steps.length > 0 ? await compare(asked) : { ...answer, plan: inside, issues: [] };
	}
	return {
		plan: answer.plan,
		issues: [...answer.issues, ...forbiddenSteps(answer.plan, wanted.bundle, options.forbid)].map(wanted.locate),
		warnings: answer.warnings.map(wanted.locate),
		wanted,
		asked,
	};
}

/** What hooks ask of the instance. */
export function hookInstance({ options, connection }: CommandContext): Instance {
	return {
		connection: connection(),
		client: () => hookClient(connection(), options.client),
		diff: async (bundle: Bundle) => (await configEndpoint(connection(), options).diff(bundle, {})).plan,
	};
}
