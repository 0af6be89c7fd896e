/** `npm run examples -- [name …]`: installs, builds and starts the sites of `examples/`, edits, and counts (test/examples). */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { install, nodeEnvironment, ROOT } from './install.mjs';

const wanted = process.argv.slice(2).filter((argument) => argument !== '--no-build');
await install({ directus: ['12'] });
const settings = { cwd: ROOT, env: { ...nodeEnvironment(), npm_config_loglevel: 'error' }, stdio: 'inherit' };
const built = process.argv.includes('--no-build') ? 0 : spawnSync('npm', ['run', '--silent', 'build'], settings).status;
process.exitCode =
	built ||
	(spawnSync(
		'node',
		['--import', join(ROOT, 'scripts', 'typescript.mjs'), join('test', 'examples', 'main.ts'), ...wanted],
		settings,
	).status ??
		1);
