import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { basename, join } from 'node:path';
import type { Knex } from 'knex';
import { checkAnswer } from './check-answer.js';
import { createContentModel } from './content-model.js';
import { DATABASE_SERVERS, type DatabaseKind } from './database-servers.js';
import { runCommand, runDirectus } from './directus-process.js';
import { freePort } from './free-port.js';
import { instanceName } from './leftovers.js';
import { KEPT, ROOT, type DirectusVersion } from './playground.js';
import { ADMIN, baseSettings } from './settings.js';
import { ensureTemplate } from './templates.js';

/** What to start. */
export interface DirectusOptions {
	version: DirectusVersion;
	database: DatabaseKind;
	/** Further or other settings; undefined takes one away. */
	env?: Record<string, string | undefined>;
	/** Whether this package is installed (default true), whose `dist` must be built; or the folder of another build of it. */
	extension?: boolean | string;
	/** Folders of other extensions, each with a package.json, to be installed too. */
	extraExtensions?: readonly string[];
	/** Begins with the content model of `content-model.ts` in place (default: with Directus' own tables only). */
	content?: boolean;
	/** Begins with a copy of this instance's database; on PostgreSQL it must be stopped. */
	copyOf?: Directus;
	/** A further node of this instance: on its database, which stays that instance's own. */
	nodeOf?: Directus;
}

/** A running Directus, which can be asked, stopped, killed and started again. */
export interface Directus {
	url: string;
	/** The admin's token. */
	token: string;
	port: number;
	/** The server process of this moment. */
	process: ChildProcess;
	version: DirectusVersion;
	database: DatabaseKind;
	/** The name of its database, for `DATABASE_SERVERS`. */
	databaseName: string;
	/** The project's folder. */
	folder: string;
	/** A connection of the test's own to its database, past Directus. */
	sql: Knex;
	/** All that it has printed since the first start: one JSON object a line, where it is its log. */
	log(): string;
	/**
	 * One request; the answer's JSON, or undefined where it has no body.
	 *
	 * @param token the admin's unless told; null for none
	 * @throws RequestError where the status is not 2xx
	 * @throws Error where a route of `/downstream` answers something else than the contract declares
	 */
	request<T = unknown>(method: string, path: string, body?: unknown, token?: string | null): Promise<T>;
	/** The same; gives the answer's `data`. */
	data<T = unknown>(method: string, path: string, body?: unknown, token?: string | null): Promise<T>;
	/** Ends the process as an operator would; unless it is to be kept, database and folder go too. */
	stop(options?: { keep?: boolean }): Promise<void>;
	/** Runs another command of Directus' command line on it, beside the server or without; gives what it printed. */
	command(...args: string[]): Promise<string>;
	/** Kills the process as a power cut would. Database and folder stay, for `restart()` or `stop()`. */
	kill9(): Promise<void>;
	/** Ends the process if it runs, and starts one on the same port, database and folder, with other settings if told, and with this package, or another build of it, from now on. */
	restart(options?: { env?: DirectusOptions['env']; extension?: true | string }): Promise<void>;
}

/** A request that was answered with something else than 2xx. */
export class RequestError extends Error {
	readonly status: number;
	/** The answer's JSON, or its text. */
	readonly body: unknown;

	constructor(request: string, status: number, body: unknown) {
		super(`${request} was answered ${status}: ${typeof body === 'string' ? body : JSON.stringify(body)}`);
		this.name = 'RequestError';
		this.status = status;
		this.body = body;
	}
}

/** Starts a Directus of its own: own folder, own database, own port. */
export async function startDirectus(options: DirectusOptions): Promise<Directus> {
	const { version, database } = options;
	const server = DATABASE_SERVERS[database];
	const name = instanceName();
	const databaseName = options.nodeOf?.databaseName ?? name;
	if (!options.nodeOf) await server.copy(options.copyOf?.databaseName ?? (await template(options)), databaseName);
	return startOn(options, name, databaseName, async () => {
		if (!options.nodeOf) await server.drop(databaseName);
	});

	async function template({ content = false }: DirectusOptions): Promise<string> {
		if (!content) return ensureTemplate({ version, database, kind: 'empty' });
		return ensureTemplate({ version, database, kind: 'content' }, async (building) => {
			const filling = await startOn({ version, database, extension: false }, instanceName(), building);
			await createContentModel(filling).finally(() => filling.stop());
		});
	}
}

async function startOn(
	options: DirectusOptions,
	name: string,
	databaseName: string,
	cleanUp: () => Promise<void> = async () => {},
): Promise<Directus> {
	const { version, database } = options;
	const server = DATABASE_SERVERS[database];
	const folder = join(KEPT, 'instances', name);
	layOut(folder, options);
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	const environment: Record<string, string | undefined> = {
		...baseSettings(folder),
		...server.settings(databaseName),
		PORT: String(port),
		PUBLIC_URL: url,
		...options.env,
	};
	const output: string[] = [];
	const run = () => runDirectus({ version, folder, environment: defined(environment), output });
	const end = async () => {
		await cleanUp();
		rmSync(folder, { recursive: true, force: true });
	};
	let running = await run().catch(async (error: unknown) => {
		await end();
		throw error;
	});
	let sql: Knex | undefined;

	const directus: Directus = {
		url,
		token: ADMIN.token,
		port,
		get process() {
			return running.process;
		},
		version,
		database,
		databaseName,
		folder,
		get sql() {
			return (sql ??= server.connect(databaseName));
		},
		log: () => output.join(''),
		request: (method, path, body, token = ADMIN.token) => request(url, { method, path, body, token }),
		data: async <T>(method: string, path: string, body?: unknown, token?: string | null) =>
			(await directus.request<{ data: T }>(method, path, body, token))?.data,
		async stop({ keep = false } = {}) {
			await sql?.destroy();
			sql = undefined;
			await running.stop();
			if (!keep) await end();
		},
		command: (...args) => runCommand(args, { version, folder, environment: defined(environment) }),
		kill9: () => running.kill9(),
		async restart({ env = {}, extension = false } = {}) {
			if (!existsSync(folder)) throw new Error('stop() took its database away; use stop({ keep: true }) or kill9().');
			await running.stop();
			if (extension !== false) installExtension(folder, extension);
			Object.assign(environment, env);
			running = await run();
		},
	};
	return directus;
}

/** The project's folder: without a package.json in it, Directus loads no extension at all. */
function layOut(folder: string, { extension = true, extraExtensions = [] }: DirectusOptions): void {
	for (const part of ['extensions', 'uploads']) mkdirSync(join(folder, part), { recursive: true });
	writeFileSync(join(folder, 'package.json'), '{ "name": "test-project", "private": true, "type": "module" }\n');
	for (const source of extraExtensions) {
		cpSync(source, join(folder, 'extensions', basename(source)), { recursive: true, dereference: true });
	}
	if (extension !== false) installExtension(folder, extension);
}

function installExtension(folder: string, build: true | string): void {
	const from = build === true ? ROOT : build;
	if (!existsSync(join(from, 'dist', 'api.js'))) throw new Error('This package is not built: "npm run build" does it.');
	const { name } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { name: string };
	for (const part of ['package.json', 'dist']) {
		cpSync(join(from, part), join(folder, 'extensions', name, part), { recursive: true });
	}
}

async function request<T>(
	url: string,
	{ method, path, body, token }: { method: string; path: string; body: unknown; token: string | null },
): Promise<T> {
	const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
	const asIs = body === undefined || body instanceof FormData || typeof body === 'string';
	if (!asIs || typeof body === 'string') headers['content-type'] = 'application/json';
	const response = await fetch(url + path, { method, headers, body: asIs ? body : JSON.stringify(body) });
	const text = await response.text();
	const answer = parsed(text);
	if (!response.ok) throw new RequestError(`${method} ${path}`, response.status, answer);
	checkAnswer(method, path, answer);
	return answer as T;
}

function parsed(text: string): unknown {
	if (text === '') return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

function defined(environment: Record<string, string | undefined>): Record<string, string> {
	return Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] != null));
}
