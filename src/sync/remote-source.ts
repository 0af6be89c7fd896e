import type { Issue } from '../contract/issue.js';
import type { TargetStatus } from '../contract/vocabulary.js';
import type { SyncOptions } from '../../schema.js';
import type { CompiledSyncRule } from './core/rules/compile-sync-rules.js';

/** A remote source as it is served: another instance that some collections are kept in sync with. */
export interface RemoteSource {
	id: string;
	kind: 'sync';
	status: TargetStatus;
	name: string;
	/** The other Directus, without a slash at the end. */
	url: string;
	/** null where they are invalid: nothing is sent until they are fixed. */
	options: SyncOptions | null;
	/** The valid rules, and those that they imply. */
	rules: CompiledSyncRule[];
	/** The collections whose rules are invalid and turned off, and why. */
	off: { collection: string; message: string }[];
	/** What is wrong with rules and options. */
	issues: Issue[];
	/** The token of our user over there; decrypted on first use. */
	apiKey(): Promise<string | null>;
}
