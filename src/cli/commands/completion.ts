import { VERSION } from '../../kernel/core/version.js';
import { declared } from '../arguments.js';
import type { RunCommand } from '../command.js';
import { completionScript, SHELLS, wordsOf } from '../completion-script.js';
import { Failure } from '../failure.js';

/** Prints what a shell reads to complete commands and flags. */
export const completion: RunCommand = ({ operands: [shell], print }) => {
	const known = SHELLS.find((name) => name === shell);
	if (!known)
		throw new Failure('INVALID_ARGUMENTS', `There is no completion for "${shell ?? ''}".`, {
			advice: `Known shells are ${SHELLS.join(', ')}.`,
		});
	const script = completionScript(known, wordsOf(declared(VERSION, () => {})));
	print({ shell: known, script }, () => script.trimEnd());
	return Promise.resolve(0);
};
