import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../../src/kernel/core/version.js';
import { ROOT } from '../kit/playground.js';
import { newFolder, runProgram, type Ran } from './cli-process.js';

/** An install from the registry, in ms. */
const INSTALL = 180_000;

describe('the package, packed and installed in an empty folder', () => {
	const folder = newFolder();
	const project = join(folder.path, 'project');
	const npx = (...argv: string[]): Promise<Ran> =>
		runProgram('npx', ['--no-install', 'directus-extension-downstream', ...argv], {
			folder: project,
			inherits: true,
			// npm's own notices would stand before ours.
			variables: { npm_config_loglevel: 'silent' },
		});

	beforeAll(async () => {
		mkdirSync(project);
		writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true, "type": "module" }');
		const packed = await runProgram('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder.path], {
			folder: ROOT,
			inherits: true,
		});
		const [{ filename }] = JSON.parse(packed.out.slice(packed.out.indexOf('['))) as [{ filename: string }];
		const installed = await runProgram(
			'npm',
			['install', '--no-audit', '--no-fund', '--loglevel=error', join(folder.path, filename)],
			// Where the registry is may be said in the environment.
			{ folder: project, inherits: true },
		);
		expect(installed, installed.err).toMatchObject({ code: 0 });
	}, INSTALL);
	afterAll(() => folder.remove());

	test('runs by npx: its version, its help, the help of a command', async () => {
		expect(await npx('--version')).toMatchObject({ code: 0, out: `${VERSION}\n`, err: '' });
		const help = await npx('--help');
		expect(help).toMatchObject({ code: 0, err: '' });
		for (const command of ['pull', 'diff', 'push', 'seed', 'status', 'flush'])
			expect(help.out).toContain(`  ${command}`);
		expect((await npx('push', '--help')).out).toContain('--allow-destructive');
	});

	test('says what is wrong without a stack trace, and fails', async () => {
		const done = await npx('diff', '-u', 'http://127.0.0.1:9', '-t', 'x');
		expect(done.code).toBe(1);
		expect(done.err).toMatch(/^Error: There is no configuration in this folder\.\n {2}at .*directus-config\n {2}→ /);
	});

	test('says how to name a configuration file that Node takes for something else', async () => {
		writeFileSync(join(project, 'directus-sync.config.js'), 'module.exports = { directusUrl: "http://127.0.0.1:9" };');
		expect(await npx('diff')).toMatchObject({ code: 1, err: expect.stringMatching(/"type": "module"[^]*\.cjs/) });
		writeFileSync(join(project, 'directus-sync.config.js'), 'export default { directusUrl: "http://127.0.0.1:9" };');
		expect((await npx('diff')).err).toMatch(/There is no configuration in this folder/);
	});
});
