import type { RunCommand } from '../command.js';
import { Failure } from '../failure.js';
import { readKind } from '../kind-lists.js';
import type { DataOf } from '../../contract/routes.js';
import { messageOf } from '../../kernel/core/message-of.js';

/** Removes the SyncID of an element; the next pull gives it a new one. The element itself stays. */
export const untrack: RunCommand = async ({ connection, flags, progress, print }) => {
	const id = flags.id ?? '';
	const kind = kindOf(flags.collection ?? '');
	const instance = connection();
	const done = await progress.during(`Untracking ${kind} ${id}`, () =>
		instance.data<DataOf<'configUntrack'>>('POST', '/downstream/config/untrack', { body: { kind, id } }),
	);
	if (!done.untracked)
		throw new Failure('NOT_TRACKED', `Nothing of the kind ${kind} with the id ${id} is tracked.`, {
			where: instance.url,
			advice: 'Look for its id in the Data Studio; SyncIDs are not ids.',
		});
	print({ kind, id, untracked: true }, () => `${kind} ${id} is no longer tracked.`);
	return 0;
};

function kindOf(name: string) {
	try {
		return readKind(name);
	} catch (error) {
		throw new Failure('INVALID_ARGUMENTS', messageOf(error), {
			where: '--collection',
		});
	}
}
