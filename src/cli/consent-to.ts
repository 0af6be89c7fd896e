import type { Change, Plan } from '../contract/plan.js';
import { askConsent } from './ask-consent.js';
import type { CommandContext } from './command.js';
import type { ConsentGiven } from './config-endpoint.js';
import { Failure } from './failure.js';
import type { Flags } from './flags.js';
import { applied, neededConsent, stepText } from './plan-output.js';

export const declaredConsent = (flags: Flags): ConsentGiven => ({
	allow_destructive: flags.allowDestructive ?? false,
	allow_data_loss: flags.allowDataLoss ?? false,
	max_deletions: flags.maxDeletions ?? null,
	allow_renames: flags.allowRenames ?? false,
});

/** The consent that the flags give; otherwise that of a person who was shown the deletions and new names. */
export async function consentTo(
	plan: Plan,
	{ flags, terminal }: Pick<CommandContext, 'flags' | 'terminal'>,
): Promise<{ given: ConsentGiven; wasAsked: boolean }> {
	const deletes = applied(plan).filter(({ action }) => action === 'delete');
	const losses = applied(plan).filter(({ risk }) => risk.includes('data_loss'));
	const allowed = flags.allowDataLoss;
	const mayLose = ({ sync_id }: Change) => allowed === true || (allowed?.includes(sync_id) ?? false);
	const needsDestructive = deletes.length > 0 && !flags.allowDestructive;
	const unasked = losses.filter((change) => !mayLose(change));
	const renames = flags.allowRenames ? [] : applied(plan).filter(({ action }) => action === 'move');
	if ((!needsDestructive && unasked.length + renames.length === 0) || flags.dryRun) {
		// A dry run is rolled back, so it needs no consent.
		return { given: flags.dryRun ? everything(deletes) : declaredConsent(flags), wasAsked: false };
	}
	const asked = [...new Set([...renames, ...(needsDestructive ? deletes : []), ...unasked])];
	const destructive = '--allow-destructive';
	const missing = [
		...(renames.length > 0 ? ['--allow-renames'] : []),
		...(needsDestructive ? [destructive] : []),
		...neededConsent(unasked).filter((flag) => flag !== destructive),
	];
	await askConsent(terminal, asked.map(stepText), missing.join(' and '));
	return {
		given: { ...everything(deletes), allow_data_loss: losses.map(({ sync_id }) => sync_id) },
		wasAsked: true,
	};
}

function everything(deletes: readonly Change[]): ConsentGiven {
	const perKind = [...Map.groupBy(deletes, ({ kind }) => kind).values()].map((changes) => changes.length);
	return {
		allow_destructive: true,
		allow_data_loss: true,
		max_deletions: Math.max(0, ...perKind),
		allow_renames: true,
	};
}

type Asked = Pick<CommandContext, 'flags' | 'terminal' | 'options' | 'connection'>;

/** What a person has to type before a push to a protected instance. */
const nameOf = ({ options, connection }: Pick<Asked, 'options' | 'connection'>): string =>
	options.environment ?? new URL(connection().url).host;

/**
 * Without a terminal, a push to a protected instance needs `--yes`, and a sign that its state is known: the last push, a
 * fingerprint, a plan, or the id of the push to revert.
 *
 * @param known whether that sign was given, and the flags that give it
 * @throws Failure before anything is sent
 */
export function checkProtected(context: Asked, known: { is: boolean; by: string; advice: string }): void {
	const { options, flags, terminal } = context;
	if (!options.isProtected || flags.dryRun || terminal.isInteractive) return;
	const missing = [...(flags.yes ? [] : ['--yes']), ...(known.is ? [] : [known.by])];
	if (missing.length === 0) return;
	throw new Failure('PROTECTED', `${nameOf(context)} is protected: a push to it needs ${missing.join(' and ')}.`, {
		where: context.connection().url,
		advice: `${known.advice} Nothing was changed.`,
	});
}

/**
 * Asks at a terminal whether to continue, unless `--yes` was given or deletions have just been confirmed. For a protected
 * instance it always asks, and its name has to be typed.
 *
 * @throws Failure if the answer is no
 */
export async function confirmPush(context: Asked, wasAsked: boolean): Promise<void> {
	const { flags, terminal, options, connection } = context;
	if (!terminal.isInteractive || flags.dryRun || flags.yes) return;
	if (wasAsked && !options.isProtected) return;
	const stop = () => new Failure('STOPPED', 'Stopped; nothing was changed.', { advice: null });
	if (options.isProtected) {
		const name = nameOf(context);
		const answer = await terminal.ask(
			`\n${terminal.paintError(['bold', 'red'], `${name} is protected.`)} Type its name to push to ${connection().url}: `,
		);
		if (answer?.trim() !== name) throw stop();
		return;
	}
	const answer = await terminal.ask(`\nType "y" to do this on ${connection().url}, anything else to stop: `);
	if (!['y', 'yes'].includes(answer?.trim().toLowerCase() ?? '')) throw stop();
}
