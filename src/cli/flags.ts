import type { ElementKind } from '../contract/bundle.js';
import type { Forbidden } from '../config/core/plan/forbidden-steps.js';
import type { PreservedKinds } from './kind-lists.js';

/** The flags that were typed, without defaults: files and the environment supply the rest. */
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
	excludeTables?: string[];
	onlyCollections?: ElementKind[];
	collections?: false;
	snapshot?: false;
	specs?: false;
	extensions?: false;
	split?: false;
	syncPolicyRoles?: false;
	keepSecrets?: true;
	preserveIds?: PreservedKinds;
	force?: true;
	prettyDiff?: true;
	maxPushRetries?: number;
	env?: string;
	expect?: string;
	/** By forbidden step, why it is allowed this time. */
	waive?: Partial<Record<Forbidden, string>>;
	abandonBrokenOff?: true;
	finish?: true;
	markdown?: true;
	summary?: true;
	plan?: string;
	planOut?: string;
	format?: 'ndjson' | 'csv';
	attempts?: true;
	output?: string;
	allowDestructive?: true;
	/** true: whatever it is; else what may be lost, by name. */
	allowDataLoss?: true | string[];
	allowRenames?: boolean;
	maxDeletions?: number;
	mirror?: true;
	additive?: true;
	onlyElements?: string[];
	choose?: Record<string, string>;
	dryRun?: true;
	/** `drift`: what only the instance has counts, too. */
	exitCode?: true | 'drift';
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
	reason?: string;
	error?: string;
	limit?: number;
	page?: number;
	sort?: string;
	keys?: string[];
	all?: true;
	wait?: false;
	yes?: true;
	code?: string;
	filter?: string;
	most?: number;
	copyOf?: string;
	name?: string;
	to?: string;
	toToken?: string;
	match?: string[];
	related?: false;
	at?: string;
	list?: true;
	cancel?: string;
	remove?: true;
}

export const COMMANDS = [
	'pull',
	'diff',
	'push',
	'check',
	'history',
	'show',
	'revert',
	'init',
	'import',
	'completion',
	'seed diff',
	'seed push',
	'specs',
	'untrack',
	'remove-permission-duplicates',
	'wait-server-ready',
	'status',
	'deliveries',
	'log',
	'retry',
	'flush',
	'test',
	'compare',
	'backfill',
	'repair',
	'promote',
	'release',
	'copy',
	'identity',
	'link',
] as const;
export type CommandName = (typeof COMMANDS)[number];
