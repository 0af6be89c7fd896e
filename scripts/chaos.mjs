/**
 * `npm run chaos`: kills Directus again and again in the middle of mixed mutations, and proves that every committed
 * change is delivered and nothing else is. With `--sync`: edits three linked instances at the same time, kills them and
 * cuts their network, and proves that they end equal with nothing lost. Ends with 1 where it is not so.
 *
 *     npm run chaos -- --kills 200 --database sqlite|postgres --directus 12 --seed 1
 *     npm run chaos -- --sync --runs 20 --edits 2000 --kills 4 --cuts 6 --topology chain,ring,mesh
 *         --databases sqlite,postgres,mysql --on-delete update,delete --directus 12 --seed 1
 *
 * With `--config` it is the pushes of configuration: two at once under full load, killed at random moments, and failed
 * before each of their steps; all of it or one part.
 *
 *     npm run chaos -- --config [--kills 20] [--only at-once|kills|failures] [--directus 11]
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { install, nodeEnvironment, ROOT } from './install.mjs';

const { values } = parseArgs({
	options: {
		sync: { type: 'boolean', default: false },
		config: { type: 'boolean', default: false },
		only: { type: 'string', default: '' },
		runs: { type: 'string', default: '1' },
		edits: { type: 'string', default: '2000' },
		kills: { type: 'string' },
		cuts: { type: 'string', default: '6' },
		topology: { type: 'string', default: 'chain,ring,mesh' },
		databases: { type: 'string', default: 'sqlite,sqlite,postgres' },
		'on-delete': { type: 'string', default: 'update,delete' },
		database: { type: 'string', default: 'sqlite' },
		directus: { type: 'string', default: '12' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
	},
});
const kills = values.kills ?? (values.sync ? '4' : values.config ? '20' : '200');
const isCount = (text) => /^\d+$/.test(text);
const areOf = (text, known) => text.split(',').every((one) => known.includes(one));
const isWellAsked =
	[kills, values.seed, values.runs, values.edits, values.cuts].every(isCount) &&
	(values.sync
		? areOf(values.topology, ['chain', 'ring', 'mesh']) &&
			areOf(values['on-delete'], ['update', 'delete']) &&
			areOf(values.databases, ['sqlite', 'postgres', 'mysql']) &&
			values.databases.split(',').length === 3
		: areOf(values.database, ['sqlite', 'postgres']) && Number(kills) > 0);
if (!isWellAsked)
	throw new Error(
		`npm run chaos -- [--kills 200] [--database sqlite|postgres] [--directus 12|11] [--seed 1]
npm run chaos -- --config [--kills 20] [--only at-once|kills|failures] [--database sqlite|postgres] [--directus 12|11] [--seed 1]
npm run chaos -- --sync [--runs 20] [--edits 2000] [--kills 4] [--cuts 6] [--topology chain,ring,mesh] [--databases sqlite,sqlite,postgres] [--on-delete update,delete] [--directus 12|11] [--seed 1]`,
	);

await install({ directus: [values.directus] });
const run = (command, commandArguments) =>
	new Promise((resolve) => {
		const child = spawn(command, commandArguments, { cwd: ROOT, env: nodeEnvironment(), stdio: 'inherit' });
		child.once('exit', (code) => resolve(code ?? 1));
	});
const built = await run('npm', ['run', '--silent', 'build']);
const chaos = (file, settings) =>
	run('node', ['--import', join(ROOT, 'scripts', 'typescript.mjs'), join(ROOT, 'test', 'chaos', file), ...settings]);
const asked = {
	runs: Number(values.runs),
	edits: Number(values.edits),
	kills: Number(kills),
	cuts: Number(values.cuts),
	databases: values.databases.split(','),
	version: values.directus,
	topologies: values.topology.split(','),
	onDelete: values['on-delete'].split(','),
	seed: Number(values.seed),
};
const usual = [kills, values.database, values.directus, values.seed];
const work = () => {
	if (values.sync) return chaos('sync-main.ts', [JSON.stringify(asked)]);
	return values.config ? chaos('config-main.ts', [...usual, values.only]) : chaos('main.ts', usual);
};
process.exitCode = built || (await work());
