import { VERSION } from '../kernel/core/version.js';
import { parseArguments, type Invocation } from './arguments.js';
import type { CommandName } from './flags.js';
import type { RunCommand } from './command.js';
import { loadConfigFile } from './config-file.js';
import { connect } from './connection.js';
import { keepSecrets } from './keep-secrets.js';
import { readEnvironment, type Variables } from './environment.js';
import { Failure, failureOf } from './failure.js';
import { resolveOptions, type Options } from './options.js';
import { printFailure, printResults, type ExitCode } from './output.js';
import { fetchBy, type Fetching } from './proxy.js';
import { showProgress } from './progress.js';
import { openTerminal, type Streams } from './terminal.js';
import { backfill } from './commands/backfill.js';
import { completion } from './commands/completion.js';
import { copy } from './commands/copy.js';
import { check } from './commands/check.js';
import { compare } from './commands/compare.js';
import { deliveries } from './commands/deliveries.js';
import { diff } from './commands/diff.js';
import { flush } from './commands/flush.js';
import { history } from './commands/history.js';
import { identity } from './commands/identity.js';
import { log } from './commands/log.js';
import { link } from './commands/link.js';
import { importInto } from './commands/import.js';
import { init } from './commands/init.js';
import { promote } from './commands/promote.js';
import { pull } from './commands/pull.js';
import { push } from './commands/push.js';
import { removePermissionDuplicates } from './commands/remove-permission-duplicates.js';
import { release } from './commands/release.js';
import { repair } from './commands/repair.js';
import { retry } from './commands/retry.js';
import { revert } from './commands/revert.js';
import { seedDiff } from './commands/seed-diff.js';
import { seedPush } from './commands/seed-push.js';
import { show } from './commands/show.js';
import { specs } from './commands/specs.js';
import { status } from './commands/status.js';
import { test } from './commands/test.js';
import { untrack } from './commands/untrack.js';
import { waitServerReady } from './commands/wait-server-ready.js';

const commands: Record<CommandName, RunCommand> = {
	pull,
	diff,
	push,
	check,
	history,
	show,
	revert,
	init,
	import: importInto,
	completion,
	'seed diff': seedDiff,
	'seed push': seedPush,
	specs,
	untrack,
	'remove-permission-duplicates': removePermissionDuplicates,
	'wait-server-ready': waitServerReady,
	status,
	deliveries,
	log,
	retry,
	flush,
	test,
	identity,
	link,
	compare,
	backfill,
	repair,
	promote,
	release,
	copy,
};

/** What of the process the command line uses. */
export interface World {
	folder: string;
	variables: Variables;
	streams: Streams;
}

/** Runs one command line to its end. Never throws: what goes wrong is told on stderr. */
export async function runCli(argv: readonly string[], world: World): Promise<ExitCode> {
	const { streams } = world;
	const parsed = parseArguments(argv, VERSION, Math.min(streams.stdout.columns ?? 100, 120));
	if (parsed.outcome === 'shown') {
		streams.stdout.write(`${parsed.text}\n`);
		return 0;
	}
	const secrets = keepSecrets();
	if (parsed.outcome === 'refused') {
		const json = argv.includes('--json');
		const terminal = openTerminal(streams, world.variables, { colour: null, progress: false, json });
		if (parsed.help !== '') terminal.err(`${parsed.help}\n`);
		const failure = new Failure('INVALID_ARGUMENTS', parsed.message, {
			advice: '"downstream --help" lists the commands, "downstream <command> --help" what each takes.',
		});
		printFailure(failure, terminal, { json, debug: false, hide: hideTyped(argv, secrets) });
		return 1;
	}
	return run(parsed.invocation, world, secrets);
}

async function run(
	{ command, operands, flags }: Invocation,
	world: World,
	secrets: ReturnType<typeof keepSecrets>,
): Promise<ExitCode> {
	for (const value of [flags.directusToken, flags.directusPassword, flags.fromToken, flags.toToken, flags.code])
		if (value) secrets.add(value);
	let [debug, json] = [flags.debug ?? false, flags.json ?? false];
	let terminal = openTerminal(world.streams, world.variables, {
		colour: flags.color ?? null,
		progress: flags.progress ?? true,
		json,
	});
	try {
		const variables = readEnvironment(world.folder, world.variables);
		const file = await loadConfigFile(world.folder, flags.configPath);
		const options = resolveOptions(world.folder, flags, file, variables);
		({ debug, json } = options);
		terminal = openTerminal(world.streams, variables, options);
		const progress = showProgress(terminal, { quiet: false, live: terminal.isLive });
		for (const warning of file?.warnings ?? []) progress.warn(warning);
		const say = debug ? (line: string) => terminal.err(terminal.paintError('dim', secrets.hide(line))) : null;
		say?.(
			`Downstream ${VERSION}, Node ${process.version}, ${file ? `configuration ${file.file}` : 'no configuration file'}`,
		);
		let fetching: Fetching | null = null;
		const open = (login: Options['login'], named: { url: string; token: string }) =>
			connect({
				login,
				flags: named,
				client: options.client,
				fetching: (fetching ??= fetchBy(variables)),
				timeout: options.requestTimeout,
				debug: say,
				secret: secrets.add,
			});
		let connection: ReturnType<typeof connect> | null = null;
		const code = await commands[command]({
			folder: world.folder,
			options,
			flags,
			operands,
			terminal,
			progress,
			print: printResults(terminal, json, secrets.hide),
			secret(name) {
				const value = variables[name];
				if (value) secrets.add(value);
				return value || undefined;
			},
			connection: () =>
				(connection ??= open(options.login, {
					url: '--directus-url or DIRECTUS_URL',
					token: '--directus-token or DIRECTUS_TOKEN',
				})),
			connectionTo: (login) => open(login, { url: '--from', token: '--from-token or DIRECTUS_FROM_TOKEN' }),
		});
		return code;
	} catch (error) {
		printFailure(failureOf(error), terminal, { json, debug, hide: secrets.hide });
		return 1;
	}
}

/** Values of these flags are never repeated, not even in a message about an invalid command line. */
function hideTyped(argv: readonly string[], secrets: ReturnType<typeof keepSecrets>): (text: string) => string {
	const flags = ['-t', '--directus-token', '-p', '--directus-password', '--from-token', '--to-token', '--code'];
	for (const [index, word] of argv.entries()) {
		const [flag = '', ...value] = word.split('=');
		if (!flags.includes(flag)) continue;
		const secret = value.length > 0 ? value.join('=') : argv[index + 1];
		if (secret) secrets.add(secret);
	}
	return secrets.hide;
}
