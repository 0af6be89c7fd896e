import { IDENTITY_DECISIONS, type IdentityDecision } from '../../contract/vocabulary.js';
import type { Status, IdentityStatus } from '../../contract/answers/status.js';
import { printable } from '../../kernel/core/printable.js';
import type { RunCommand } from '../command.js';
import { Failure } from '../failure.js';

const DONE: Record<IdentityDecision, string> = {
	moved: 'It goes on as the same instance.',
	copy: 'It is an instance of its own now. Its targets and remotes are drafts: publish those that it is to serve.',
	restored: 'It has a new identity. Compare it with each remote and repair what differs, then resume the remote.',
};

/** Tells whether an instance knows to be itself, or says what happened to one that holds everything. */
export const identity: RunCommand = async ({ connection, operands, flags, progress, print, terminal }) => {
	const [decision] = operands;
	if (decision !== undefined && !isDecision(decision))
		throw new Failure('INVALID_ARGUMENTS', `"${decision}" is none of ${IDENTITY_DECISIONS.join(', ')}.`, {
			advice: 'Without one of them, the command only tells how it is.',
		});
	const instance = connection();
	if (decision === undefined) {
		const { identity: state } = await progress.during(`Asking ${instance.url}`, () =>
			instance.data<Status>('GET', '/downstream/status'),
		);
		print(state, () =>
			state.state === 'known'
				? `${terminal.paint('green', 'known')}  ${instance.url} is where it was.`
				: `${terminal.paint('red', 'held')}  ${printable(state.reason ?? '')}`,
		);
		return 0;
	}
	const done = await progress.during('Deciding', () =>
		instance.data<IdentityStatus>('POST', '/downstream/identity', {
			body: { decision, ...(flags.reason === undefined ? {} : { reason: flags.reason }) },
		}),
	);
	print(done, () => DONE[decision]);
	return 0;
};

const isDecision = (value: string): value is IdentityDecision =>
	(IDENTITY_DECISIONS as readonly string[]).includes(value);
