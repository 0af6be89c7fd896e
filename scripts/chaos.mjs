/**
 * `npm run chaos`: kills Directus again and again in the middle of mixed mutations, and proves that every committed
 * change is delivered and nothing else is. Ends with 1 where it is not so.
 *
 *     npm run chaos -- --kills 200 --database sqlite|postgres --directus 12 --seed 1
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { install, nodeEnvironment, ROOT } from './install.mjs';

const { values } = parseArgs({
	options: {
		kills: { type: 'string', default: '200' },
		database: { type: 'string', default: 'sqlite' },
		directus: { type: 'string', default: '12' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
	},
});
if (
	!['sqlite', 'postgres'].includes(values.database) ||
	!(Number(values.kills) > 0) ||
	Number.isNaN(Number(values.seed))
)
	throw new Error('npm run chaos -- [--kills 200] [--database sqlite|postgres] [--directus 12|11] [--seed 1]');

await install({ directus: [values.directus] });
const run = (command, commandArguments) =>
	new Promise((resolve) => {
		const child = spawn(command, commandArguments, { cwd: ROOT, env: nodeEnvironment(), stdio: 'inherit' });
		child.once('exit', (code) => resolve(code ?? 1));
	});
const built = await run('npm', ['run', '--silent', 'build']);
const settings = [values.kills, values.database, values.directus, values.seed];
process.exitCode =
	built ||
	(await run('node', [
		'--import',
		join(ROOT, 'scripts', 'typescript.mjs'),
		join(ROOT, 'test', 'chaos', 'main.ts'),
		...settings,
	]));
