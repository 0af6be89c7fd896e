import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { declared } from './arguments.js';
import { completionScript, SHELLS, wordsOf } from './completion-script.js';
import { COMMANDS } from './flags.js';

const commands = wordsOf(declared('1.0.0', () => {}));
const folder = mkdtempSync(join(tmpdir(), 'downstream-completion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What bash itself offers after these words; the last one is being typed. */
function offered(...words: string[]): string[] {
	const file = join(folder, 'bash');
	writeFileSync(file, completionScript('bash', commands));
	const script = `source "$0"; COMP_WORDS=(downstream "$@"); COMP_CWORD=$#; _downstream; printf '%s\\n' "\${COMPREPLY[@]}"`;
	const answer = execFileSync('bash', ['--norc', '-c', script, file, ...words], { encoding: 'utf8', cwd: folder });
	return answer.split('\n').filter((line) => line !== '');
}

const has = (shell: string): boolean => {
	try {
		execFileSync(shell, ['--version'], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
};

describe('shell completion', () => {
	it('knows every command that can be typed', () => {
		expect(commands.map(({ name }) => name).toSorted()).toEqual([...COMMANDS].toSorted());
	});

	it('offers commands, and those that begin with what was typed', () => {
		expect(offered('')).toEqual(expect.arrayContaining(['pull', 'push', 'seed', 'completion']));
		expect(offered('pu')).toEqual(['pull', 'push']);
		expect(offered('seed', '')).toEqual(['diff', 'push']);
	});

	it('offers the flags of the command, and the shared ones', () => {
		expect(offered('push', '--allow-')).toEqual(['--allow-destructive', '--allow-renames', '--allow-data-loss']);
		expect(offered('push', '--directus-u')).toEqual(['--directus-url']);
		expect(offered('seed', 'push', '--seed')).toEqual(['--seed-path']);
		expect(offered('pull', '--allow-')).toEqual([]);
	});

	it('finds the command behind flags and their values', () => {
		expect(offered('--directus-url', 'https://a.example', '-t', 'diff', 'push', '--dry')).toEqual(['--dry-run']);
		expect(offered('--json', 'diff', '--mark')).toEqual(['--markdown']);
	});

	it('offers values where they are known, files where a path is asked for, nothing where any text is', () => {
		expect(offered('pull', '-o', 'fl')).toEqual(['flows']);
		expect(offered('completion', 'z')).toContain('zsh');
		writeFileSync(join(folder, 'my-plan.json'), '');
		expect(offered('push', '--plan', 'my-')).toEqual(['my-plan.json']);
		expect(offered('push', '--directus-token', '')).toEqual([]);
	});

	it.each(SHELLS)('is read by %s without an error', (shell) => {
		if (!has(shell)) return;
		const file = join(folder, shell);
		writeFileSync(file, completionScript(shell, commands));
		expect(execFileSync(shell, ['-n', file], { encoding: 'utf8' })).toBe('');
	});
});
