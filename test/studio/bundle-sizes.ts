import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** In bytes, gzipped. */
interface SizeLimits {
	entry: number;
	page: number;
	/** What a page loads later, such as the editor of rules. */
	later: number;
	/** Any file by itself. */
	chunk: number;
}

/** The most that the Studio may load at once. The whole is not bounded: nobody loads the whole. */
export const SIZE_LIMITS: SizeLimits = { entry: 2_000, page: 15_000, later: 35_000, chunk: 60_000 };

/** Sizes of the built app, in bytes, gzipped. */
export interface BundleSizes {
	/** What every page of the Studio loads: `app.js` and what it imports at once. */
	entry: number;
	/** Every file by its name without the hash. */
	chunks: Record<string, number>;
	/** What opening a page loads beyond the entry: its own chunk and all that this imports at once. */
	pages: Record<string, number>;
	/** What a page loads later, by the chunk that it asks for: beyond what the page has. */
	later: Record<string, number>;
	all: number;
}

/** Reads what `directus-extension build` wrote. */
export function bundleSizes(folder: string): BundleSizes {
	const files = readdirSync(folder).filter((name) => /^app(-.*)?\.js$/.test(name));
	const texts = new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
	const gzipped = new Map(files.map((name) => [name, gzipSync(texts.get(name) ?? '').length]));
	const size = (names: Iterable<string>) => [...names].reduce((sum, name) => sum + (gzipped.get(name) ?? 0), 0);
	const asked = (name: string, how: RegExp) =>
		[...(texts.get(name) ?? '').matchAll(how)].map(([, file = '']) => file).filter((file) => texts.has(file));
	const closure = (name: string, seen = new Set<string>()): Set<string> => {
		if (seen.has(name)) return seen;
		seen.add(name);
		for (const file of asked(name, STATIC)) closure(file, seen);
		return seen;
	};
	const pages: Record<string, number> = {};
	const later: Record<string, number> = {};
	const entry = closure('app.js');
	for (const page of [...entry].flatMap((name) => asked(name, DYNAMIC))) {
		const has = new Set([...closure(page)].filter((name) => !entry.has(name)));
		pages[plain(page)] = size(has);
		for (const own of has) {
			for (const file of asked(own, DYNAMIC)) {
				const more = [...closure(file)].filter((name) => !has.has(name) && !entry.has(name));
				later[`${plain(page)} → ${plain(file)}`] = size(more);
			}
		}
	}
	const chunks = Object.fromEntries(files.map((name) => [plain(name), gzipped.get(name) ?? 0]));
	return { entry: size(entry), chunks, pages, later, all: size(files) };
}

/** What is beyond its limit, in words. */
export function tooLarge({ entry, chunks, pages, later }: BundleSizes, limits: SizeLimits): string[] {
	const over = (name: string, size: number, limit: number) =>
		size > limit ? [`${name} is ${size} bytes gzipped, not ${limit}`] : [];
	return [
		...over('app.js, which every page of the Studio loads,', entry, limits.entry),
		...Object.entries(pages).flatMap(([name, size]) => over(`what the page ${name} loads`, size, limits.page)),
		...Object.entries(later).flatMap(([name, size]) => over(`what is loaded later (${name})`, size, limits.later)),
		...Object.entries(chunks).flatMap(([name, size]) => over(`the file ${name}`, size, limits.chunk)),
	];
}

const DYNAMIC = /import\(\s*["'`]\.\/([^"'`]+)["'`]\s*\)/g;
const STATIC = /(?:from|import)\s*["']\.\/([^"']+)["']/g;

/** `app-overview-Bx3_k9.js` is called `overview`. */
function plain(file: string): string {
	return file.replace(/^app-(.*)-[\w-]{8}\.js$/, '$1');
}
