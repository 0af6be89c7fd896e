/**
 * `npm run demo`: installs what is missing, builds where the sources are newer, and shows flush and sync at work on
 * two real Directus with a small storefront, as it happens: edits, an outage, a backfill, a conflict, and items that are
 * promoted after a preview.
 *
 *     npm run demo                 ends with both studios open to log in to, until Ctrl-C
 *     npm run demo -- --once       ends by itself, as it also does where nobody watches (no terminal)
 *     npm run demo -- --fresh      begins with new content; otherwise that of the last run is kept
 *
 * Ends with 1 where a page was left stale or the two differ. Plain Node 20 or newer: it runs before anything is installed.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { install, nodeEnvironment, ROOT } from './install.mjs';

const SOURCES = ['src', 'schema.ts', 'package.json', 'extension.config.js'];
const OUTPUTS = ['api.js', 'app.js'].map((name) => join(ROOT, 'dist', name));

const began = Date.now();
const environment = () => ({ ...nodeEnvironment(), DOWNSTREAM_DEMO_BEGAN: String(began) });

try {
	const options = { once: { type: 'boolean' }, fresh: { type: 'boolean' } };
	const { values } = parseArgs({ options });
	await install({ directus: ['12'] });
	if (isOutdated()) {
		console.log('[build] building the extension …');
		const { code, output } = await run('npm', ['run', '--silent', 'build'], 'pipe');
		if (code !== 0) throw new Error(`The extension could not be built:\n${output}`);
	}
	const loader = join(ROOT, 'scripts', 'typescript.mjs');
	const flags = Object.keys(options).filter((name) => values[name]);
	const { code } = await run('node', ['--import', loader, join(ROOT, 'demo', 'main.ts'), ...flags], 'inherit');
	process.exitCode = code;
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}

/** Whether a source is newer than what was built of it. */
function isOutdated() {
	if (!OUTPUTS.every((file) => existsSync(file))) return true;
	const built = Math.min(...OUTPUTS.map((file) => statSync(file).mtimeMs));
	return SOURCES.some((source) => newest(join(ROOT, source)) > built);
}

function newest(path) {
	if (!statSync(path).isDirectory()) return path.endsWith('.test.ts') ? 0 : statSync(path).mtimeMs;
	return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function run(command, args, output) {
	return new Promise((resolve) => {
		const shell = process.platform === 'win32' && command === 'npm';
		const stdio = output === 'pipe' ? ['ignore', 'pipe', 'pipe'] : 'inherit';
		const child = spawn(command, args, { cwd: ROOT, env: environment(), shell, stdio });
		let text = '';
		for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk));
		// A terminal sends Ctrl-C to both; who sends it to this process alone means the child too, and it ends first.
		const pass = (signal) => child.kill(signal);
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass);
		child.once('error', (error) => resolve({ code: 1, output: `${command} could not be started: ${error.message}` }));
		child.once('close', (code) => {
			for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, pass);
			resolve({ code: code ?? 1, output: text });
		});
	});
}
