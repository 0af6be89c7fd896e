/**
 * Installs what a fresh clone lacks, and nothing twice: the Node that Directus needs (from npm), this repository's own
 * packages, and on request the Directus versions that the tests, the demo and the benchmark run.
 *
 *     node scripts/install.mjs            the Node and the repository's packages
 *     node scripts/install.mjs 12 11      and these Directus versions
 *     node scripts/install.mjs config-peers   and the command lines that ours is compared with
 *
 * Plain Node 20 or newer and npm, no packages: it runs before there are any.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** The Directus versions that can be installed: the major number, and the folder it goes to. */
export const DIRECTUS_FOLDERS = {
	12: join(ROOT, 'playground', 'directus-12'),
	11: join(ROOT, 'playground', 'directus-11'),
};

/** The other command lines for the configuration, for the benchmark and a test. */
const PEERS_FOLDER = join(ROOT, 'playground', 'config-peers');

const NODE_FOLDER = join(ROOT, 'playground', 'node');
const NODE_BINARY = join(
	NODE_FOLDER,
	'node_modules',
	'node',
	'bin',
	process.platform === 'win32' ? 'node.exe' : 'node',
);
const STAMP = '.downstream-installed';

/** Directus' packages with native code. Without any one of them Directus does not start, or not with our extension. */
const NATIVE_PACKAGES = ['isolated-vm', 'sqlite3', 'argon2', 'sharp'];

/**
 * The versions of the lockfile, without a change to it. Not `npm ci`: a lockfile made where the registry holds only some
 * of the platforms' builds of a tool (oxlint, rolldown) lacks the others, and `npm ci` then refuses it everywhere, while
 * this adds the one that the platform needs.
 */
const INSTALL = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=notice'];

/** What npm tells the scripts that it runs about itself; a second npm, in another folder, must not take it for its own. */
const NPM_OWN_VARIABLES = /^npm_(lifecycle_|package_|command$|execpath$|node_execpath$|config_(local_prefix|prefix)$)/;

/**
 * The environment in which everything of this repository runs: `node` is the playground's (the one that Directus and
 * vitest need), whatever the machine's is, and packages that are compiled find that Node's headers.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function nodeEnvironment() {
	const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !NPM_OWN_VARIABLES.test(name)));
	if (!existsSync(NODE_BINARY)) return environment;
	environment.PATH = [dirname(NODE_BINARY), process.env.PATH].join(delimiter);
	const headers = headersFolder();
	if (headers) environment.npm_config_nodedir = headers;
	return environment;
}

/**
 * Installs what is missing.
 *
 * @param {{ directus?: Array<'12' | '11'>, peers?: boolean }} [wanted]
 * @throws {Error} with what was tried, where the whole output is, and what to do
 */
export async function install({ directus = [], peers = false } = {}) {
	const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
	if (major < 20)
		throw new Error(`Node ${process.versions.node} is too old: Node 20 or newer is needed to start from.`);
	// Directus' isolated-vm is built where no prebuilt binary can be had, and make does not know paths with spaces.
	if (directus.length > 0 && /\s/.test(ROOT))
		throw new Error(`"${ROOT}" has a space in it, where Directus' native parts cannot be built: move the folder.`);
	await installFolder(NODE_FOLDER, 'Node for Directus', () => verifyNode(major, minor));
	await installFolder(ROOT, 'packages of this repository');
	for (const version of directus) {
		const folder = DIRECTUS_FOLDERS[version];
		if (!folder) throw new Error(`Directus ${version} is not known here; known are ${Object.keys(DIRECTUS_FOLDERS)}.`);
		await installFolder(folder, `Directus ${version}`, () => verifyNative(folder));
	}
	if (peers) await installFolder(PEERS_FOLDER, 'command lines to compare with');
}

/**
 * Runs npm in a folder unless its packages are already those of its lockfile, then `verify`, then leaves a stamp.
 */
async function installFolder(folder, title, verify = async () => {}) {
	const lockfile = readFileSync(join(folder, 'package-lock.json'));
	const stampFile = join(folder, 'node_modules', STAMP);
	const stamp = createHash('sha256')
		.update(lockfile)
		.update(process.platform + process.arch)
		.digest('hex');
	if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
	const started = Date.now();
	if (!agreesWithLockfile(folder, JSON.parse(lockfile.toString()))) {
		say(`installing ${title}; this may take some minutes …`);
		await npm(INSTALL, folder, title);
	}
	await verify();
	writeFileSync(stampFile, stamp);
	say(`ready: ${title}, ${seconds(started)}`);
}

/** Whether npm's own record of what it put into node_modules names the versions that the lockfile names. */
function agreesWithLockfile(folder, lockfile) {
	const recordFile = join(folder, 'node_modules', '.package-lock.json');
	if (!existsSync(recordFile)) return false;
	const installed = JSON.parse(readFileSync(recordFile, 'utf8')).packages;
	return Object.entries(lockfile.packages).every(
		([path, entry]) => path === '' || entry.optional || entry.extraneous || installed[path]?.version === entry.version,
	);
}

/** The playground's Node must run; on a platform that has none on npm, a new enough one of the machine's own will do. */
async function verifyNode(major, minor) {
	const { code } = await run(NODE_BINARY, ['--version']);
	if (code === 0 || major > 22 || (major === 22 && minor >= 19)) return;
	throw new Error(
		`The "node" package brought no Node that runs here (${relative(ROOT, NODE_BINARY)}), and this machine's own is ` +
			`${process.versions.node}. Install Node 22.19 or newer, then run this again.`,
	);
}

/** Directus' native packages must load in the Node that will run Directus; what does not is built against its headers. */
async function verifyNative(folder) {
	let broken = await failingToLoad(folder);
	const buildable = broken.filter(({ name }) => name !== 'sharp');
	for (const { name } of buildable) {
		say(`${name} does not load in this Node: building it …`);
		const headers = headersFolder();
		const build = ['node-gyp', 'rebuild', '--release', ...(headers ? [`--nodedir=${headers}`] : [])];
		await npm(['explore', name, '--', ...build], folder, `build of ${name}`);
	}
	if (buildable.length > 0) broken = await failingToLoad(folder);
	if (broken.length === 0) return;
	throw new Error(
		`In ${relative(ROOT, folder)} these packages do not load, so Directus would not start:\n` +
			broken.map(({ name, message }) => `  ${name}: ${message}`).join('\n') +
			'\nA C++ compiler, make and python3 are needed where no prebuilt file fits this machine. Then delete that ' +
			"folder's node_modules and run this again.",
	);
}

async function failingToLoad(folder) {
	const program = `
		const require = (await import('node:module')).createRequire(process.argv[1]);
		const broken = [];
		for (const name of process.argv[2].split(',')) {
			try { require(name); } catch (error) { broken.push({ name, message: String(error.message).split('\\n')[0] }); }
		}
		console.log(JSON.stringify(broken));`;
	const from = join(folder, 'node_modules', '@directus', 'api', 'package.json');
	const node = existsSync(NODE_BINARY) ? NODE_BINARY : process.execPath;
	const { code, output } = await run(node, ['--input-type=module', '-e', program, from, NATIVE_PACKAGES.join()]);
	// A native package of another Node can take the whole process down with it, so that nothing is told by name.
	if (code !== 0) return NATIVE_PACKAGES.map((name) => ({ name, message: output.trim().split('\n').at(-1) ?? '' }));
	return JSON.parse(output.trim().split('\n').at(-1) ?? '[]');
}

/** The folder with the headers of the playground's Node (the platform package that the "node" package brings). */
function headersFolder() {
	const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
	const candidates = [
		join(NODE_FOLDER, 'node_modules', 'node', 'node_modules', platform),
		join(NODE_FOLDER, 'node_modules', platform),
	];
	return candidates.find((folder) => existsSync(join(folder, 'include', 'node', 'node.h')));
}

/** Runs npm with its output in a log file, saying now and then that it is still at it. */
async function npm(args, folder, title) {
	const logFolder = join(ROOT, '.tmp');
	mkdirSync(logFolder, { recursive: true });
	const logFile = join(logFolder, `install-${title.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}.log`);
	const started = Date.now();
	const heartbeat = setInterval(() => say(`  still at it: ${title}, ${seconds(started)}`), 30_000);
	const { code, output } = await run('npm', args, { cwd: folder, logFile }).finally(() => clearInterval(heartbeat));
	if (code === 0) return;
	throw new Error(
		`npm ${args.join(' ')} failed in ${relative(ROOT, folder) || 'the repository'} (exit code ${code}).\n` +
			`${beginningAndEnd(output)}\nAll of it: ${relative(ROOT, logFile)}`,
	);
}

/** npm tells the cause first and how it is called last; a compiler the other way round. */
function beginningAndEnd(output) {
	const lines = output.trim().split('\n');
	return lines.length <= 30 ? lines.join('\n') : [...lines.slice(0, 15), '…', ...lines.slice(-15)].join('\n');
}

function run(command, args, { cwd = ROOT, logFile } = {}) {
	return new Promise((resolve) => {
		const shell = process.platform === 'win32' && command === 'npm';
		const child = spawn(command, args, { cwd, env: nodeEnvironment(), shell, stdio: ['ignore', 'pipe', 'pipe'] });
		const log = logFile ? createWriteStream(logFile) : undefined;
		let output = '';
		for (const stream of [child.stdout, child.stderr]) {
			stream.on('data', (chunk) => {
				log?.write(chunk);
				output += chunk;
			});
		}
		child.on('error', (error) => resolve({ code: -1, output: `${command} could not be started: ${error.message}` }));
		child.on('close', (code) => {
			log?.end();
			resolve({ code, output });
		});
	});
}

function say(line) {
	console.log(`[install] ${line}`);
}

function seconds(since) {
	const passed = Math.round((Date.now() - since) / 1000);
	return passed < 60 ? `${passed} s` : `${Math.floor(passed / 60)} min ${passed % 60} s`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	try {
		const wanted = process.argv.slice(2);
		await install({
			directus: wanted.filter((name) => name !== 'config-peers'),
			peers: wanted.includes('config-peers'),
		});
	} catch (error) {
		console.error(`[install] ${error.message}`);
		process.exitCode = 1;
	}
}
