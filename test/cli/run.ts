import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';

/** What a command line did. */
export interface Ran {
	code: number;
	out: string;
	err: string;
	/** stdout as JSON. */
	json<T = Record<string, unknown>>(): T;
}

/**
 * Runs a command line in this process, in a folder.
 *
 * @param more `variables`: the environment · `answers`: a person sits at a terminal and types these lines
 */
export async function run(
	argv: string[],
	folder: string,
	more: { variables?: Record<string, string>; answers?: string[] } = {},
): Promise<Ran> {
	const texts = { out: '', err: '' };
	const isTTY = more.answers !== undefined;
	const stdin = Object.assign(new PassThrough(), { isTTY });
	const answers = [...(more.answers ?? [])];
	const sink = (name: 'out' | 'err') =>
		Object.assign(new PassThrough(), {
			isTTY,
			columns: 100,
			write(text: string) {
				texts[name] += text;
				// Typed once the question is there, as a person does.
				if (name === 'err' && text.endsWith(': ')) setTimeout(() => stdin.write(`${answers.shift() ?? ''}\n`), 5);
				return true;
			},
		});
	const code = await runCli(argv, {
		folder,
		variables: more.variables ?? {},
		streams: { stdin, stdout: sink('out'), stderr: sink('err') as never },
	});
	return { code, ...texts, json: () => JSON.parse(texts.out) };
}

/** A folder of its own, gone after the test, with these files. */
export function folderWith(files: Record<string, string | object> = {}): string {
	const folder = mkdtempSync(join(tmpdir(), 'downstream-cli-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	for (const [name, content] of Object.entries(files)) {
		const path = join(folder, name);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
	}
	return folder;
}

/** Every file below a folder, by path. */
export function filesIn(folder: string): Record<string, string> {
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
	return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}
