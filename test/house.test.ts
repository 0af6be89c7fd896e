import { expect, test } from 'vitest';
import {
	cycles,
	forbiddenImports,
	impureImports,
	MAY_IMPORT,
	readHouse,
	readWalks,
	roomOf,
	SHELLS,
} from '../scripts/house.js';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const house = readHouse();

test('every room is in the order of rooms', () => {
	const rooms = new Set(house.map(({ path }) => roomOf(path)));
	expect([...rooms].filter((room) => room !== 'schema.ts').toSorted()).toEqual(
		[...Object.keys(MAY_IMPORT), ...SHELLS].toSorted(),
	);
});

test('the architecture names every room', () => {
	const architecture = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
	for (const room of [...Object.keys(MAY_IMPORT), ...SHELLS]) expect(architecture).toContain(`\`src/${room}\``);
});

test('imports that are made later, or for their effects alone, are read, too', () => {
	const importsOf = (path: string) => house.find((file) => file.path === path)?.imports.map(({ to }) => to);
	expect(importsOf('src/modules/config/read-bundle-file.ts')).toContain('src/config/core/dump/json-text.ts');
	expect(importsOf('src/cli/run-process.ts')).toContain('src/cli/older-node.ts');
});

test('no room imports anything of a room above it, not even a type', () => {
	expect(forbiddenImports(house)).toEqual([]);
});

test('lint forbids what the order of rooms does not allow', () => {
	const { overrides } = JSON.parse(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8')) as {
		overrides: { files: string[]; rules: Record<string, unknown> }[];
	};
	for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
		if (room === 'app') continue;
		const forbidden = [...Object.keys(MAY_IMPORT), ...SHELLS].filter(
			(name) => name !== room && !allowed.includes(name),
		);
		const own = overrides.filter(({ files }) => files.every((file) => file.startsWith(`src/${room}/`)));
		expect(own.length, room).toBeGreaterThan(0);
		for (const { rules } of own)
			expect(JSON.stringify(rules), room).toContain(JSON.stringify(`^(\\.\\./)+(${forbidden.join('|')})/`));
	}
});

test('what is pure imports only what is pure', () => {
	expect(impureImports(house)).toEqual([]);
});

test('no files import each other in a circle, not even types', () => {
	expect(cycles(house, { types: true })).toEqual([]);
});

/** Lint forbids `Date.now` there; that a `Date` without arguments is a clock too, it can't be told. */
test('core never reads the clock through a Date without arguments', () => {
	const files = house.filter(({ path }) =>
		/^src\/[a-z]+\/core\/|^src\/kernel\/filter\/|^src\/flush\/adapters\//.test(path),
	);
	expect(files.length).toBeGreaterThan(100);
	expect(files.filter(({ path }) => /new Date\(\s*\)/.test(readFileSync(join(ROOT, path), 'utf8')))).toEqual([]);
});

test('only tables files query the tables of Downstream', () => {
	const querying = house.filter(
		({ path }) =>
			!/\/tables\/|^src\/kernel\/database\/|^src\/app\/migrations\.ts$/.test(path) &&
			/(?<!to_regclass|includes)\('downstream_[a-z_]+'/.test(readFileSync(join(ROOT, path), 'utf8')),
	);
	expect(querying.map(({ path }) => path)).toEqual([]);
});

test('each walk that the architecture tells passes files that are there, in eight rooms at most', () => {
	const paths = new Set(house.map(({ path }) => path));
	const walks = readWalks();
	expect(walks.map(({ name }) => name)).toEqual([
		'A change, from hook to history',
		'A state, from apply to row',
		'A plan, from request to commit',
	]);
	for (const { files, rooms } of walks) {
		expect(files.length).toBeGreaterThan(5);
		expect(files.filter((path) => !paths.has(path))).toEqual([]);
		expect(rooms.length).toBeLessThanOrEqual(8);
	}
});
