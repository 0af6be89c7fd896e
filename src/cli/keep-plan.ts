import { resolve } from 'node:path';
import type { CommandContext } from './command.js';
import { writeOneFile } from './dump-folder.js';
import type { MadePlan } from './make-plan.js';
import { planText, withoutSecrets } from './plan-file.js';

/** Writes a plan to a file, with all that is needed to push exactly it later. */
export async function keepPlan(
	{ folder, connection, progress }: CommandContext,
	file: string,
	{ plan, asked, wanted }: Pick<MadePlan, 'plan' | 'asked' | 'wanted'>,
): Promise<void> {
	const { source, bundle, secrets } = wanted;
	const text = planText(withoutSecrets({ url: connection().url, source, asked, plan, bundle }, secrets));
	await writeOneFile(resolve(folder, file), text);
	const left = plan.changes.filter(({ risk }) => risk.includes('secret')).map(({ kind, name }) => `${kind} "${name}"`);
	if (left.length > secrets.size)
		progress.warn(
			`${file} may contain credentials of ${left.slice(0, 5).join(', ')}${left.length > 5 ? ' and others' : ''}: keep the file secret.`,
		);
	progress.note(`The plan is in ${file}; "downstream push --plan ${file}" pushes exactly this plan.`);
}
