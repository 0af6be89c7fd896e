import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_SERVERS, type DatabaseKind } from './database-servers.js';
import { baseSettings } from './settings.js';
import { directusFolder, installedVersion, KEPT, type DirectusVersion } from './playground.js';
import { until } from './wait.js';

/** Raise it when `baseSettings` or what a template holds changes, so that the old templates are left aside. */
const REVISION = 2;

/** What a template holds: Directus' own tables and the admin, and with `content` the content model too. */
export type TemplateKind = 'empty' | 'content';

/** Which template: of which Directus, on which database, with what in it. */
export interface TemplateWanted {
	version: DirectusVersion;
	database: DatabaseKind;
	kind: TemplateKind;
}

/**
 * The name of the template database, which is made first if there is none yet: `fill` is then called with the name of
 * an empty database (kind `empty`: of a bootstrapped one) to fill. Processes that want the same one at the same time
 * wait for the first of them.
 */
export async function ensureTemplate(
	wanted: TemplateWanted,
	fill: (database: string) => Promise<void> = (name) => bootstrap(wanted, name),
): Promise<string> {
	const server = DATABASE_SERVERS[wanted.database];
	const full = installedVersion(wanted.version).replaceAll('.', '_');
	const template = `downstream_template_${full}_r${REVISION}_${wanted.kind}`;
	if (await server.hasTemplate(template)) return template;
	return whileLocked(`${wanted.database}-${template}`, async () => {
		if (await server.hasTemplate(template)) return template;
		const building = `${template}_building`;
		await server.drop(building);
		if (wanted.kind === 'empty') await server.create(building);
		else await server.copy(await ensureTemplate({ ...wanted, kind: 'empty' }), building);
		await fill(building);
		await server.seal(building, template);
		return template;
	});
}

async function bootstrap({ version, database }: TemplateWanted, name: string): Promise<void> {
	mkdirSync(KEPT, { recursive: true });
	const folder = mkdtempSync(join(KEPT, 'bootstrap-'));
	writeFileSync(join(folder, 'package.json'), '{ "name": "bootstrap", "private": true }\n');
	try {
		const environment = { ...baseSettings(folder), ...DATABASE_SERVERS[database].settings(name) };
		const output: string[] = [];
		const code = await new Promise<number | null>((resolve, reject) => {
			const cli = join(directusFolder(version), 'node_modules', 'directus', 'cli.js');
			const child = spawn(process.execPath, [cli, 'bootstrap'], { cwd: folder, env: environment });
			for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
			child.once('error', reject);
			child.once('close', resolve);
		});
		if (code === 0) return;
		throw new Error(
			`directus bootstrap (${version}, ${database}) ended with ${code}:\n${output.join('').slice(-4000)}`,
		);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Runs the work while no other process does the same; the lock of a process that is gone counts for nothing. */
async function whileLocked<T>(name: string, work: () => Promise<T>): Promise<T> {
	const lock = join(KEPT, 'locks', name);
	mkdirSync(join(KEPT, 'locks'), { recursive: true });
	const takes = () => {
		try {
			writeFileSync(lock, String(process.pid), { flag: 'wx' });
			return true;
		} catch {
			if (existsSync(lock) && !isAlive(Number(readFileSync(lock, 'utf8')))) rmSync(lock, { force: true });
			return false;
		}
	};
	const message = `the template that another process makes; if there is none, delete ${lock}`;
	await until(takes, { timeout: 200_000, interval: 200, message });
	try {
		return await work();
	} finally {
		rmSync(lock, { force: true });
	}
}

/** Whether a process of this number runs. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
