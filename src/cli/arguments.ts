import { Command, CommanderError, Option } from 'commander';
import {
	COMPARE,
	DESTRUCTIVE,
	DUMP,
	EXIT_CODE,
	EXIT_CODE_DRIFT,
	EXPECT,
	FILTERS,
	FORMS,
	KEEP_SECRETS,
	globalOptions,
	list,
	LOSSES,
	option,
	PAGES,
	PRESERVE_IDS,
	RETRIES,
	SEED,
	SPECS,
	WAIVE,
	whole,
	YES,
} from './command-options.js';
import type { CommandName, Flags } from './flags.js';
import { syncCommands } from './sync-commands.js';

export interface Invocation {
	command: CommandName;
	/** What follows the command and is no flag: ids, a target. */
	operands: string[];
	flags: Flags;
}

/** `shown`: only help or the version was asked for. `refused`: the command line is invalid. */
export type Parsed =
	| { outcome: 'run'; invocation: Invocation }
	| { outcome: 'shown'; text: string }
	| { outcome: 'refused'; message: string; help: string };

/** Reads the command line. Prints nothing, and does not exit. */
export function parseArguments(argv: readonly string[], version: string, width = 80): Parsed {
	let invocation: Invocation | null = null;
	const written: string[] = [];
	const refusals: string[] = [];
	const program = declared(version, (typed) => (invocation = typed));
	program.exitOverride().configureOutput({
		writeOut: (text) => void written.push(text),
		writeErr: (text) => void written.push(text),
		outputError: (text) => void refusals.push(text),
		getOutHelpWidth: () => width,
		getErrHelpWidth: () => width,
	});
	for (const command of everyCommand(program)) command.copyInheritedSettings(program);

	try {
		program.parse(argv, { from: 'user' });
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.exitCode === 0) return { outcome: 'shown', text: written.join('').trimEnd() };
		const message = refusals
			.join('')
			.trim()
			.replace(/^error: /, '');
		// Without a command, commander shows the help and reports an error.
		if (message === '')
			return { outcome: 'refused', message: 'No command was given.', help: written.join('').trimEnd() };
		return { outcome: 'refused', message, help: '' };
	}
	if (invocation === null) return { outcome: 'shown', text: program.helpInformation().trimEnd() };
	return { outcome: 'run', invocation };
}

const everyCommand = (program: Command): Command[] =>
	program.commands.flatMap((command) => [command, ...everyCommand(command)]);

/** The program with its commands, as they are typed. */
export function declared(version: string, run: (typed: Invocation) => void): Command {
	const program = new Command('downstream');
	program
		.description(
			"Keeps a Directus instance's configuration as files, flushes caches, and syncs items between instances.",
		)
		// Each command lists the shared options too: nobody looks for -u in the help of the program.
		.configureHelp({ showGlobalOptions: true })
		.helpOption('-h, --help', 'show this help, or that of a command')
		.version(version, '-V, --version', 'show the version')
		.showSuggestionAfterError();
	globalOptions(program);

	const define = (parent: Command, name: CommandName, description: string, options: Option[], operands = '') => {
		const made = parent.command(`${name.split(' ').at(-1)}${operands}`).description(description);
		for (const option of options) made.addOption(option);
		return made.action(() => {
			run({ command: name, operands: made.args, flags: typedFlags(program, made) });
		});
	};
	defineCommands(program, define);
	return program;
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
	configurationCommands(program, define);
	program.commandsGroup('Caches and deliveries:');
	deliveryCommands(program, define);
	program.commandsGroup('Sync:');
	syncCommands((...command) => define(program, ...command));
	program.commandsGroup('Helpers:');
	helperCommands(program, define);
}

/** Everything about the configuration as files, and seeds. */
function configurationCommands(program: Command, define: Define): void {
	define(program, 'pull', 'write the configuration of an instance to files', [
		...DUMP,
		PRESERVE_IDS,
		KEEP_SECRETS,
		...SPECS,
	]);
	define(program, 'diff', 'show what a push would change; changes nothing', [
		...DUMP,
		...COMPARE,
		...FORMS,
		WAIVE,
		EXIT_CODE_DRIFT,
		option('--pretty-diff', 'accepted without effect: the output is always readable').hideHelp(),
	]);
	define(program, 'push', 'apply the files to an instance: everything, or nothing', [
		...DUMP,
		...COMPARE,
		option('--plan <file>', 'push exactly this plan; refused if the instance has changed since'),
		DESTRUCTIVE,
		...LOSSES,
		WAIVE,
		...EXPECT,
		option('--dry-run', 'run the whole push in a transaction, then roll it back'),
		RETRIES,
	]);
	define(program, 'check', 'list everything that prevents a push; changes nothing', [
		...DUMP,
		...COMPARE.filter(({ long }) => long !== '--plan-out'),
		WAIVE,
	]);
	define(program, 'history', 'list the pushes to an instance, newest first', PAGES);
	define(program, 'show', 'show the plan of a push, or a plan file (default: the last push)', FORMS, ' [push]');
	define(
		program,
		'revert',
		'revert a push by a new push, with the same checks (default: the last push)',
		[
			DESTRUCTIVE,
			...LOSSES,
			WAIVE,
			YES,
			option('--finish', 'finish a push that was broken off, instead of reverting it'),
			option('--dry-run', 'run it all in a transaction, then roll it back'),
		],
		' [push]',
	);
	define(program, 'init', 'write a configuration file with environments, and list the next steps', []);
	define(
		program,
		'import',
		'write a schema snapshot, a template or a d6s folder as configuration files; asks no instance',
		[...DUMP, KEEP_SECRETS],
		' <path>',
	);
	define(program, 'completion', 'print the completion of commands and flags for a shell', [], ' <shell>');
	define(program, 'specs', 'write the OpenAPI and GraphQL specifications of an instance to files', [
		option('--dump-path <path>', 'folder of the configuration files (default: ./directus-config)'),
		option('--specs-path <path>', 'folder of the specifications, in the dump folder (default: specs)'),
	]);
	const seed = program.command('seed').description('items of your collections, from files: diff, push');
	define(seed, 'seed diff', 'show what a seed push would change; changes nothing', [SEED, EXIT_CODE]);
	define(seed, 'seed push', 'apply the seeds to the items of an instance', [SEED, DESTRUCTIVE, RETRIES]);
}

function deliveryCommands(program: Command, define: Define): void {
	define(program, 'status', 'show the state of engine, outbox, deliveries and targets', []);
	const listed = define(
		program,
		'deliveries',
		'list deliveries, newest first; with an id, show one delivery in full',
		[
			...FILTERS,
			...PAGES,
			option('--sort <field>', 'field to sort by, with "-" in front for descending (default: -created_at)'),
		],
		' [id]',
	);
	listed.helpGroup('Caches and deliveries:');
	define(program, 'log', 'write the log of deliveries, oldest first, to stdout or a file', [
		...FILTERS,
		new Option('--format <format>', 'lines of JSON, or CSV (default: ndjson)').choices(['ndjson', 'csv']),
		option('--attempts', 'every request and answer with each delivery; as lines of JSON only'),
		option('--output <file>', 'write to this file, once all of it has come in'),
	]);
	define(program, 'retry', 'send deliveries again: by id, or all that match a filter', FILTERS, ' [ids...]');
	define(
		program,
		'flush',
		'flush a target by hand: a collection, some of its items, or everything',
		[
			option('--collection <collection>', 'the whole collection'),
			option('--keys <keys>', 'only these items of the collection, separated by commas', list),
			option('--all', 'every collection that the target has rules for'),
			option('--dry-run', 'only show what would be sent'),
		],
		' <target>',
	);
	define(program, 'test', 'send one test request to a target and show its answer', [], ' <target>');
}

function helperCommands(program: Command, define: Define): void {
	const helpers = program.command('helpers', { hidden: true }).description('the helpers under their older names');
	program.helpCommand('help [command]', 'show the help of a command');
	for (const parent of [program, helpers]) {
		define(parent, 'wait-server-ready', 'wait until an instance is healthy', [
			option('--interval <seconds>', 'time between two checks (default: 5)', whole(0)),
			option('--timeout <seconds>', 'give up after this time (default: 90)', whole(1)),
			option('--successes <number>', 'healthy answers in a row (default: 1)', whole(1)),
		]);
		define(parent, 'untrack', 'forget the SyncID of an element; the element stays', [
			option('--collection <kind>', 'its kind, such as roles').makeOptionMandatory(),
			option('--id <id>', 'its id on the instance').makeOptionMandatory(),
		]);
		define(parent, 'remove-permission-duplicates', 'keep one permission for each policy, collection and action', [
			option('--keep <which>', 'which one to keep (default: last)').choices(['first', 'last']),
			option('--dry-run', 'only show which would be removed'),
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
