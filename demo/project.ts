import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_SERVERS } from '../test/kit/database-servers.js';
import { runDirectus, type DirectusProcess } from '../test/kit/directus-process.js';
import { KEPT, ROOT } from '../test/kit/playground.js';
import { ADMIN, baseSettings } from '../test/kit/settings.js';
import { ensureTemplate } from '../test/kit/templates.js';

/** Everything that the demo keeps between runs. Git-ignored, and safe to delete. */
export const DEMO_FOLDER = join(KEPT, 'demo');

const DATABASE = join(DEMO_FOLDER, 'database.sqlite');
const FILLED = join(DEMO_FOLDER, 'content-is-complete');
const EXTENSION = join(DEMO_FOLDER, 'extensions', 'directus-extension-downstream');

/** A Directus that listens. */
export interface Project {
	url: string;
	login: { email: string; password: string };
	token: string;
	/** All that Directus printed. */
	log(): string;
	process: DirectusProcess;
}

/** Whether the content of an earlier run is there, whole. */
export function isFilled(): boolean {
	return existsSync(FILLED) && existsSync(DATABASE);
}

/** To be called when the content is complete; what is there without it is made anew by the next run. */
export function markFilled(): void {
	writeFileSync(FILLED, 'Delete this folder, or run "npm run demo -- --fresh", to begin with new content.\n');
}

/** Makes the project's folder, with an empty Directus in its database, unless it is there. */
export async function layOutProject({ fresh }: { fresh: boolean }): Promise<void> {
	if (fresh || !isFilled()) rmSync(DEMO_FOLDER, { recursive: true, force: true });
	for (const part of ['extensions', 'uploads']) mkdirSync(join(DEMO_FOLDER, part), { recursive: true });
	// Without a package.json, Directus loads no extension at all.
	writeFileSync(join(DEMO_FOLDER, 'package.json'), '{ "name": "demo", "private": true, "type": "module" }\n');
	if (!existsSync(DATABASE)) {
		const template = await ensureTemplate({ version: '12', database: 'sqlite', kind: 'empty' });
		const file = DATABASE_SERVERS.sqlite.settings(template)['DB_FILENAME'];
		if (!file) throw new Error('The kit names no file for a SQLite database.');
		copyFileSync(file, DATABASE);
	}
	rmSync(EXTENSION, { recursive: true, force: true });
	for (const part of ['package.json', 'dist'])
		cpSync(join(ROOT, part), join(EXTENSION, part), { recursive: true, dereference: true });
}

/** Starts Directus with its Studio. */
export async function startProject(port: number): Promise<Project> {
	const url = `http://127.0.0.1:${port}`;
	const output: string[] = [];
	const running = await runDirectus({
		version: '12',
		folder: DEMO_FOLDER,
		environment: {
			...baseSettings(DEMO_FOLDER),
			DB_CLIENT: 'sqlite3',
			DB_FILENAME: DATABASE,
			PORT: String(port),
			PUBLIC_URL: url,
			SERVE_APP: 'true',
			LOG_LEVEL: 'warn',
		},
		output,
	});
	const { email, password, token } = ADMIN;
	return { url, login: { email, password }, token, log: () => output.join(''), process: running };
}
