import { Failure } from './failure.js';
import type { Flags } from './flags.js';
import { readFilter } from './read-filter.js';

/** The items that `--collection` names with `--keys` or `--filter`. @param example how it is said right */
export function chosenItems({ collection, keys, filter }: Flags, example: string) {
	if (collection === undefined || (keys === undefined) === (filter === undefined))
		throw new Failure('INVALID_ARGUMENTS', 'Say which items: --collection, and either --keys or --filter.', {
			advice: `For example: ${example}.`,
		});
	return { collection, ...(keys ? { keys } : { filter: readFilter(filter ?? '') }) };
}
