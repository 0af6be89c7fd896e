import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { z } from 'zod';
import { readFiles } from '../dump-folder.js';
import { Failure, type FailureDetail } from '../failure.js';
import { seedFile, type Seed } from './seed-shape.js';

/** System collections that can be seeded; the others are configuration, and come with `push`. */
const SYSTEM = ['directus_users', 'directus_files'];

/**
 * All seeds in these folders and files, one for each collection. A file that cannot be read, or is not as it should be,
 * refuses them all: what is missing from a seed is deleted.
 *
 * @param folder that places are told relative to
 */
export async function readSeeds(paths: readonly string[], folder: string): Promise<Seed[]> {
	const details: FailureDetail[] = [];
	const seeds = new Map<string, Seed>();
	for (const [file, text] of await texts(paths)) {
		const name = relative(folder, file) || file;
		const parsed = parse(text, name, details);
		for (const [index, one] of (parsed ?? []).entries())
			add(seeds, { ...one, file, name, prefix: Array.isArray(jsonOf(text)) ? `/${index}` : '' }, details);
	}
	for (const seed of seeds.values()) checkFiles(seed, folder, details);
	if (details.length > 0)
		throw new Failure('INVALID_SEED', 'The seeds cannot be used.', {
			details,
			advice: 'Correct them; nothing was written.',
		});
	return [...seeds.values()];
}

async function texts(paths: readonly string[]): Promise<Map<string, string>> {
	const places = new Map<string, string>();
	for (const path of paths) {
		const kind = await stat(path).catch(() => null);
		if (kind === null)
			throw new Failure('NO_SEEDS', 'There are no seeds here.', {
				where: path,
				advice: 'Put JSON files there, or say where they are with --seed-path.',
			});
		if (kind.isFile()) places.set(path, await readFile(path, 'utf8'));
		else for (const [name, text] of await readFiles(path, ['.'])) places.set(resolve(path, name), text);
	}
	if (places.size > 0) return places;
	throw new Failure('NO_SEEDS', 'There is no seed in these folders.', {
		where: paths.join(', '),
		advice: 'Put JSON files there, or say where they are with --seed-path.',
	});
}

type OneSeed = z.output<typeof seedFile>[number];

function parse(text: string, name: string, details: FailureDetail[]): OneSeed[] | null {
	const json = jsonOf(text);
	if (json instanceof Error) {
		const conflict = /^(<{7}|>{7}|={7})/m.test(text);
		details.push({
			place: name,
			message: conflict ? 'has an unresolved merge conflict' : `is not valid JSON: ${json.message}`,
		});
		return null;
	}
	const parsed = seedFile.safeParse(json);
	if (parsed.success) return parsed.data;
	const { data: whole, error } = { data: json, error: parsed.error };
	// A union complains of all its branches; the one that fits the outer shape is meant.
	const issues = error.issues.flatMap((issue) =>
		issue.code === 'invalid_union' ? (issue.errors[Array.isArray(whole) ? 0 : 1] ?? []) : [issue],
	);
	for (const { path, message } of issues) details.push({ place: `${name} ${pointer(path)}`.trim(), message });
	return null;
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}

function add(
	seeds: Map<string, Seed>,
	one: OneSeed & { file: string; name: string; prefix: string },
	details: FailureDetail[],
): void {
	const { collection, meta, data, file, name, prefix } = one;
	if (collection.startsWith('directus_') && !SYSTEM.includes(collection)) {
		const message = `${collection} is configuration: it comes with "downstream push". Only ${SYSTEM.join(' and ')} can be seeded.`;
		details.push({ place: `${name} ${prefix}/collection`, message });
		return;
	}
	const known = seeds.get(collection);
	const seed: Seed = known
		? { ...known, meta: mergeMeta(known.meta, meta) }
		: { collection, meta, items: [], places: new Map() };
	for (const [index, item] of data.entries()) {
		const place = `${name} ${prefix}/data/${index}`;
		const twin = seed.places.get(item._sync_id);
		if (twin)
			details.push({ place, message: `"${item._sync_id}" is already in ${relative('.', twin.file)} ${twin.path}` });
		if (collection === 'directus_files' && item._file_path === undefined)
			details.push({ place, message: 'a file needs _file_path, the path of its bytes' });
		seed.items.push(item);
		seed.places.set(item._sync_id, { file, path: `${prefix}/data/${index}` });
	}
	seeds.set(collection, seed);
}

/** Several seeds of a collection: what one forbids is forbidden, what one ignores is ignored. */
function mergeMeta(a: Seed['meta'], b: Seed['meta']): Seed['meta'] {
	const orders = [a.insert_order, b.insert_order].filter((order) => order !== undefined);
	return {
		...(orders.length > 0 ? { insert_order: Math.min(...orders) } : {}),
		create: a.create && b.create,
		update: a.update && b.update,
		delete: a.delete && b.delete,
		preserve_ids: a.preserve_ids || b.preserve_ids,
		ignore_on_update: [...new Set([...a.ignore_on_update, ...b.ignore_on_update])],
	};
}

function checkFiles(seed: Seed, folder: string, details: FailureDetail[]): void {
	for (const item of seed.items) {
		const place = seed.places.get(item._sync_id);
		if (item._file_path === undefined || !place) continue;
		if (!existsSync(bytesPath(place.file, item._file_path)))
			details.push({
				place: `${relative(folder, place.file)} ${place.path}/_file_path`,
				message: `there is no file ${item._file_path}`,
			});
	}
}

/** Where the bytes of a seeded file are. */
export const bytesPath = (seedFile: string, path: string): string => resolve(dirname(seedFile), path);

const pointer = (path: readonly PropertyKey[]) => path.map((part) => `/${String(part)}`).join('');
