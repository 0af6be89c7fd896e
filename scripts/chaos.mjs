/**
 * `npm run chaos`: kills Directus again and again in the middle of mixed mutations, and proves that every committed
 * change is delivered and nothing else is. With `--sync`: edits three linked instances at the same time, kills them and
 * cuts their network, and proves that they end equal with nothing lost. Ends with 1 where it is not so.
 *
 *     npm run chaos -- --kills 200 --database sqlite|postgres --directus 12 --seed 1
 *     npm run chaos -- --sync --runs 20 --edits 2000 --kills 4 --cuts 6 --topology chain,ring,mesh
 *         --databases sqlite,postgres,mysql --on-delete update,delete --directus 12 --seed 1
 *
 * With `--everyday` also what happens to people: three time zones, small proxies, a rule that refuses rows, unique values
 * that change places, numbers used again, a copy of an instance, a collection made again, a restore from an old backup.
 * By default on SQLite, PostgreSQL and MariaDB.
 *
 * With `--config` it is the pushes of configuration: two at once under full load, killed at random moments, and failed
 * before each of their steps; all of it or one part.
 *
 *     npm run chaos -- --filters [--runs 10000] [--directus 12] [--seed 1]     filters, judged as Directus does
 *     npm run chaos -- --config [--kills 20] [--only at-once|kills|failures] [--directus 11]
 *     npm run chaos -- --config --only matrix [--databases sqlite12,mysql11] [--seed 1]
 *
 * The matrix pushes one of everything from every database and version onto every other, 36 ways: once, after which
 * nothing is left to do, neither there nor on the way back. It takes about ten minutes.
 *
 *     npm run chaos -- --config --only projects|every-project [--databases sqlite12,mysql11] [--seed 1]
 *
 * Five generated projects of the size of real ones (up to 100 collections, 1,100 fields, 220 panels) go from world to world,
 * and are then compared on all 36 ways; `every-project` pushes them onto an empty instance on each of these too: hours.
 *
 *     npm run chaos -- --config --only changes [--databases sqlite12,postgres12,mysql12]
 *
 * makes 25 changes of a schema (type, length, key, relation) on each database, on tables that are filled and on
 * empty ones, fails each before each of its steps, and prints what became of them as a table.
 *
 * With `--fuzz` a hostile instance asks and is asked, 10,000 times each; how long the event loop stood still, and how much
 * memory that took, is measured.
 *
 *     npm run chaos -- --fuzz [--runs 10000] [--directus 12] [--seed 1]
 *
 * With `--writes` nothing is killed: writes at random through every door of Directus are compared with what was recorded;
 * with `--triggers`, another process writes as well.
 *
 *     npm run chaos -- --writes [--triggers] [--runs 20] [--steps 150] [--databases sqlite,postgres,mysql] [--directus 11] [--seed 1]
 *
 * With `--clock` moments pass, retries wait and a node dies, in several time zones and under clocks that are an hour off
 * (where libfaketime is installed).
 *
 *     npm run chaos -- --clock [--databases sqlite,postgres,mysql] [--directus 11]
 *
 * With `--nodes` four nodes share a PostgreSQL and a Redis; nodes are killed and stopped, one clock is an hour off, Redis is
 * killed, PostgreSQL is restarted and ends all connections, and half of the requests fail.
 *
 *     npm run chaos -- --nodes [--runs 10] [--seconds 600] [--directus 12] [--seed 1]
 *
 * With `--pages` answers are kept until a tag of theirs is sent (docs/pages.md), and content is edited at random: in memory,
 * then in a real Directus on each database. What has changed and was not dropped is stale.
 *
 *     npm run chaos -- --pages [--edits 10000] [--databases sqlite,postgres,mysql] [--directus 11] [--seed 1]
 *
 * With `--rolling` three nodes of an earlier commit are replaced by this version one by one, while writes go on, and back.
 *
 *     npm run chaos -- --rolling [--from HEAD~1] [--runs 1] [--seconds 10] [--directus 12] [--seed 1]
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { install, nodeEnvironment, ROOT } from './install.mjs';
import { buildOlder } from './older-build.mjs';

const { values } = parseArgs({
	options: {
		sync: { type: 'boolean', default: false },
		everyday: { type: 'boolean', default: false },
		config: { type: 'boolean', default: false },
		filters: { type: 'boolean', default: false },
		writes: { type: 'boolean', default: false },
		triggers: { type: 'boolean', default: false },
		clock: { type: 'boolean', default: false },
		fuzz: { type: 'boolean', default: false },
		nodes: { type: 'boolean', default: false },
		rolling: { type: 'boolean', default: false },
		pages: { type: 'boolean', default: false },
		from: { type: 'string', default: 'HEAD~1' },
		seconds: { type: 'string' },
		steps: { type: 'string', default: '150' },
		only: { type: 'string', default: '' },
		runs: { type: 'string', default: '1' },
		edits: { type: 'string' },
		kills: { type: 'string' },
		cuts: { type: 'string', default: '6' },
		topology: { type: 'string', default: 'chain,ring,mesh' },
		databases: { type: 'string' },
		'on-delete': { type: 'string', default: 'update,delete' },
		database: { type: 'string', default: 'sqlite' },
		directus: { type: 'string', default: '12' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
	},
});
const kills = values.kills ?? (values.sync ? '4' : values.config ? '20' : '200');
const seconds = values.seconds ?? (values.rolling ? '10' : '600');
const edits = values.edits ?? (values.pages ? '10000' : '2000');
const databases =
	values.databases ??
	(values.writes || values.clock || values.pages || values.everyday
		? 'sqlite,postgres,mysql'
		: 'sqlite,sqlite,postgres');
const isCount = (text) => /^\d+$/.test(text);
const areOf = (text, known) => text.split(',').every((one) => known.includes(one));
const isWellAsked =
	[kills, values.seed, values.runs, edits, values.cuts, values.steps, seconds].every(isCount) &&
	(values.sync
		? areOf(values.topology, ['chain', 'ring', 'mesh']) &&
			areOf(values['on-delete'], ['update', 'delete']) &&
			areOf(databases, ['sqlite', 'postgres', 'mysql']) &&
			databases.split(',').length === 3
		: values.writes || values.clock || values.pages
			? areOf(databases, ['sqlite', 'postgres', 'mysql'])
			: areOf(values.database, ['sqlite', 'postgres']) && Number(kills) > 0);
if (!isWellAsked)
	throw new Error(
		`npm run chaos -- [--kills 200] [--database sqlite|postgres] [--directus 12|11] [--seed 1]
npm run chaos -- --config [--kills 20] [--only at-once|kills|failures] [--database sqlite|postgres] [--directus 12|11] [--seed 1]
npm run chaos -- --config --only matrix [--databases sqlite12,postgres12,mysql12,sqlite11,postgres11,mysql11] [--seed 1]
npm run chaos -- --config --only projects|every-project [--databases sqlite12,postgres12,mysql12,sqlite11,postgres11,mysql11] [--seed 1]
npm run chaos -- --config --only changes [--databases sqlite12,postgres12,mysql12]
npm run chaos -- --filters [--runs 10000] [--directus 12|11] [--seed 1]
npm run chaos -- --writes [--triggers] [--runs 20] [--steps 150] [--databases sqlite,postgres,mysql] [--directus 12|11] [--seed 1]
npm run chaos -- --clock [--databases sqlite,postgres,mysql] [--directus 12|11]
npm run chaos -- --pages [--edits 10000] [--databases sqlite,postgres,mysql] [--directus 12|11] [--seed 1]
npm run chaos -- --nodes [--runs 10] [--seconds 600] [--directus 12|11] [--seed 1]
npm run chaos -- --rolling [--from HEAD~1] [--runs 1] [--seconds 10] [--directus 12|11] [--seed 1]
npm run chaos -- --sync [--everyday] [--runs 20] [--edits 2000] [--kills 4] [--cuts 6] [--topology chain,ring,mesh] [--databases sqlite,sqlite,postgres] [--on-delete update,delete] [--directus 12|11] [--seed 1]`,
	);

const installed = ['matrix', 'projects', 'every-project'].includes(values.only)
	? worldVersions(values.databases ?? 'sqlite11,sqlite12')
	: values.only === 'changes'
		? worldVersions(values.databases ?? 'sqlite12')
		: [values.directus];
await install({ directus: installed });
/** `sqlite12,mysql11` ⇒ 12 and 11. */
function worldVersions(text) {
	return [...new Set(text.split(',').map((world) => world.slice(-2)))];
}
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
	edits: Number(edits),
	kills: Number(kills),
	cuts: Number(values.cuts),
	steps: Number(values.steps),
	seconds: Number(seconds),
	databases: databases.split(','),
	version: values.directus,
	topologies: values.topology.split(','),
	onDelete: values['on-delete'].split(','),
	seed: Number(values.seed),
	triggers: values.triggers,
	everyday: values.everyday,
};
const usual = [kills, values.database, values.directus, values.seed];
const work = () => {
	if (values.filters)
		return chaos('filters-main.ts', [values.runs === '1' ? '10000' : values.runs, values.directus, values.seed]);
	if (values.fuzz)
		return chaos('fuzz-main.ts', [values.runs === '1' ? '10000' : values.runs, values.directus, values.seed]);
	if (values.nodes) return chaos('nodes-main.ts', [JSON.stringify(asked)]);
	if (values.rolling) return chaos('rolling-main.ts', [JSON.stringify({ ...asked, old: buildOlder(values.from) })]);
	if (values.pages) return pages();
	if (values.clock) return chaos('clock-main.ts', [databases, values.directus]);
	if (values.writes) return chaos('writes-main.ts', [JSON.stringify(asked)]);
	if (values.sync) return chaos('sync-main.ts', [JSON.stringify(asked)]);
	return values.config
		? chaos('config-main.ts', [...usual, values.only, values.databases ?? ''])
		: chaos('main.ts', usual);
};
/** In memory first, where many worlds are tried in a minute. */
async function pages() {
	const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
	const file = 'src/flush/core/pages/never-stale.test.ts';
	process.env.PAGES_SEED = values.seed;
	process.env.PAGES_WORLDS = String(Math.ceil(Number(edits) / 100));
	const inMemory = await run('node', [vitest, 'run', '--project', 'unit', file]);
	return inMemory || chaos('pages-main.ts', [JSON.stringify(asked)]);
}
process.exitCode = built || (await work());
