import type { ElementKind } from '../core/config/bundle.js';
import type { PreservedKinds } from './kind-lists.js';

/** What was typed, and nothing that was not: files and environment fill in the rest. */
export interface Flags {
	configPath?: string;
	debug?: true;
	json?: true;
	progress?: false;
	color?: boolean;
	sortJson?: true;
	requestTimeout?: number;
	directusUrl?: string;
	directusToken?: string;
	directusEmail?: string;
	directusPassword?: string;
	dumpPath?: string;
	collectionsPath?: string;
	snapshotPath?: string;
	specsPath?: string;
	seedPath?: string[];
	excludeCollections?: ElementKind[];
	onlyCollections?: ElementKind[];
	collections?: false;
	snapshot?: false;
	specs?: false;
	extensions?: false;
	split?: false;
	syncPolicyRoles?: false;
	preserveIds?: PreservedKinds;
	force?: true;
	prettyDiff?: true;
	maxPushRetries?: number;
	plan?: string;
	planOut?: string;
	allowDestructive?: true;
	/** true: whatever it is; else what may be lost, by name. */
	allowDataLoss?: true | string[];
	maxDeletions?: number;
	mirror?: true;
	additive?: true;
	onlyElements?: string[];
	choose?: Record<string, string>;
	dryRun?: true;
	exitCode?: true;
	from?: string;
	fromToken?: string;
	collection?: string;
	id?: string;
	keep?: 'first' | 'last';
	interval?: number;
	timeout?: number;
	successes?: number;
	target?: string;
	status?: string;
	item?: string;
	event?: string;
	since?: string;
	until?: string;
	query?: string;
	error?: string;
	limit?: number;
	page?: number;
	sort?: string;
	keys?: string[];
	all?: true;
	wait?: false;
	yes?: true;
}

export const COMMANDS = [
	'pull',
	'diff',
	'push',
	'seed diff',
	'seed push',
	'specs',
	'untrack',
	'remove-permission-duplicates',
	'wait-server-ready',
	'status',
	'deliveries',
	'retry',
	'flush',
	'test',
	'compare',
	'backfill',
	'repair',
] as const;
export type CommandName = (typeof COMMANDS)[number];
