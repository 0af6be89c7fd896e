import { readdirSync, readFileSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, rename, rmdir, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Failure } from './failure.js';

/** The files of a dump: their text by path, relative to the dump's folder, with `/` between folders. */
export type Files = ReadonlyMap<string, string>;

/** What writing did, as paths within the folder. */
export interface WrittenFiles {
	written: string[];
	removed: string[];
	/** How many were already as they should be. */
	unchanged: number;
}

/** Sub-folders deep: `snapshot/fields/<collection>/<field>.json` is the deepest. */
const DEEPEST = 5;

/**
 * All files of these forms in these folders of a dump. A folder that does not exist has none; a file that is there and cannot be
 * read is an error, never absence.
 *
 * @param folders relative to `root`
 */
export async function readFiles(
	root: string,
	folders: readonly string[],
	forms: readonly string[] = ['.json'],
): Promise<Map<string, string>> {
	const files = new Map<string, string>();
	for (const folder of new Set(folders)) {
		for (const path of await list(resolve(root, folder), forms, 0)) {
			// A dump is hundreds of small files; one after the other is several times faster than by promises.
			const text = await attempt('read', path, () => readFileSync(path, 'utf8'));
			files.set(relative(root, path).split(sep).join('/'), text);
		}
	}
	return files;
}

async function list(folder: string, forms: readonly string[], depth: number): Promise<string[]> {
	const entries = await attempt('read', folder, () => {
		try {
			return readdirSync(folder, { withFileTypes: true });
		} catch (error) {
			if (isCode(error, 'ENOENT')) return [];
			throw error;
		}
	});
	const paths: string[] = [];
	for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) paths.push(...(depth < DEEPEST ? await list(path, forms, depth + 1) : []));
		// A dangling link is a file that cannot be read, so it is listed, and reading it fails.
		else if (forms.some((form) => entry.name.endsWith(form)) && !entry.name.startsWith('.')) paths.push(path);
	}
	return paths;
}

/**
 * Makes the folder have these files: all new texts are written beside their places first and then renamed into them, so
 * that a full disk or a kill leaves each file either old or new.
 *
 * @param before what the folder has now
 * @param mayRemove whether a file that is not among the new ones belongs to us; all others stay
 */
export async function writeFiles(
	root: string,
	files: Files,
	before: Files,
	mayRemove: (path: string) => boolean,
): Promise<WrittenFiles> {
	const changed = [...files].filter(([path, text]) => before.get(path) !== text);
	const removed = [...before.keys()].filter((path) => !files.has(path) && mayRemove(path));
	for (const path of [...files.keys(), ...removed]) inside(root, path);

	const mark = `.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
	const prepared: { temporary: string; final: string }[] = [];
	try {
		for (const [path, text] of changed) {
			const final = inside(root, path);
			const temporary = join(dirname(final), `.${final.slice(dirname(final).length + 1)}${mark}`);
			prepared.push({ temporary, final });
			await attempt('write', final, async () => {
				await mkdir(dirname(final), { recursive: true });
				await writeFile(temporary, text, { flush: true });
			});
		}
		for (const { temporary, final } of prepared) await attempt('write', final, () => rename(temporary, final));
	} catch (error) {
		for (const { temporary } of prepared) await unlink(temporary).catch(() => {});
		throw error;
	}
	for (const path of removed) {
		await attempt('remove', path, () => unlink(inside(root, path)));
		await removeEmptyFolders(root, dirname(inside(root, path)));
	}
	return {
		written: changed.map(([path]) => path),
		removed,
		unchanged: files.size - changed.length,
	};
}

/** A file that is not part of a dump, written the same way. */
export async function writeOneFile(file: string, content: string): Promise<boolean> {
	const before = await readFile(file, 'utf8').catch((error: unknown) => {
		if (isCode(error, 'ENOENT')) return null;
		throw error;
	});
	const name = file.slice(dirname(file).length + 1);
	const { written } = await writeFiles(
		dirname(file),
		new Map([[name, content]]),
		new Map(before === null ? [] : [[name, before]]),
		() => false,
	);
	return written.length > 0;
}

/** Names of collections become names of files; none may lead out of the folder. */
function inside(root: string, path: string): string {
	const full = resolve(root, path);
	if (full.startsWith(resolve(root) + sep)) return full;
	throw new Failure('OUTSIDE', `A file would lie outside of the dump's folder: ${path}`, { where: root });
}

async function removeEmptyFolders(root: string, from: string): Promise<void> {
	for (let folder = from; folder.startsWith(resolve(root) + sep); folder = dirname(folder)) {
		if (!(await lstat(folder)).isDirectory() || (await readdir(folder)).length > 0) return;
		await rmdir(folder);
	}
}

async function attempt<T>(what: string, path: string, work: () => T | Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof Failure) throw error;
		const reason = error instanceof Error ? error.message.replace(/,.*$/, '') : String(error);
		throw new Failure('FILE_SYSTEM', `Cannot ${what} a file: ${reason}`, {
			where: path,
			advice: isCode(error, 'EACCES') ? 'Check who may read and write there.' : null,
			cause: error,
		});
	}
}

const isCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code;
