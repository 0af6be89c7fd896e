import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Directus } from '../kit/directus.js';
import { freePort } from '../kit/free-port.js';
import { until } from '../kit/wait.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const PAGES_TOKEN = 'token-of-the-example-site';
const SIGNING_SECRET = `whsec_${Buffer.from('the examples, on this machine!!!').toString('base64')}`;

/** A site of `examples/`, as its README has it started. */
export interface Site {
	name: string;
	/** Programs of Debian that it needs. */
	needs: { name: string; path: string }[];
	/** The command that builds it, where there is one; and the one that starts it. */
	build: string[] | null;
	start: string[];
	/** What stands before it: its configuration with other ports, and the commands. */
	proxy?(ports: Ports, folder: string): string[][];
	target(ports: Ports): Record<string, unknown>;
}

interface Ports {
	site: number;
	proxy: number;
	purge: number;
}

const BUILD = ['npm', 'run', '--silent', 'build'];

/** A site that is built, and is told of changes itself. */
const framework = (name: string, adapter: string, start: string[]): Site => ({
	name,
	needs: [],
	build: BUILD,
	start,
	target: ({ site }) => ({
		name,
		adapter,
		url: `http://127.0.0.1:${site}/api/downstream`,
		signing_secret: SIGNING_SECRET,
	}),
});

function configure(folder: string, file: string, replaced: [string, string][]): string {
	const path = join(folder, file);
	let text = readFileSync(path, 'utf8');
	for (const [from, to] of replaced) {
		if (!text.includes(from)) throw new Error(`${file} has no "${from}" any more`);
		text = text.replaceAll(from, to);
	}
	writeFileSync(path, text);
	return path;
}

const INSTALL = [
	'--no-audit',
	'--no-fund',
	'--include=dev',
	'--prefer-offline',
	'--install-links',
	'--no-package-lock',
];

export const SITES: Site[] = [
	{
		name: 'varnish',
		needs: [
			{ name: 'varnish', path: '/usr/sbin/varnishd' },
			{ name: 'varnish-modules', path: '/usr/lib/x86_64-linux-gnu/varnish/vmods/libvmod_xkey.so' },
		],
		build: null,
		start: ['node', 'server.js'],
		proxy: ({ site, proxy }, folder) => {
			const vcl = configure(folder, 'default.vcl', [['"3000"', `"${site}"`]]);
			return [['/usr/sbin/varnishd', '-F', '-a', `127.0.0.1:${proxy}`, '-f', vcl, '-n', join(folder, '.varnish')]];
		},
		target: ({ proxy }) => ({
			name: 'varnish',
			adapter: 'varnish',
			url: `http://127.0.0.1:${proxy}`,
			options: { method: 'xkey-purge' },
		}),
	},
	{
		name: 'nginx',
		needs: [{ name: 'nginx', path: '/usr/sbin/nginx' }],
		build: null,
		start: ['node', 'server.js'],
		proxy: ({ site, proxy, purge }, folder) => {
			configure(folder, 'nginx.conf', [
				['listen 8080', `listen 127.0.0.1:${proxy}`],
				['127.0.0.1:3000', `127.0.0.1:${site}`],
				['127.0.0.1:3001', `127.0.0.1:${purge}`],
			]);
			return [
				['node', 'purge.js'],
				['/usr/sbin/nginx', '-p', folder, '-c', 'nginx.conf', '-g', 'daemon off; error_log stderr;'],
			];
		},
		target: ({ proxy }) => ({ name: 'nginx', adapter: 'nginx', url: `http://127.0.0.1:${proxy}` }),
	},
	framework('nextjs', 'nextjs', ['npx', 'next', 'start']),
	framework('nextjs-pages', 'nextjs', ['npx', 'next', 'start']),
	framework('nuxt', 'nuxt', ['node', '.output/server/index.mjs']),
	framework('astro', 'astro', ['node', 'dist/server/entry.mjs']),
	framework('sveltekit', 'sveltekit', ['node', 'build']),
];

export const missingFor = (site: Site): string[] =>
	site.needs.filter(({ path }) => !existsSync(path)).map(({ name }) => name);

/** What of this package a front end needs, as it is published. */
function packClient(to: string): void {
	mkdirSync(join(to, 'dist'), { recursive: true });
	cpSync(join(ROOT, 'package.json'), join(to, 'package.json'));
	cpSync(join(ROOT, 'dist', 'client'), join(to, 'dist', 'client'), { recursive: true });
	const { name, version, type, exports } = JSON.parse(readFileSync(join(to, 'package.json'), 'utf8')) as Record<
		string,
		unknown
	>;
	writeFileSync(join(to, 'package.json'), JSON.stringify({ name, version, type, exports }));
}

function run([command = '', ...args]: string[], cwd: string, env: NodeJS.ProcessEnv): void {
	const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
	if (status !== 0)
		throw new Error(`${command} ${args.join(' ')} in ${cwd} ended with ${status}:\n${stdout}\n${stderr}`);
}

/** A copy of an example, installed, built and started. Its folder is kept, so that it is installed once. */
export async function startSite(site: Site, directus: Directus, folder: string) {
	const ports = { site: await freePort(), proxy: await freePort(), purge: await freePort() };
	const env = {
		...process.env,
		DIRECTUS_URL: directus.url,
		DIRECTUS_TOKEN: 'downstream-admin-token',
		DOWNSTREAM_PAGES_TOKEN: PAGES_TOKEN,
		DOWNSTREAM_SIGNING_SECRET: SIGNING_SECRET,
		PORT: String(ports.site),
		HOST: '127.0.0.1',
		PURGE_PORT: String(ports.purge),
		NODE_ENV: 'production',
		// Nobody is asked, and nobody is told.
		CI: '1',
		NEXT_TELEMETRY_DISABLED: '1',
		ASTRO_TELEMETRY_DISABLED: '1',
	};
	const copied = join(folder, site.name);
	mkdirSync(copied, { recursive: true });
	cpSync(join(ROOT, 'examples', site.name), copied, { recursive: true });
	const client = join(folder, 'client');
	rmSync(client, { recursive: true, force: true });
	packClient(client);
	const manifest = readFileSync(join(copied, 'package.json'), 'utf8');
	writeFileSync(
		join(copied, 'package.json'),
		manifest.replace('"directus-extension-downstream": "^0.1.0"', '"directus-extension-downstream": "file:../client"'),
	);
	// The same version may have changed, and a link would lead out of the site.
	rmSync(join(copied, 'node_modules', 'directus-extension-downstream'), { recursive: true, force: true });
	const began = performance.now();
	run(['npm', 'install', ...INSTALL], copied, env);
	const installed = performance.now();
	if (site.build) run(site.build, copied, env);
	const built = performance.now();
	const printed: string[] = [];
	const begin = ([command = '', ...args]: string[]): ChildProcess => {
		const child = spawn(command, args, { cwd: copied, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
		for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => printed.push(String(text)));
		return child;
	};
	const processes = [begin(site.start)];
	const port = site.proxy ? ports.proxy : ports.site;
	for (const command of site.proxy?.(ports, copied) ?? []) processes.push(begin(command));
	const url = `http://127.0.0.1:${port}`;
	const stop = () => {
		for (const { pid } of processes)
			if (pid)
				try {
					process.kill(-pid, 'SIGTERM');
				} catch {
					/* it has ended */
				}
	};
	try {
		await until(
			() =>
				fetch(url).then(
					({ status }) => status < 500,
					() => false,
				),
			{
				timeout: 60_000,
				message: () => `${site.name} at ${url}:\n${printed.join('').slice(-3_000)}`,
			},
		);
	} catch (error) {
		stop();
		throw error;
	}
	return {
		url,
		target: site.target(ports),
		stop,
		printed: () => printed.join(''),
		times: { installMs: installed - began, buildMs: built - installed },
	};
}
