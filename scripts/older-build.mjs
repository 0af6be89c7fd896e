/** Builds an earlier commit of this repository beside it, for tests of what two versions do to each other. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { nodeEnvironment, ROOT } from './install.mjs';

/**
 * @param commit anything that git understands, such as `HEAD~1` or a tag
 * @returns the folder, with package.json and dist
 */
export function buildOlder(commit) {
	const git = (...words) => execFileSync('git', words, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 30 });
	const name = git('rev-parse', '--short', commit).trim();
	const folder = join(ROOT, '.playground', 'builds', name);
	if (existsSync(folder)) return folder;
	const building = `${folder}-building`;
	rmSync(building, { recursive: true, force: true });
	mkdirSync(building, { recursive: true });
	const archive = execFileSync('git', ['archive', name], { cwd: ROOT, maxBuffer: 2 ** 30 });
	execFileSync('tar', ['-x', '-C', building], { input: archive });
	symlinkSync(join(ROOT, 'node_modules'), join(building, 'node_modules'));
	const options = { cwd: building, env: nodeEnvironment(), stdio: 'inherit' };
	execFileSync('npm', ['run', '--silent', 'build'], options);
	renameSync(building, folder);
	return folder;
}
