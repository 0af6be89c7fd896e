import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { directusFolder, type DirectusVersion } from './playground.js';
import { pause } from './wait.js';

const END_WITH_PARENT = new URL('./end-with-parent.mjs', import.meta.url).href;

/** How long a start may take, in ms: 6 to 14 s where the machine is free, several times that under load. */
const START_LIMIT = 120_000;

/** How long Directus may take to close its connections after SIGTERM before it is killed, in ms. */
const STOP_LIMIT = 15_000;

/** Runs another command of Directus' own command line (`roles create …`) to its end; gives what it printed. */
export function runCommand(
	args: readonly string[],
	{ version, folder, environment }: { version: DirectusVersion; folder: string; environment: Record<string, string> },
): Promise<string> {
	const cli = join(directusFolder(version), 'node_modules', 'directus', 'cli.js');
	return new Promise((resolve, reject) => {
		execFile(process.execPath, [cli, ...args], { cwd: folder, env: environment }, (error, out, problems) =>
			error
				? reject(new Error(`directus ${args.join(' ')}: ${out}${problems}`, { cause: error }))
				: resolve(out + problems),
		);
	});
}

/** A Directus server process that listens. */
export interface DirectusProcess {
	process: ChildProcess;
	/** Ends it as an operator would (SIGTERM), and waits until it is gone. */
	stop(): Promise<void>;
	/** Kills it as a power cut would (SIGKILL), and waits until it is gone. */
	kill9(): Promise<void>;
}

/**
 * Runs `directus start` and waits until it listens.
 *
 * @param output receives all that it prints
 * @throws Error with the end of its output if it stops before it listens, or takes too long
 */
export async function runDirectus(options: {
	version: DirectusVersion;
	folder: string;
	environment: Record<string, string>;
	output: string[];
}): Promise<DirectusProcess> {
	const cli = join(directusFolder(options.version), 'node_modules', 'directus', 'cli.js');
	const child = spawn(process.execPath, ['--import', END_WITH_PARENT, cli, 'start'], {
		cwd: options.folder,
		env: options.environment,
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
	});
	for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => options.output.push(String(chunk)));
	const gone = new Promise<string>((resolve) => {
		child.once('error', (error) => resolve(`could not be started: ${error.message}`));
		child.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`));
	});
	const end = async (signal: NodeJS.Signals) => {
		if (child.exitCode === null && child.signalCode === null) child.kill(signal);
		await gone;
	};
	// Directus tells its parent as soon as it listens, as it does for a process manager.
	const ready = new Promise<null>((resolve) => child.on('message', (message) => message === 'ready' && resolve(null)));
	const limit = new AbortController();
	const late = pause(START_LIMIT, limit.signal).then(() => `did not listen within ${START_LIMIT} ms`);
	const failure = await Promise.race([ready, gone, late]);
	limit.abort();
	if (failure !== null) {
		await end('SIGKILL');
		throw new Error(`Directus ${options.version} ${failure}:\n${options.output.join('').slice(-6000)}`);
	}
	return {
		process: child,
		async stop() {
			const killer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT);
			await end('SIGTERM').finally(() => clearTimeout(killer));
		},
		kill9: () => end('SIGKILL'),
	};
}
