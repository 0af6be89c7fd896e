import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_SERVERS } from '../test/kit/database-servers.js';
import { runDirectus, type DirectusProcess } from '../test/kit/directus-process.js';
import { KEPT, ROOT } from '../test/kit/playground.js';
import { ADMIN, baseSettings } from '../test/kit/settings.js';
import { ensureTemplate } from '../test/kit/templates.js';

/** A project of the demo, and what it keeps between runs. Git-ignored, and safe to delete. */
export interface DemoProject {
	/** Whether the content of an earlier run is there, whole. */
	isFilled(): boolean;
	/** To be called when the content is complete; what is there without it is made anew by the next run. */
	markFilled(): void;
	/** Makes the project's folder, with an empty Directus in its database, unless it is there. */
	layOut(options: { fresh: boolean }): Promise<void>;
	/** Starts Directus with its Studio. */
	start(port: number): Promise<Project>;
}

/** A Directus that listens. */
export interface Project {
	url: string;
	login: { email: string; password: string };
	token: string;
	/** All that Directus printed. */
	log(): string;
	process: DirectusProcess;
}

export function demoProject(name: 'demo' | 'demo-second'): DemoProject {
	const folder = join(KEPT, name);
	const database = join(folder, 'database.sqlite');
	// Its name says which model the content has: what an earlier one made is made anew.
	const filled = join(folder, 'content-is-complete-2');
	const isFilled = () => existsSync(filled) && existsSync(database);
	return {
		isFilled,
		markFilled() {
			writeFileSync(filled, 'Delete this folder, or run "npm run demo -- --fresh", to begin with new content.\n');
		},
		async layOut({ fresh }) {
			if (fresh || !isFilled()) rmSync(folder, { recursive: true, force: true });
			for (const part of ['extensions', 'uploads']) mkdirSync(join(folder, part), { recursive: true });
			// Without a package.json, Directus loads no extension at all.
			writeFileSync(join(folder, 'package.json'), '{ "name": "demo", "private": true, "type": "module" }\n');
			if (!existsSync(database)) {
				const template = await ensureTemplate({ version: '12', database: 'sqlite', kind: 'empty' });
				const file = DATABASE_SERVERS.sqlite.settings(template)['DB_FILENAME'];
				if (!file) throw new Error('The kit names no file for a SQLite database.');
				copyFileSync(file, database);
			}
			const extension = join(folder, 'extensions', 'directus-extension-downstream');
			rmSync(extension, { recursive: true, force: true });
			for (const part of ['package.json', 'dist'])
				cpSync(join(ROOT, part), join(extension, part), { recursive: true, dereference: true });
		},
		async start(port) {
			const url = `http://127.0.0.1:${port}`;
			const output: string[] = [];
			const running = await runDirectus({
				version: '12',
				folder,
				environment: {
					...baseSettings(folder),
					DB_CLIENT: 'sqlite3',
					DB_FILENAME: database,
					PORT: String(port),
					PUBLIC_URL: url,
					SERVE_APP: 'true',
					LOG_LEVEL: 'warn',
				},
				output,
			});
			const { email, password, token } = ADMIN;
			return { url, login: { email, password }, token, log: () => output.join(''), process: running };
		},
	};
}
