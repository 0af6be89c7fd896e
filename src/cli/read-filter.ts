import { isRecord } from '../kernel/core/is-record.js';
import { Failure } from './failure.js';

/** A Directus filter as it is typed. */
export function readFilter(text: string): Record<string, unknown> {
	let filter: unknown;
	try {
		filter = JSON.parse(text);
	} catch {
		// Said below.
	}
	if (isRecord(filter)) return filter;
	throw new Failure('INVALID_ARGUMENTS', '--filter is not a Directus filter in JSON.', {
		advice: `For example: --filter '{"status":{"_eq":"published"}}'.`,
	});
}
