import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The Directus versions that the playground holds, by their major number. */
export type DirectusVersion = '12' | '11';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What the kit keeps between runs (templates) and during one (instances); git-ignored, and safe to delete. */
export const KEPT = join(ROOT, '.playground');

/** The folder that Directus of this version is installed in. */
export function directusFolder(version: DirectusVersion): string {
	return join(ROOT, 'playground', `directus-${version}`);
}

/**
 * The installed version in full, such as `12.4.0`.
 *
 * @throws Error that tells how to install it
 */
export function installedVersion(version: DirectusVersion): string {
	const manifest = join(directusFolder(version), 'node_modules', 'directus', 'package.json');
	if (!existsSync(manifest)) {
		throw new Error(`Directus ${version} is not installed here; "node scripts/install.mjs ${version}" installs it.`);
	}
	return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/** The versions to test on: all that the playground has, or those that `npm test -- --directus 12` asked for. */
export function directusVersions(): DirectusVersion[] {
	const all: DirectusVersion[] = ['12', '11'];
	const asked = process.env['DOWNSTREAM_TEST_DIRECTUS']?.split(',') ?? all;
	return all.filter((version) => asked.includes(version));
}

/** What decides which version the files of `sampledVersions` run on: told, or the number of the day. */
export const SAMPLE_SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? Math.floor(Date.now() / 86_400_000));

/**
 * One of the versions to test on, for what hardly depends on it: which one, the seed decides for each file, so that both
 * are used in every run and a file alternates from day to day. `npm test -- --whole` runs all of them.
 *
 * @param file the test file's own `import.meta.url`
 */
export function sampledVersions(file: string): DirectusVersion[] {
	const all = directusVersions();
	return isWhole() ? all : oneOf(all, file);
}

/**
 * Two of these worlds, for what costs many starts of Directus: one on SQLite, one on a database server. Which, the seed
 * decides for each file, as above. `npm test -- --whole` runs all of them.
 *
 * @param file the test file's own `import.meta.url`
 */
export function sampledWorlds<World extends { version: DirectusVersion; database: string }>(
	file: string,
	worlds: readonly World[],
): World[] {
	const all = worlds.filter(({ version }) => directusVersions().includes(version));
	if (isWhole()) return all;
	const [onServers, onSqlite] = [all.filter(isOnServer), all.filter((world) => !isOnServer(world))];
	return [...oneOf(onSqlite, file), ...oneOf(onServers, file)];
}

/** One of these, drawn in the same way; all of them with `npm test -- --whole`. */
export const sampled = <World>(file: string, all: readonly World[]): World[] =>
	isWhole() ? [...all] : oneOf(all, file);

const isOnServer = ({ database }: { database: string }) => database !== 'sqlite';

const isWhole = () => process.env['DOWNSTREAM_TEST_WHOLE'] === '1';

/** One of several things, or none of none: the seed and the name of the file decide which. */
function oneOf<T>(all: readonly T[], file: string): T[] {
	const letters = [...basename(file)].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);
	return all.length === 0 ? [] : all.slice((letters + SAMPLE_SEED) % all.length).slice(0, 1);
}

/** `require` as Directus' own code would do it: the database drivers and Knex that Directus uses, in its versions. */
export function requireOfDirectus(version: DirectusVersion): NodeJS.Require {
	installedVersion(version);
	return createRequire(join(directusFolder(version), 'node_modules', '@directus', 'api', 'package.json'));
}

/** The folder of a package of `playground/config-peers`, such as `directus-extension-sync`. */
export function peerFolder(name: string): string {
	const folder = join(ROOT, 'playground', 'config-peers', 'node_modules', name);
	if (!existsSync(folder))
		throw new Error(`"${name}" is not installed here; "node scripts/install.mjs config-peers" installs it.`);
	return folder;
}

/** The program of a peer's command line, which Node runs. */
export function peerFile(name: 'd6s' | 'directus-sync'): string {
	const folder = peerFolder(name === 'd6s' ? '@directus/cli' : name);
	const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { bin: Record<string, string> };
	return join(folder, bin[name] ?? '');
}
