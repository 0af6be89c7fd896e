import { Failure } from './failure.js';
import type { Terminal } from './terminal.js';

/** What has to be typed: something that is not typed by mistake. */
const WORD = 'delete';
/** Where nothing goes, and clients have to use another name. */
const RENAME = 'rename';

/**
 * Lets a person say that all this may go. Where there is no terminal to ask on, it is refused.
 *
 * @param goes a line for each thing
 * @throws Failure where it is refused
 */
export async function askConsent(terminal: Terminal, goes: readonly string[], flags: string): Promise<void> {
	const onlyRenames = goes.every((line) => line.startsWith('move '));
	const word = onlyRenames ? RENAME : WORD;
	const shown = goes.map((line) => line.replace(/^move /, 'rename '));
	const refuse = (message: string) => {
		throw new Failure('NEEDS_CONSENT', message, {
			details: shown.map((line) => ({ place: '', message: line })),
			advice: `If all of this may ${onlyRenames ? 'be renamed' : 'go'}, add ${flags}. Nothing was changed.`,
		});
	};
	if (!terminal.isInteractive)
		refuse(
			onlyRenames
				? 'This would rename what nobody has consented to renaming.'
				: 'This would delete what nobody has consented to deleting.',
		);
	const { paintError: paint } = terminal;
	terminal.err(`\n${paint(['bold', 'red'], onlyRenames ? 'This renames:' : 'This deletes:')}`);
	for (const line of shown) terminal.err(`  ${paint('red', '-')} ${line.replace(/^delete /, '')}`);
	const answer = await terminal.ask(`\nType "${word}" to go on, anything else to stop: `);
	if (answer?.trim() !== word) throw new Failure('NEEDS_CONSENT', 'Stopped; nothing was changed.', { advice: null });
}
