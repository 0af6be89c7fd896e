import type { CompiledRule } from '../capture/core/watch.js';
import type { Issue } from '../contract/issue.js';
import type { AdapterName, TargetStatus } from '../contract/vocabulary.js';
import type { FlushOptions } from '../../schema.js';

/** A flush target as it is served: read from its collection, checked, its rules worked out. */
export interface FlushTarget {
	id: string;
	kind: 'flush';
	status: TargetStatus;
	name: string;
	url: string;
	adapter: AdapterName;
	authHeader: string;
	/** null where they are invalid: nothing is sent until they are fixed. */
	options: (FlushOptions & Record<string, unknown>) | null;
	/** The valid rules. */
	rules: CompiledRule[];
	/** What is wrong with rules and options. */
	issues: Issue[];
	/** Decrypts, on first use: deriving the key takes tens of milliseconds. */
	secrets(): Promise<{ apiKey: string | null; signing: string[] }>;
}
