import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databasesAvailable } from './databases-available.js';
import { providePostgres } from './embedded-postgres.js';
import { beginRun, removeLeftovers } from './leftovers.js';
import { directusVersions, installedVersion, ROOT, SAMPLE_SEED } from './playground.js';
import { ensureTemplate } from './templates.js';

/**
 * Before the first e2e file: PostgreSQL, the templates that nearly every file needs, and a note of which databases
 * there are, for the closing lines of `npm test`. After the last: what killed instances left behind goes.
 */
export default async function setUp(): Promise<() => Promise<void>> {
	beginRun();
	if (directusVersions().length > 1 && process.env['DOWNSTREAM_TEST_WHOLE'] !== '1')
		console.log(
			`Files that hardly depend on the version of Directus run on one each: seed ${SAMPLE_SEED} (DOWNSTREAM_TEST_SEED); "npm test -- --whole" runs all.`,
		);
	warnOfOldBuild();
	const endPostgres = await providePostgres();
	await removeLeftovers();
	const databases = await databasesAvailable();
	mkdirSync(join(ROOT, '.tmp'), { recursive: true });
	writeFileSync(join(ROOT, '.tmp', 'databases.json'), JSON.stringify(databases));
	for (const version of directusVersions()) {
		installedVersion(version);
		await ensureTemplate({ version, database: 'sqlite', kind: 'empty' });
	}
	return async () => {
		await removeLeftovers();
		await endPostgres();
	};
}

/** The tests run what is in `dist`; whoever runs vitest by hand may have changed the source since. */
function warnOfOldBuild(): void {
	const built = join(ROOT, 'dist', 'api.js');
	if (!existsSync(built)) return;
	const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).map((name) =>
		join('src', name),
	);
	const builtAt = statSync(built).mtimeMs;
	const newer = ['schema.ts', ...sources].filter(
		(name) => /\.(ts|vue)$/.test(name) && !name.endsWith('.test.ts') && statSync(join(ROOT, name)).mtimeMs > builtAt,
	);
	if (newer.length > 0)
		console.warn(`dist is older than ${newer[0]}: these tests run the old build ("npm run build").`);
}
