import type { Flags } from './flags.js';
import type { Connection, Login } from './connection.js';
import type { Options } from './options.js';
import type { ExitCode, PrintResult } from './output.js';
import type { Progress } from './progress.js';
import type { Terminal } from './terminal.js';

/** All that a command is given. */
export interface CommandContext {
	/** The folder that the person is in. */
	folder: string;
	options: Options;
	flags: Flags;
	/** What followed the command and is no flag. */
	operands: string[];
	terminal: Terminal;
	progress: Progress;
	print: PrintResult;
	/** The environment variable of this name, if it is set; its value is masked in all output from then on. */
	secret(name: string): string | undefined;
	/** The way to the instance; asked for only by commands that need one. */
	connection(): Connection;
	/** The way to another one, whose configuration is taken. */
	connectionTo(login: Login): Connection;
}

export type RunCommand = (context: CommandContext) => Promise<ExitCode>;
