import type { RunCommand } from '../command.js';
import { prepareSeeds } from '../seed/seed-state.js';
import { seedPaths } from '../seed/seed-paths.js';
import { hasChanges, seedData, seedText } from '../seed/seed-text.js';

/** Shows what a seed push would change; writes nothing. */
export const seedDiff: RunCommand = async ({ options, flags, folder, connection, progress, print, terminal }) => {
	const instance = connection();
	const { plan } = await progress.during(`Comparing the seeds with ${instance.url}`, () =>
		prepareSeeds(instance, seedPaths(options), folder),
	);
	print(seedData(plan), () => seedText(plan, terminal));
	return flags.exitCode && hasChanges(plan) ? 2 : 0;
};
