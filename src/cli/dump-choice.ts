import type { DumpChoice } from '../config/core/dump/dump-choice.js';
import type { Options } from './options.js';

/** What of the dump is read or written, as the options say. */
export const dumpChoice = ({
	kinds,
	schema,
	extensions,
	split,
	sortJson,
	syncPolicyRoles,
	collectionsPath,
	snapshotPath,
}: Options): DumpChoice => ({
	kinds,
	schema,
	extensions,
	split,
	sortJson,
	syncPolicyRoles,
	own: false,
	collectionsPath,
	snapshotPath,
});
