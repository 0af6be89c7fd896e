/**
 * `npm run house`: the rooms of `src`, what each imports of the others, cycles, and sizes. `test/house.test.ts` holds what
 * docs/architecture.md promises by the same readings.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '../test/kit/random.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What each room may import, beside itself and `schema.ts`. A room that is missing here may import every other. */
export const MAY_IMPORT: Record<string, readonly string[]> = {
	contract: [],
	kernel: ['contract'],
	capture: ['contract', 'kernel'],
	delivery: ['contract', 'kernel', 'capture'],
	identity: ['contract', 'kernel', 'delivery'],
	flush: ['contract', 'kernel', 'capture', 'delivery'],
	sync: ['contract', 'kernel', 'capture', 'delivery', 'identity'],
	config: ['contract', 'kernel', 'identity'],
	install: ['contract', 'kernel', 'sync'],
	targets: ['contract', 'kernel', 'capture', 'delivery', 'flush', 'sync', 'install'],
	app: ['contract', 'kernel', 'capture', 'delivery', 'identity', 'flush', 'sync', 'config', 'install', 'targets'],
};

/** Shells: how people and Directus reach the rooms. They import any room, but never each other. */
export const SHELLS = ['hooks', 'endpoints', 'modules', 'interfaces', 'cli', 'client'];

/** Runs in a browser, in a front end or in a terminal, apart from Directus: takes only what is pure. */
const APART = ['modules', 'interfaces', 'cli', 'client'];

/** One import of a file by another one, both relative to the repository. */
export interface Import {
	from: string;
	to: string;
	/** Only types: nothing of it is there when the code runs. */
	types: boolean;
	/** Made when it is needed: both files are loaded by then, so it closes no circle. */
	isLater: boolean;
}

/** A source file that is no test. */
export interface SourceFile {
	path: string;
	lines: number;
	imports: Import[];
}

/** The first folder below `src`: `src/flush/core/decide.ts` is in `flush`. `schema.ts` is a room by itself. */
export const roomOf = (path: string): string => (path.startsWith('src/') ? (path.split('/')[1] ?? '') : path);

/** Whether a file decides without reading or writing anything: what a browser and a terminal may take. */
const isPure = (path: string): boolean =>
	path === 'schema.ts' || /^src\/(contract\/|[a-z]+\/core\/|kernel\/filter\/|flush\/adapters\/)/.test(path);

/** With `from`, for its effects alone, or when it is needed. */
const IMPORT = /^(?:import|export)\b([^;'"]*?)\bfrom\s*'(\.[^']+)'|^import ()'(\.[^']+)'|\bimport\(()\s*'(\.[^']+)'/gm;

/** Reads every source file, and what it imports of the others. */
export function readHouse(root = ROOT): SourceFile[] {
	const paths = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
		.filter((path) => /\.(ts|vue)$/.test(path) && !/\.(test|d)\.ts$/.test(path))
		.map((path) => `src/${path.replaceAll('\\', '/')}`);
	return [...paths, 'schema.ts'].map((path) => {
		const text = readFileSync(join(root, path), 'utf8');
		const imports = [...text.matchAll(IMPORT)].map(([, names = '', from, , effect, , lazy]) => ({
			from: path,
			to: normalize(join(dirname(path), from ?? effect ?? lazy ?? ''))
				.replaceAll('\\', '/')
				.replace(/\.js$/, '.ts'),
			types: names.trim().startsWith('type'),
			isLater: lazy !== undefined,
		}));
		return { path, lines: text.split('\n').length - 1, imports };
	});
}

/** Imports from room to room that `MAY_IMPORT` does not name. */
export function forbiddenImports(house: SourceFile[]): Import[] {
	return house
		.flatMap(({ imports }) => imports)
		.filter(({ from, to }) => {
			const [room, other] = [roomOf(from), roomOf(to)];
			if (room === other || !to.startsWith('src/')) return false;
			if (APART.includes(room)) return !isPure(to) && !(room === 'interfaces' && other === 'modules');
			if (SHELLS.includes(other)) return true;
			return MAY_IMPORT[room] !== undefined && !MAY_IMPORT[room].includes(other);
		});
}

/** Imports by which a pure file reaches one that is not, values only: a type does nothing. */
export const impureImports = (house: SourceFile[]): Import[] =>
	house
		.flatMap(({ imports }) => imports)
		.filter(({ from, to, types }) => !types && isPure(from) && to.startsWith('src/') && !isPure(to));

/** Files that import each other in a circle; with `types`, imports of types count, too. */
export function cycles(house: SourceFile[], { types }: { types: boolean }): string[][] {
	const next = new Map(
		house.map(({ path, imports }) => [
			path,
			imports.filter((made) => !made.isLater && (types || !made.types)).map(({ to }) => to),
		]),
	);
	const index = new Map<string, number>();
	const low = new Map<string, number>();
	const stack: string[] = [];
	const found: string[][] = [];
	const visit = (path: string): void => {
		index.set(path, index.size);
		low.set(path, index.get(path) ?? 0);
		stack.push(path);
		for (const other of next.get(path) ?? []) {
			if (!next.has(other)) continue;
			if (!index.has(other)) visit(other);
			if (stack.includes(other)) low.set(path, Math.min(low.get(path) ?? 0, low.get(other) ?? 0));
		}
		if (low.get(path) !== index.get(path)) return;
		const circle = stack.splice(stack.indexOf(path));
		if (circle.length > 1) found.push(circle.toSorted());
	};
	for (const path of next.keys()) if (!index.has(path)) visit(path);
	return found;
}

/** One of the walks that docs/architecture.md tells: its files in order, and the rooms that they pass. */
export interface Walk {
	name: string;
	files: string[];
	rooms: string[];
}

/** The walks of docs/architecture.md. A file without a folder is in the folder of the one before it. */
export function readWalks(root = ROOT): Walk[] {
	const architecture = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
	const section = architecture.split('## Three walks')[1]?.split('\n## ')[0] ?? '';
	return [...section.matchAll(/^- \*\*(.+?)\*\*: (.+)$/gm)].map(([, name = '', told = '']) => {
		const files: string[] = [];
		for (const [, path = ''] of told.matchAll(/`([\w/-]+\.ts)`/g))
			files.push(path.includes('/') ? `src/${path}` : `${dirname(files.at(-1) ?? 'src')}/${path}`);
		return { name, files, rooms: [...new Set(files.map(roomOf))] };
	});
}

/** Files of `src`, `test` and `docs` that a seed draws, for reading them as a stranger does. */
export function filesToRead(seed: number, count = 15, root = ROOT): string[] {
	const random = randomFrom(seed);
	const paths = ['src', 'test', 'docs'].flatMap((folder) =>
		readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
			.map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
			.filter((path) => /\.(ts|vue|md|mjs)$/.test(path) && !/generated\//.test(path))
			.toSorted(),
	);
	return Array.from({ length: count }, () => paths.splice(Math.floor(random() * paths.length), 1)[0] ?? '').toSorted();
}

/** The report of `npm run house`, as lines. */
export function houseReport(house: SourceFile[]): string[] {
	const rooms = [...new Set(house.map(({ path }) => roomOf(path)))].filter((room) => room !== 'schema.ts');
	const order = [...Object.keys(MAY_IMPORT), ...SHELLS].filter((room) => rooms.includes(room));
	const arrows = new Map<string, { values: number; types: number }>();
	for (const { from, to, types } of house.flatMap(({ imports }) => imports)) {
		if (roomOf(from) === roomOf(to) || !to.startsWith('src/')) continue;
		const arrow = `${roomOf(from)} → ${roomOf(to)}`;
		const count = arrows.get(arrow) ?? { values: 0, types: 0 };
		count[types ? 'types' : 'values']++;
		arrows.set(arrow, count);
	}
	const lines = order.map((room) => {
		const files = house.filter(({ path }) => roomOf(path) === room);
		const sizes = files.map((file) => file.lines).toSorted((a, b) => a - b);
		const imported = [...arrows.keys()].flatMap((arrow) =>
			arrow.startsWith(`${room} → `) ? [arrow.split(' → ')[1]] : [],
		);
		const total = sizes.reduce((sum, size) => sum + size, 0);
		return `${room.padEnd(11)}${String(files.length).padStart(4)} files ${String(total).padStart(6)} lines, median ${String(sizes[sizes.length >> 1]).padStart(3)}   imports ${imported.join(', ') || 'no other room'}`;
	});
	const small = house.filter(({ path, lines: size }) => size < 15 && path.startsWith('src/')).length;
	const list = (imports: Import[]) =>
		imports.map(({ from, to, types }) => `  ${from} → ${to}${types ? ' (types)' : ''}`);
	const forbidden = forbiddenImports(house);
	const impure = impureImports(house);
	return [
		...lines,
		'',
		`${arrows.size} arrows between rooms, ${new Set(forbidden.map(({ from, to }) => `${roomOf(from)} → ${roomOf(to)}`)).size} against the order (${forbidden.length} imports)`,
		...list(forbidden),
		`${impure.length} imports by which a pure file reaches one that is not`,
		...list(impure),
		`${cycles(house, { types: false }).length} cycles of values, ${cycles(house, { types: true }).length} with types`,
		...cycles(house, { types: true }).map((circle) => `  ${circle.join(', ')}`),
		`${small} files of less than 15 lines`,
		...readWalks().map(
			({ name, files, rooms: passed }) =>
				`${name}: ${files.length} files, ${passed.length} rooms (${passed.join(', ')})`,
		),
	];
}
