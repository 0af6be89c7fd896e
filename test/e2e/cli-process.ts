import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { KEPT, ROOT } from '../kit/playground.js';

/** What a process printed, and its exit code. */
export interface Ran {
	code: number | null;
	out: string;
	err: string;
}

/** Runs a program to its end. Without `inherits`, its environment is the path and what is given, as on a bare machine. */
export function runProgram(
	program: string,
	argv: readonly string[],
	{
		folder,
		variables = {},
		inherits = false,
	}: { folder: string; variables?: Record<string, string>; inherits?: boolean },
): Promise<Ran> {
	const { PATH = '', HOME = folder } = process.env;
	const child = spawn(program, argv, {
		cwd: folder,
		env: { ...(inherits ? process.env : { PATH, HOME }), ...variables },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const ran: Ran = { code: null, out: '', err: '' };
	child.stdout.on('data', (chunk) => (ran.out += String(chunk)));
	child.stderr.on('data', (chunk) => (ran.err += String(chunk)));
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code) => resolve({ ...ran, code }));
	});
}

/** Runs the built command line, `dist/cli.js`. */
export const runBuilt = (argv: readonly string[], folder: string, variables?: Record<string, string>): Promise<Ran> =>
	runProgram(process.execPath, [join(ROOT, 'dist', 'cli.js'), ...argv], {
		folder,
		...(variables ? { variables } : {}),
	});

/** A new folder outside of the system's own, gone with `remove`. */
export function newFolder(): { path: string; remove(): void } {
	mkdirSync(KEPT, { recursive: true });
	const path = mkdtempSync(join(KEPT, 'cli-'));
	return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Every file below a folder, by path. */
export function filesIn(folder: string): Record<string, string> {
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
	return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}
