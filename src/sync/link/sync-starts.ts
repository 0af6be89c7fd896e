import { judgeStarts, readStarts } from '../../identity/core/starts.js';
import type { SyncPorts } from '../sync-ports.js';
import { knownStarts, rememberStarts } from '../../identity/tables/start-table.js';

/**
 * Checks that an instance is the one that used its name before.
 * @param said its headers with the tokens of its starts
 * @returns why nothing is accepted from it; null if it is the same instance, or of a version without tokens
 */
export async function assureOne(
	{ database }: SyncPorts<'database'>,
	from: string,
	said: { starts: string | null; again: boolean },
): Promise<string | null> {
	const tokens = readStarts(said.starts);
	if (tokens === null) return null;
	const { isItself, remember } = judgeStarts(await knownStarts(database, from), tokens, said.again);
	if (remember) await rememberStarts(database, from, remember);
	return isItself
		? null
		: `two instances use the same name (${from}): one is a copy of the other, or it was restored from a backup. Nothing is accepted from either until somebody decides there which one it is`;
}
