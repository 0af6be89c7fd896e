import { askConsent } from '../ask-consent.js';
import type { RunCommand } from '../command.js';
import { applySeeds } from '../seed/apply-seeds.js';
import { prepareSeeds } from '../seed/seed-state.js';
import { seedPaths } from '../seed/seed-paths.js';
import { hasChanges, seedData, seedText, summaryOf } from '../seed/seed-text.js';
import { warnOfRetries } from '../warn-of-retries.js';

/** Makes the items of an instance what the seeds say. */
export const seedPush: RunCommand = async (context) => {
	const { options, flags, folder, connection, progress, print, terminal } = context;
	warnOfRetries(options, progress);
	const instance = connection();
	const { plan, ids } = await progress.during(`Comparing the seeds with ${instance.url}`, () =>
		prepareSeeds(instance, seedPaths(options), folder),
	);
	const summary = summaryOf(plan);
	if (!options.json) print(null, () => seedText(plan, terminal));
	const deletes = plan.collections.flatMap((collectionPlan) => collectionPlan.deletes);
	if (deletes.length > 0 && !flags.allowDestructive)
		await askConsent(
			terminal,
			deletes.map(({ collection, syncId, key }) => `${collection} ${syncId} (${key})`),
			'--allow-destructive',
		);
	if (hasChanges(plan)) {
		const total = summary.create + summary.update + summary.delete;
		let done = 0;
		await progress.during(
			`Writing to ${instance.url}`,
			(step) =>
				applySeeds(plan, {
					instance,
					ids,
					written: (collection, items) => {
						done += items;
						step.update(`Writing ${collection}, ${done} of ${total}`);
					},
				}),
			() => `Done: ${summary.create} created, ${summary.update} updated, ${summary.delete} deleted.`,
		);
	}
	if (options.json) print(seedData(plan), () => '');
	return 0;
};
