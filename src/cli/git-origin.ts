import { execFile } from 'node:child_process';
import type { PushedCommit } from '../contract/answers/config.js';

const PATIENCE_MS = 3_000;

/** The commit that the files of a folder are of, and who made it; null where there is no git, or no commit. */
export async function commitOf(folder: string): Promise<PushedCommit | null> {
	const git = (...args: string[]) =>
		new Promise<string>((resolve, reject) => {
			const options = { cwd: folder, timeout: PATIENCE_MS, windowsHide: true };
			execFile('git', args, options, (error, output) => (error ? reject(error as Error) : resolve(output.trim())));
		});
	try {
		const [commit = '', author = ''] = (await git('log', '-1', '--format=%H%n%an')).split('\n');
		if (commit === '') return null;
		// Only this folder is pushed, so changes elsewhere do not matter.
		const dirty = (await git('status', '--porcelain', '--', '.')) !== '';
		return { commit, author: author.slice(0, 255), dirty };
	} catch {
		return null;
	}
}
