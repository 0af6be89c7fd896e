/** Installs and builds what a script of `test/studio` needs, and runs it under our Node; for the scripts beside this. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { install, nodeEnvironment, ROOT } from './install.mjs';

/** Runs the script with this process' own arguments, but `--no-build`; its exit code becomes this process'. */
export async function runStudioScript(name) {
	try {
		const args = process.argv.slice(2).filter((argument) => argument !== '--no-build');
		await install({ directus: ['12', '11'] });
		const environment = { ...nodeEnvironment(), npm_config_loglevel: 'silent' };
		const built =
			process.argv.includes('--no-build') || (await run('npm', ['run', '--silent', 'build'], environment)) === 0;
		const script = join('test', 'studio', name);
		process.exitCode = built
			? await run('node', ['--import', './scripts/typescript.mjs', script, ...args], environment)
			: 1;
	} catch (error) {
		console.error(error.message);
		process.exitCode = 1;
	}
}

function run(command, args, environment) {
	return new Promise((resolve, reject) => {
		const shell = process.platform === 'win32' && command === 'npm';
		const child = spawn(command, args, { cwd: ROOT, env: environment, shell, stdio: 'inherit' });
		child.once('error', reject);
		child.once('close', (code) => resolve(code ?? 1));
	});
}
