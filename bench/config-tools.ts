import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Directus } from '../test/kit/directus.js';
import { KEPT, peerFile, ROOT } from '../test/kit/playground.js';
import { pause } from '../test/kit/wait.js';
import { cpuOf, untilIdle } from './process-cost.js';

/** The command lines that are measured side by side. */
export const TOOLS = {
	ours: 'Downstream',
	d6s: 'd6s sync (@directus/cli 12.2.1)',
	'directus-sync': 'directus-sync 3.4.1',
} as const;
export type ToolName = keyof typeof TOOLS;

/** What one run of a command line took; requests and CPU are those of the server. */
export interface Cost {
	seconds: number;
	requests: number;
	serverCpu: number;
}

/** A command line, run as a process of its own, with the files that it pulled in a folder of its own. */
export interface Tool {
	name: ToolName;
	/** What it pulls by itself; ours and directus-sync write API specifications too. */
	pull(from: Directus): Promise<Cost>;
	/** The same without specifications, as `d6s` pulls. */
	pullConfigOnly(from: Directus): Promise<Cost>;
	diff(on: Directus): Promise<Cost>;
	push(onto: Directus): Promise<Cost>;
	/** A push that also deletes what the files do not have. */
	mirror(onto: Directus): Promise<Cost>;
	remove(): void;
}

/** After so long nobody waits any longer, in ms. */
const LIMIT = 900_000;

export function createTool(name: ToolName): Tool {
	mkdirSync(KEPT, { recursive: true });
	const folder = mkdtempSync(join(KEPT, `bench-${name}-`));
	const remove = () => rmSync(folder, { recursive: true, force: true });
	if (name === 'd6s') return { name, remove, ...directusOwn(folder) };
	const program = name === 'ours' ? join(ROOT, 'dist', 'cli.js') : peerFile('directus-sync');
	const run = (directus: Directus, ...argv: string[]) =>
		measured(directus, [program, ...argv], folder, { DIRECTUS_URL: directus.url, DIRECTUS_TOKEN: directus.token });
	// What directus-sync pushes is always a mirror of what it tracks, without a question.
	const all = name === 'ours' ? ['--mirror', '--allow-destructive', '--allow-data-loss'] : [];
	return {
		name,
		remove,
		pull: (from) => run(from, 'pull'),
		pullConfigOnly: (from) => run(from, 'pull', '--no-specs'),
		diff: (on) => run(on, 'diff'),
		push: (onto) => run(onto, 'push'),
		mirror: (onto) => run(onto, 'push', ...all),
	};
}

/** Instances are profiles to it, whose tokens are in the environment. */
function directusOwn(folder: string): Omit<Tool, 'name' | 'remove'> {
	const profiles: Record<string, { url: string; auth: { type: 'token' } }> = {};
	const variables: Record<string, string> = {};
	const run = (directus: Directus, argv: string[], to: '--from' | '--to', ...more: string[]) => {
		const profile = `port${directus.port}`;
		profiles[profile] = { url: directus.url, auth: { type: 'token' } };
		variables[`DIRECTUS_${profile.toUpperCase()}_TOKEN`] = directus.token;
		writeFileSync(join(folder, 'directus.config.json'), JSON.stringify({ profiles }));
		const all = [peerFile('d6s'), '--no-interactive', 'sync', ...argv, to, profile, ...more];
		return measured(directus, all, folder, variables);
	};
	const pull = (from: Directus) => run(from, ['pull'], '--from');
	return {
		pull,
		pullConfigOnly: pull,
		diff: (on) => run(on, ['diff'], '--to'),
		push: (onto) => run(onto, ['push', '--yes'], '--to'),
		mirror: (onto) => run(onto, ['push', '--yes'], '--to', '--mode', 'mirror', '--dangerously-allow-delete'),
	};
}

/** @throws Error with the end of its output where it does not end with 0 */
async function measured(
	directus: Directus,
	argv: string[],
	folder: string,
	variables: Record<string, string>,
): Promise<Cost> {
	const pid = directus.process.pid ?? 0;
	await untilIdle(pid);
	const [logged, cpu, began] = [directus.log().length, cpuOf(pid), performance.now()];
	const { PATH = '' } = process.env;
	const child = spawn(process.execPath, argv, {
		cwd: folder,
		env: { PATH, HOME: folder, NO_COLOR: '1', ...variables },
		stdio: ['ignore', 'pipe', 'pipe'],
		timeout: LIMIT,
		killSignal: 'SIGKILL',
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	const seconds = (performance.now() - began) / 1000;
	if (code !== 0)
		throw new Error(`${argv.slice(1).join(' ')} ended with ${code} after ${seconds} s: ${output.slice(-1500)}`);
	await untilIdle(pid);
	await pause(200);
	// Directus writes a line for every request that it has answered.
	const requests = directus.log().slice(logged).split('"responseTime":').length - 1;
	return { seconds, requests, serverCpu: (cpuOf(pid) - cpu) / 1000 };
}
