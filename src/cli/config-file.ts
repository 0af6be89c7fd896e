import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isRecord } from '../kernel/core/is-record.js';
import { nearestName } from '../kernel/core/near-miss.js';
import { CONFIG_KEYS, configFile, type ConfigFile } from './config-shape.js';
import { Failure, type FailureDetail } from './failure.js';
import { messageOf } from '../kernel/core/message-of.js';

const NAMES = ['downstream.config', 'directus-sync.config'];
const FORMS = ['.js', '.mjs', '.cjs', '.ts', '.json'];

export interface LoadedConfig {
	/** The file that was found; those that it extends are merged into its values. */
	file: string;
	/** The folder that relative paths in it start from. */
	base: string;
	values: ConfigFile;
	/** What is odd about it, but stops nothing. */
	warnings: string[];
}

/**
 * The configuration file that was named, or the nearest one of the usual names: in this folder, or above it.
 *
 * @returns null where none was named and there is none
 * @throws Failure that names the file, the key, what was expected and what to do
 */
export async function loadConfigFile(folder: string, named: string | undefined): Promise<LoadedConfig | null> {
	const file = named === undefined ? findUpwards(folder) : resolve(folder, named);
	if (file === null) return null;
	if (!existsSync(file))
		throw new Failure('NO_CONFIG_FILE', 'The configuration file does not exist.', {
			where: file,
			advice: 'Correct --config-path, or leave it out to use the nearest downstream.config.* file.',
		});
	const warnings: string[] = [];
	const values = await loadWithParents(file, new Set(), warnings);
	// directus-sync reads paths from where it is run; the two are the same where the file lies there.
	return { file, base: named === undefined ? dirname(file) : folder, values, warnings };
}

function findUpwards(from: string): string | null {
	for (let folder = resolve(from); ; folder = dirname(folder)) {
		for (const name of NAMES)
			for (const form of FORMS) if (existsSync(join(folder, name + form))) return join(folder, name + form);
		if (folder === dirname(folder)) return null;
	}
}

async function loadWithParents(file: string, seen: Set<string>, warnings: string[]): Promise<ConfigFile> {
	seen.add(file);
	const own = check(await evaluate(file), file, warnings);
	let merged: ConfigFile = own;
	for (const parent of own.extends ?? []) {
		const path = resolve(dirname(file), parent);
		if (!existsSync(path))
			throw new Failure('NO_CONFIG_FILE', `The configuration extends a file that does not exist: ${parent}`, {
				where: `${file}, key "extends"`,
				advice: 'Correct the path; it is relative to the file that it stands in.',
			});
		// Two files may extend a third, and two each other.
		if (!seen.has(path)) merged = merge(await loadWithParents(path, seen, warnings), merged) as ConfigFile;
	}
	return merged;
}

/** The nearer value wins; objects are merged, and lists put together, as `directus-sync` does. */
function merge(further: unknown, nearer: unknown): unknown {
	if (nearer === undefined) return further;
	if (Array.isArray(further) && Array.isArray(nearer)) return [...new Set([...further, ...nearer])];
	if (!isRecord(further) || !isRecord(nearer)) return nearer;
	const merged: Record<string, unknown> = { ...further };
	for (const [key, value] of Object.entries(nearer)) merged[key] = merge(further[key], value);
	return merged;
}

async function evaluate(file: string): Promise<unknown> {
	if (extname(file) === '.json') return parseJson(file, await readFile(file, 'utf8'));
	try {
		const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>;
		const exported = module['default'] ?? module;
		// TypeScript compiled to CommonJS wraps its default once more.
		return isRecord(exported) && exported['__esModule'] === true ? exported['default'] : exported;
	} catch (error) {
		throw new Failure('CONFIG_FILE_FAILED', `The configuration file cannot be run: ${firstLineOf(error)}`, {
			where: file,
			advice: adviceFor(error, file),
			cause: error,
		});
	}
}

function parseJson(file: string, text: string): unknown {
	try {
		return JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch (error) {
		throw new Failure('CONFIG_FILE_FAILED', `The configuration file is not valid JSON: ${firstLineOf(error)}`, {
			where: file,
			advice: 'Correct it there; JSON has no comments and no commas at the end.',
			cause: error,
		});
	}
}

function adviceFor(error: unknown, file: string): string | null {
	const code = isRecord(error) ? error['code'] : error instanceof Error && 'code' in error ? error.code : null;
	const text = messageOf(error);
	if (code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_NO_TYPESCRIPT')
		return `This Node (${process.version}) does not run TypeScript: use Node 22.18 or newer, or rename the file to .mjs.`;
	if (/(module|require|exports) is not defined/.test(text))
		return `The nearest package.json says "type": "module". Rename ${file} to .cjs, or write "export default".`;
	if (/Unexpected token 'export'|Cannot use import statement/.test(text))
		return 'Rename the file to .mjs, or write "module.exports =".';
	return null;
}

const firstLineOf = (error: unknown) => messageOf(error).split('\n')[0] ?? '';

/** Refuses the file with all its issues at once. An unknown key is only a warning, unless it looks like a misspelt known one. */
function check(value: unknown, file: string, warnings: string[]): ConfigFile {
	if (!isRecord(value))
		throw new Failure('INVALID_CONFIG', 'The configuration file gives no object.', {
			where: file,
			advice: 'End it with "export default { … }", or "module.exports = { … }" in a .cjs file.',
		});
	const details: FailureDetail[] = [];
	const known: Record<string, unknown> = {};
	for (const [key, entry] of Object.entries(value)) {
		if ((CONFIG_KEYS as string[]).includes(key)) {
			known[key] = entry;
			continue;
		}
		const near = nearestName(key, CONFIG_KEYS);
		if (near) details.push({ place: key, message: 'there is no such key', suggestion: near });
		else warnings.push(`${file}: the key "${key}" is not known and does nothing.`);
	}
	const parsed = configFile.safeParse(known);
	if (!parsed.success)
		for (const { path, message, code, ...rest } of parsed.error.issues) {
			const place = path.map(String).join('.');
			if (code !== 'unrecognized_keys') details.push({ place, message });
			else
				for (const key of 'keys' in rest ? (rest.keys as string[]) : [])
					details.push({ place: place ? `${place}.${key}` : key, message: 'there is no such key' });
		}
	if (parsed.success && details.length === 0) return parsed.data;
	throw new Failure('INVALID_CONFIG', 'The configuration file is not valid.', {
		where: file,
		details,
		advice: 'Correct these keys; nothing was done.',
	});
}
