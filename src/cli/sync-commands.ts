import type { Option } from 'commander';
import { CHOSEN, list, NO_WAIT, option, SYNCED, whole } from './command-options.js';
import type { CommandName } from './flags.js';

/** What keeps items of two instances equal, and brings chosen ones from one to the other. */
export function syncCommands(define: Define): void {
	comparingCommands(define);
	chosenItems(define);
	linkCommands(define);
}

type Define = (name: CommandName, about: string, options: Option[], operands?: string) => unknown;

/** What finds out how two linked instances differ, and ends it. */
function comparingCommands(define: Define): void {
	define(
		'compare',
		'compare an instance with a remote source; changes nothing',
		[SYNCED, option('--exit-code', 'exit with 2 if they differ')],
		' <source>',
	);
	define(
		'backfill',
		'send a remote source everything that it lacks, and wait until it has arrived',
		[
			SYNCED,
			NO_WAIT,
			option('--dry-run', 'only show what it would create, change, recognise and what would be refused'),
			option('--most <number>', 'rows of each collection that a dry run looks at (default: 10000)', whole(1)),
		],
		' <source>',
	);
	define(
		'repair',
		'compare, then send what differs in both directions; without --yes only show it',
		[SYNCED, NO_WAIT, option('--yes', 'do it')],
		' <source>',
	);
}

/** What brings some items to another instance, all or none. */
function chosenItems(define: Define): void {
	define(
		'promote',
		'bring items to a remote source with what they need there, all or none; without --yes only show it',
		[
			...CHOSEN,
			option('--expect <fingerprint>', 'only if it comes out like the preview with this fingerprint'),
			option('--reason <text>', 'reason, kept in the history'),
			option('--yes', 'do it'),
		],
		' <source>',
	);
	define(
		'release',
		'release what is collected for a remote source on release only, all or none; without --yes only show it',
		[
			option('--collection <collection>', 'only items of this collection'),
			option('--keys <keys>', 'only these items, separated by commas', list),
			option('--at <time>', 'release it at this time: ISO 8601'),
			option('--expect <fingerprint>', 'only if it comes out like the preview with this fingerprint'),
			option('--reason <text>', 'reason, kept in the history'),
			option('--yes', 'do it'),
			option('--list', 'list releases: planned, running and over'),
			option('--cancel <release>', 'call off a planned release'),
		],
		' [source]',
	);
	define(
		'copy',
		'copy items from one instance to another, once and without a link, all or none; without --yes only show it',
		[
			...CHOSEN,
			option('--from <url>', 'the instance to copy from (default: --directus-url)'),
			option('--from-token <token>', 'access token for --from (environment: DIRECTUS_FROM_TOKEN)'),
			option('--to <url>', 'the instance to copy to'),
			option('--to-token <token>', 'access token for --to (environment: DIRECTUS_TO_TOKEN)'),
			option('--match <fields>', 'fields that find an item that is there already, separated by commas', list),
			option('--no-related', 'leave references to items that are not there empty, instead of copying these too'),
			option('--expect <fingerprint>', 'only if it comes out like the preview with this fingerprint'),
			option('--reason <text>', 'reason, kept in the history'),
			option('--yes', 'do it'),
		],
	);
}

/** What says who an instance is, and which one it is linked to. */
function linkCommands(define: Define): void {
	define(
		'identity',
		'tell an instance that holds everything what happened to it: moved, copy or restored',
		[option('--reason <text>', 'reason, kept in the history')],
		' [decision]',
	);
	define(
		'link',
		'pair with the instance of a remote source: make a code, use a code, or remove the pairing; or link a copy to its original',
		[
			option('--code <code>', 'the code that the other instance made (environment: DOWNSTREAM_CODE)'),
			option('--remove', 'revoke the credential of the other instance').conflicts('code'),
			option('--copy-of <url>', 'link this instance, a copy, to its original: items are found by their keys').conflicts(
				['code', 'remove'],
			),
			option('--to-token <token>', 'access token for --copy-of (environment: DIRECTUS_TO_TOKEN)'),
			option('--collection <collections>', 'with --copy-of: only these collections, separated by commas'),
			option('--dry-run', 'with --copy-of: only compare'),
		],
		' [source]',
	);
}
