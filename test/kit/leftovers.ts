import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_SERVERS, type DatabaseKind } from './database-servers.js';
import { KEPT } from './playground.js';
import { isAlive } from './templates.js';

const PREFIX = 'downstream_run_';

let count = 0;

/** A new name for an instance's folder and database, which tells what run it belongs to. */
export function instanceName(): string {
	count++;
	return `${PREFIX}${run()}_${process.pid}_${count}`;
}

/** Makes all processes started from here on part of this one's run. */
export function beginRun(): void {
	process.env['DOWNSTREAM_TEST_RUN'] = String(process.pid);
}

/**
 * Removes the databases and folders that instances of this run, or of runs that no longer exist, have left behind
 * because they were killed before they could clean up. Templates stay.
 */
export async function removeLeftovers(): Promise<void> {
	const folder = join(KEPT, 'instances');
	for (const name of existsSync(folder) ? readdirSync(folder) : []) {
		if (isLeftover(name)) rmSync(join(folder, name), { recursive: true, force: true });
	}
	for (const kind of Object.keys(DATABASE_SERVERS) as DatabaseKind[]) {
		const server = DATABASE_SERVERS[kind];
		if ((await server.unavailable()) !== null) continue;
		for (const name of await server.names(PREFIX)) {
			if (isLeftover(name)) await server.drop(name);
		}
	}
}

function isLeftover(name: string): boolean {
	const owner = Number(/^downstream_run_(\d+)_/.exec(name)?.[1]);
	return owner === run() || !isAlive(owner);
}

function run(): number {
	return Number(process.env['DOWNSTREAM_TEST_RUN'] ?? process.pid);
}
