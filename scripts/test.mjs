/**
 * `npm test`: installs what is missing, builds, checks, and runs the tests, all of it even if a part fails, so that one
 * run tells everything. The last line is `N passed, N failed`; each check counts as one.
 *
 *     npm test -- --only unit,checks     some of: checks, unit, e2e
 *     npm test -- --directus 12          on these Directus versions only (12, 11)
 *     npm test -- --whole                every file on every version, not a sample of them
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { DIRECTUS_FOLDERS, install, nodeEnvironment, ROOT } from './install.mjs';

const PARTS = ['checks', 'unit', 'e2e'];

/** The check steps: what they are, and the npm script that does it. */
const CHECKS = [
	['build', 'build'],
	['format', 'check:format'],
	['lint', 'check:lint'],
	['types', 'check:types'],
	['unused code and packages', 'check:unused'],
	['package', 'check:package'],
	['documentation site', 'site'],
];

const total = { passed: 0, failed: 0 };
/** What could not be run or was left out, for the closing lines. */
const notRun = [];
const failures = [];

const { parts, versions, whole } = readArguments();
const began = Date.now();
heading('install');
try {
	await install();
	// npm waits for the network and the disk most of the time: checks and unit tests, which need no Directus, go on.
	const directusInstalled = parts.includes('e2e')
		? install({ directus: versions, peers: true }).then(
				() => true,
				(error) => {
					console.error(error.message);
					fail('install of Directus');
					return false;
				},
			)
		: false;
	const environment = {
		...nodeEnvironment(),
		DOWNSTREAM_TEST_DIRECTUS: versions.join(),
		...(whole && { DOWNSTREAM_TEST_WHOLE: '1' }),
		// npm's own notices would drown the tool's.
		npm_config_loglevel: 'silent',
	};
	for (const [title, script] of CHECKS) {
		if (parts.includes('checks') || (script === 'build' && parts.includes('e2e')))
			await check(title, script, environment);
	}
	if (parts.includes('unit')) await tests('unit', environment);
	if (await directusInstalled) await tests('e2e', environment);
} catch (error) {
	console.error(error.message);
	fail('install');
}
close();

function readArguments() {
	try {
		const { values } = parseArgs({
			options: { only: { type: 'string' }, directus: { type: 'string' }, whole: { type: 'boolean', default: false } },
		});
		const asked = {
			parts: values.only?.split(',') ?? PARTS,
			versions: values.directus?.split(',') ?? Object.keys(DIRECTUS_FOLDERS).reverse(),
			whole: values.whole,
		};
		const unknown = [
			...asked.parts.filter((part) => !PARTS.includes(part)),
			...asked.versions.filter((version) => !(version in DIRECTUS_FOLDERS)),
		];
		if (unknown.length > 0) throw new Error(`"${unknown}" is not known here.`);
		return asked;
	} catch (error) {
		const usage = `npm test -- [--only ${PARTS.join(',')}] [--directus ${Object.keys(DIRECTUS_FOLDERS).reverse()}] [--whole]`;
		console.error(`${error.message}\n${usage}`);
		process.exit(2);
	}
}

async function check(title, script, environment) {
	heading(title);
	const started = Date.now();
	const code = await run('npm', ['run', '--silent', script], environment);
	if (code === 0) total.passed++;
	else fail(title);
	console.log(`${code === 0 ? 'passed' : 'FAILED'}: ${title}, ${seconds(started)}`);
}

async function tests(project, environment) {
	heading(`${project} tests`);
	const started = Date.now();
	const report = join(ROOT, '.tmp', `${project}.json`);
	mkdirSync(join(ROOT, '.tmp'), { recursive: true });
	rmSync(report, { force: true });
	rmSync(join(ROOT, '.tmp', 'databases.json'), { force: true });
	const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
	const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
	const code = await run('node', [vitest, 'run', '--project', project, ...reporters], environment);
	const { passed, failed } = readReport(project, report);
	// Vitest also fails for what belongs to no test: a rejection that nobody handled, a file that does not load.
	if (code !== 0 && failed === 0) fail(`${project} tests (vitest ended with ${code}, no test of it failed)`);
	console.log(`${passed} passed, ${failed} failed in ${project} tests, ${seconds(started)}`);
}

function readReport(project, file) {
	if (!existsSync(file)) return { passed: 0, failed: 0 };
	const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
	const counted = { passed: 0, failed: 0 };
	for (const { name, status, assertionResults } of testResults) {
		const path = relative(ROOT, name);
		const left = new Map();
		const failedBefore = counted.failed;
		for (const { status: result, fullName, ancestorTitles } of assertionResults) {
			if (result === 'passed') counted.passed++;
			else if (result === 'failed') {
				counted.failed++;
				failures.push(`${path}: ${fullName}`);
			} else {
				const suite = ancestorTitles.filter(Boolean).join(' > ') || fullName;
				left.set(suite, (left.get(suite) ?? 0) + 1);
			}
		}
		if (status === 'failed' && counted.failed === failedBefore) {
			counted.failed++;
			failures.push(`${path}: the file as a whole`);
		}
		for (const [suite, count] of left) notRun.push(`${path}: ${suite} (${count} tests)`);
	}
	total.passed += counted.passed;
	total.failed += counted.failed;
	if (project === 'e2e') noteDatabases();
	return counted;
}

/** The e2e set-up notes which databases it found, and why others could not be used. */
function noteDatabases() {
	const file = join(ROOT, '.tmp', 'databases.json');
	if (!existsSync(file)) return;
	for (const [database, reason] of Object.entries(JSON.parse(readFileSync(file, 'utf8')))) {
		if (reason !== null) notRun.push(`everything on ${database}: ${reason}`);
	}
}

function close() {
	heading('result');
	if (failures.length > 0) console.log(`Failed:\n${failures.map((what) => `  ${what}`).join('\n')}`);
	if (notRun.length > 0) console.log(`Could not be run here:\n${notRun.map((what) => `  ${what}`).join('\n')}`);
	console.log(`Took ${seconds(began)}.`);
	console.log(`${total.passed} passed, ${total.failed} failed`);
	process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

function fail(what) {
	total.failed++;
	failures.push(what);
}

function run(command, args, environment) {
	return new Promise((resolve) => {
		const shell = process.platform === 'win32' && command === 'npm';
		const child = spawn(command, args, { cwd: ROOT, env: environment, shell, stdio: ['ignore', 'inherit', 'inherit'] });
		child.once('error', (error) => {
			console.error(`${command} could not be started: ${error.message}`);
			resolve(-1);
		});
		child.once('close', resolve);
	});
}

function heading(title) {
	console.log(`\n== ${title} ${'='.repeat(Math.max(0, 76 - title.length))}`);
}

function seconds(since) {
	return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
