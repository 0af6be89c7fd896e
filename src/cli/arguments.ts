import { Command, CommanderError, type Option } from 'commander';
import {
	COMPARE,
	DESTRUCTIVE,
	DUMP,
	EXIT_CODE,
	FILTERS,
	globalOptions,
	list,
	LOSSES,
	NO_WAIT,
	option,
	PRESERVE_IDS,
	RETRIES,
	SEED,
	SPECS,
	SYNCED,
	whole,
} from './command-options.js';
import type { CommandName, Flags } from './flags.js';

export interface Invocation {
	command: CommandName;
	/** What follows the command and is no flag: ids, a target. */
	operands: string[];
	flags: Flags;
}

/** `shown`: help or the version is all that was asked for. `refused`: it cannot be understood. */
export type Parsed =
	| { outcome: 'run'; invocation: Invocation }
	| { outcome: 'shown'; text: string }
	| { outcome: 'refused'; message: string; help: string };

/** Reads the command line. Nothing is printed and nothing ends. */
export function parseArguments(argv: readonly string[], version: string, width = 80): Parsed {
	let invocation: Invocation | null = null;
	const written: string[] = [];
	const refusals: string[] = [];
	const program = new Command('downstream');
	program
		.description("Keeps a Directus instance's configuration as files, and looks after what is downstream of it.")
		.exitOverride()
		.configureOutput({
			writeOut: (text) => void written.push(text),
			writeErr: (text) => void written.push(text),
			outputError: (text) => void refusals.push(text),
			getOutHelpWidth: () => width,
			getErrHelpWidth: () => width,
		})
		.helpOption('-h, --help', 'show this, or what a command takes')
		.version(version, '-V, --version', 'show the version')
		.showSuggestionAfterError();
	globalOptions(program);

	const define = (parent: Command, name: CommandName, description: string, options: Option[], operands = '') => {
		const made = parent.command(`${name.split(' ').at(-1)}${operands}`).description(description);
		for (const one of options) made.addOption(one);
		return made.action(() => {
			invocation = { command: name, operands: made.args, flags: typedFlags(program, made) };
		});
	};
	defineCommands(program, define);

	try {
		program.parse(argv, { from: 'user' });
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.exitCode === 0) return { outcome: 'shown', text: written.join('').trimEnd() };
		const message = refusals
			.join('')
			.trim()
			.replace(/^error: /, '');
		// Without any command, commander shows the help and calls it an error.
		if (message === '')
			return { outcome: 'refused', message: 'No command was given.', help: written.join('').trimEnd() };
		return { outcome: 'refused', message, help: '' };
	}
	if (invocation === null) return { outcome: 'shown', text: program.helpInformation().trimEnd() };
	return { outcome: 'run', invocation };
}

type Define = (
	parent: Command,
	name: CommandName,
	description: string,
	options: Option[],
	operands?: string,
) => Command;

function defineCommands(program: Command, define: Define): void {
	program.commandsGroup('Configuration:');
	define(program, 'pull', 'write the configuration of an instance to files', [...DUMP, PRESERVE_IDS, ...SPECS]);
	define(program, 'diff', 'show what a push would change; changes nothing', [
		...DUMP,
		...COMPARE,
		EXIT_CODE,
		option('--pretty-diff', 'accepted; the output is always readable').hideHelp(),
	]);
	define(program, 'push', 'make an instance what the files say: all of it, or nothing', [
		...DUMP,
		...COMPARE,
		option('--plan <file>', 'push exactly this plan, refused where the instance has changed since'),
		DESTRUCTIVE,
		...LOSSES,
		option('--dry-run', 'do it all within a transaction that is rolled back'),
		RETRIES,
	]);
	define(program, 'specs', 'write the OpenAPI and GraphQL specifications of an instance to files', [
		option('--dump-path <path>', 'folder of the dump (default: ./directus-config)'),
		option('--specs-path <path>', 'its folder of the specifications (default: specs)'),
	]);
	const seed = program.command('seed').description('items of your collections as files: diff, push');
	define(seed, 'seed diff', 'show what a seed push would change; changes nothing', [SEED, EXIT_CODE]);
	define(seed, 'seed push', 'make the items of an instance what the seeds say', [SEED, DESTRUCTIVE, RETRIES]);

	program.commandsGroup('Caches and deliveries:');
	define(program, 'status', 'how everything is: engine, outbox, deliveries, targets', []);
	const listed = define(
		program,
		'deliveries',
		'list deliveries, newest first; with an id, all that is known of one',
		[
			...FILTERS,
			option('--limit <number>', 'how many (default: 25)', whole(1)),
			option('--page <number>', 'which page (default: 1)', whole(1)),
			option('--sort <field>', 'by a field, with "-" in front for descending (default: -created_at)'),
		],
		' [id]',
	);
	listed.helpGroup('Caches and deliveries:');
	define(program, 'retry', 'send deliveries again: by id, or all that fit a filter', FILTERS, ' [ids...]');
	define(
		program,
		'flush',
		'flush by hand what a target has of a collection, of items, or all',
		[
			option('--collection <collection>', 'everything of this collection'),
			option('--keys <keys>', 'only these items of it, separated by commas', list),
			option('--all', 'everything that the target has rules for'),
			option('--dry-run', 'only say what would be sent'),
		],
		' <target>',
	);
	define(program, 'test', 'send one test request to a target and show its answer', [], ' <target>');

	program.commandsGroup('Sync:');
	define(
		program,
		'compare',
		'prove an instance and a remote source equal, or show what differs; changes nothing',
		[SYNCED, option('--exit-code', 'exit with 2 where they differ')],
		' <source>',
	);
	define(
		program,
		'backfill',
		'send a remote source what it does not have yet, and wait until it has arrived',
		[SYNCED, NO_WAIT],
		' <source>',
	);
	define(
		program,
		'repair',
		'compare, and have both sides send what differs; without --yes only says what that would be',
		[SYNCED, NO_WAIT, option('--yes', 'do it')],
		' <source>',
	);

	program.commandsGroup('Helpers:');
	const helpers = program.command('helpers', { hidden: true }).description('the helpers by their older names');
	program.helpCommand('help [command]', 'show what a command takes');
	for (const parent of [program, helpers]) {
		define(parent, 'wait-server-ready', 'wait until an instance answers that it is healthy', [
			option('--interval <seconds>', 'between two checks (default: 5)', whole(0)),
			option('--timeout <seconds>', 'give up after (default: 90)', whole(1)),
			option('--successes <number>', 'how many in a row (default: 1)', whole(1)),
		]);
		define(parent, 'untrack', 'forget the SyncID of an element; the element stays', [
			option('--collection <kind>', 'its kind, such as roles').makeOptionMandatory(),
			option('--id <id>', 'its id on the instance').makeOptionMandatory(),
		]);
		define(parent, 'remove-permission-duplicates', 'leave one permission for each policy, collection and action', [
			option('--keep <which>', 'the first or the last one (default: last)').choices(['first', 'last']),
			option('--dry-run', 'only say which would go'),
		]);
	}
}

/** What was typed for the program and the command; commander's own defaults for `--no-…` are left out. */
function typedFlags(program: Command, command: Command): Flags {
	const flags: Record<string, unknown> = {};
	for (const level of [program, command])
		for (const [name, value] of Object.entries(level.opts()))
			if (level.getOptionValueSource(name) === 'cli') flags[name] = value;
	return flags;
}
