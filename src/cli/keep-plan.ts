import { resolve } from 'node:path';
import type { CommandContext } from './command.js';
import { writeOneFile } from './dump-folder.js';
import type { MadePlan } from './make-plan.js';
import { planText } from './plan-file.js';

/** Writes a plan to a file, with all that is needed to push exactly it later. */
export async function keepPlan(
	{ folder, connection, progress }: CommandContext,
	file: string,
	{ plan, asked, wanted }: Pick<MadePlan, 'plan' | 'asked' | 'wanted'>,
): Promise<void> {
	const { source, bundle } = wanted;
	await writeOneFile(resolve(folder, file), planText({ url: connection().url, source, asked, plan, bundle }));
	progress.note(`The plan is in ${file}; "downstream push --plan ${file}" pushes exactly it.`);
}
