import './older-node.js';
import { runCli } from './run-cli.js';

/** Runs the command line of this process. */
export async function runProcess(): Promise<void> {
	// The reader of the output may stop early, as `head` does.
	process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
	process.exitCode = await runCli(process.argv.slice(2), {
		folder: process.cwd(),
		variables: process.env,
		streams: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
	});
}
