/**
 * `npm run bench`: installs what is missing, builds, and measures what `bench/main.ts` lists, side by side. Flags after
 * `--` go there:
 *
 *     npm run bench -- --quick                      fewer requests and rounds: a first look
 *     npm run bench -- --only burst,sender          some scenarios
 *     npm run bench -- --database sqlite            one database
 *     npm run bench -- --only scale --rows 100000   full tables beside empty ones (default a million rows)
 *     npm run bench -- --only statements            what one change asks of the database
 *     npm run bench -- --only bulk --items 100000   many items in one request (default 10,000)
 *     npm run bench -- --only bulk --kinds tracked         of tracked, stale and untracked, only this
 *     npm run bench -- --only nodes --database postgres   one, two and four nodes, with either engine
 *     npm run bench -- --only triggers --database sqlite,postgres,mysql   what DOWNSTREAM_TRIGGERS costs other writers
 *     npm run bench -- --only reads --database sqlite   what tags cost a read (docs/pages.md)
 *     npm run bench -- --only config --peers d6s    one of the other command lines (default d6s,directus-sync)
 *     npm run bench -- --only config --directus 12  on one version (default 12,11)
 *     npm run bench -- --only mutation-cost --against ../other   beside another build of this package, in that folder
 *     npm run bench -- --only mutation-cost --seconds 120        longer for each kind of save, for narrower intervals
 *     npm run bench -- --only mutation-cost --in-a-row 200       saves that do not end, one after the other
 *     npm run bench -- --only mutation-cost --contestants ours   beside no extension alone
 *     npm run bench -- --cpu-profile .tmp/profiles  a CPU profile of every Directus, in that folder
 *     npm run bench -- --no-build                   what is in dist as it is
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { install, nodeEnvironment, ROOT } from './install.mjs';

try {
	const { only, directus } = parseArgs({
		options: { only: { type: 'string' }, directus: { type: 'string', default: '12,11' } },
		strict: false,
	}).values;
	const config = only === undefined || only.split(',').includes('config');
	await install({ directus: config ? directus.split(',') : ['12'], peers: config });
	const environment = { ...nodeEnvironment(), npm_config_loglevel: 'silent' };
	if (!process.argv.includes('--no-build')) await run('npm', ['run', '--silent', 'build'], environment);
	const args = process.argv.slice(2).filter((argument) => argument !== '--no-build');
	await run('node', ['--import', './scripts/typescript.mjs', join('bench', 'main.ts'), ...args], environment);
} catch (error) {
	console.error(`[bench] ${error.message}`);
	process.exitCode = 1;
}

function run(command, args, environment) {
	return new Promise((resolve, reject) => {
		const shell = process.platform === 'win32' && command === 'npm';
		const child = spawn(command, args, { cwd: ROOT, env: environment, shell, stdio: 'inherit' });
		child.once('error', reject);
		child.once('close', (code) =>
			code === 0 ? resolve() : reject(new Error(`${command} ${args[0]} ended with ${code}`)),
		);
	});
}
