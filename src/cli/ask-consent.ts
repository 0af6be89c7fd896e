import { Failure } from './failure.js';
import type { Terminal } from './terminal.js';

/** What has to be typed: something that nobody types by mistake. */
const WORD = 'delete';

/**
 * Lets a person say that all this may go. Where nobody can be asked, it is refused.
 *
 * @param goes a line for each thing
 * @throws Failure where it is refused
 */
export async function askConsent(terminal: Terminal, goes: readonly string[], flags: string): Promise<void> {
	const refuse = (message: string) => {
		throw new Failure('NEEDS_CONSENT', message, {
			details: goes.map((line) => ({ place: '', message: line })),
			advice: `If all of this may go, add ${flags}. Nothing was changed.`,
		});
	};
	if (!terminal.isInteractive) refuse('This would delete what nobody has consented to deleting.');
	const { paintError: paint } = terminal;
	terminal.err(`\n${paint(['bold', 'red'], 'This deletes:')}`);
	for (const line of goes) terminal.err(`  ${paint('red', '-')} ${line.replace(/^delete /, '')}`);
	const answer = await terminal.ask(`\nType "${WORD}" to go on, anything else to stop: `);
	if (answer?.trim() !== WORD) throw new Failure('NEEDS_CONSENT', 'Stopped; nothing was changed.', { advice: null });
}
