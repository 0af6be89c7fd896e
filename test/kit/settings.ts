import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { KEPT } from './playground.js';

/** The admin that every database of the kit begins with. The token never expires. */
export const ADMIN = { email: 'admin@example.com', password: 'downstream', token: 'downstream-admin-token' } as const;

/**
 * Directus' environment for an instance in this folder, all but its database and port: nothing of the machine's own
 * settings but the path, so that a run means the same everywhere.
 */
export function baseSettings(folder: string): Record<string, string> {
	const { PATH = '', HOME = folder, TMPDIR = '/tmp' } = process.env;
	mkdirSync(join(folder, 'temp'), { recursive: true });
	return {
		PATH,
		HOME,
		TMPDIR,
		// Compiled code kept between starts: Directus loads some thousands of files, each time the same.
		NODE_COMPILE_CACHE: join(KEPT, 'compile-cache'),
		NODE_ENV: 'production',
		HOST: '127.0.0.1',
		SECRET: 'the secret of every Directus that the test kit starts',
		ADMIN_EMAIL: ADMIN.email,
		ADMIN_PASSWORD: ADMIN.password,
		ADMIN_TOKEN: ADMIN.token,
		LOG_LEVEL: 'info',
		LOG_STYLE: 'raw',
		EXTENSIONS_PATH: join(folder, 'extensions'),
		EXTENSIONS_MUST_LOAD: 'true',
		STORAGE_LOCAL_ROOT: join(folder, 'uploads'),
		TEMP_PATH: join(folder, 'temp'),
		// Receivers and peers of the tests are on 127.0.0.1.
		IMPORT_IP_DENY_LIST: '',
		DOWNSTREAM_IP_DENY_LIST: '',
		// The studio's files are not needed by most tests, and bundling the extensions' costs seconds at each start.
		SERVE_APP: 'false',
		// Directus answers 503 "Under pressure" on a busy machine.
		PRESSURE_LIMITER_ENABLED: 'false',
		RATE_LIMITER_ENABLED: 'false',
		RATE_LIMITER_GLOBAL_ENABLED: 'false',
		CACHE_ENABLED: 'false',
		WEBSOCKETS_ENABLED: 'false',
		TELEMETRY: 'false',
		AI_ENABLED: 'false',
		MCP_ENABLED: 'false',
		EMAIL_VERIFY_SETUP: 'false',
	};
}
