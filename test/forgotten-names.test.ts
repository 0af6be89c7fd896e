import { globSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Properties that a literal sets beside `...record`, and that neither the record's type nor the expected type has.
 * TypeScript lets them pass, because the spread makes a new type: a property that was renamed everywhere else would be
 * written under its old name, and never read.
 */
function unknownBesideSpread(files: string[]): string[] {
	const program = ts.createProgram(
		files,
		// Our own records are what counts; packages would take most of the time.
		{ strict: true, noResolve: true, types: [], lib: ['lib.es2024.d.ts'], target: ts.ScriptTarget.ES2024 },
	);
	const checker = program.getTypeChecker();
	const unknown: string[] = [];
	const knows = (type: ts.Type | undefined, name: string): boolean => {
		if (type === undefined) return false;
		if (type.isUnion()) return type.types.some((part) => knows(part, name));
		return (type.flags & ts.TypeFlags.Any) !== 0 || type.getProperty(name) !== undefined;
	};
	const isRecord = (type: ts.Type) =>
		(type.symbol?.declarations ?? []).some(
			(declared) =>
				ts.isInterfaceDeclaration(declared) && /\/(?:core|tables)\//.test(declared.getSourceFile().fileName),
		);
	const look = (node: ts.Node, file: ts.SourceFile): void => {
		if (ts.isObjectLiteralExpression(node)) {
			const context = checker.getContextualType(node);
			const names = node.properties.flatMap(({ name }) => (name && ts.isIdentifier(name) ? name.text : []));
			for (const spread of node.properties.filter(ts.isSpreadAssignment)) {
				const type = checker.getTypeAtLocation(spread.expression);
				if (!isRecord(type)) continue;
				for (const name of names.filter((name) => !knows(type, name) && !knows(context, name))) {
					const { line } = file.getLineAndCharacterOfPosition(node.getStart());
					const place = file.fileName.slice(file.fileName.indexOf('src/'));
					unknown.push(`${place}:${line + 1}: ${type.symbol.name} has no ${name}`);
				}
			}
		}
		ts.forEachChild(node, (child) => look(child, file));
	};
	for (const file of program.getSourceFiles()) if (!file.isDeclarationFile) look(file, file);
	return unknown;
}

test('no literal sets a property beside a spread that the record does not have', () => {
	const files = globSync('src/{capture,contract,delivery,flush,identity,kernel,sync,targets}/**/*.ts', {
		cwd: ROOT,
	}).filter((path) => !path.endsWith('.test.ts'));
	expect(unknownBesideSpread(files.map((path) => join(ROOT, path)))).toEqual([]);
}, 120_000);

/** Properties of ports that only tests set, each with its reason. */
const SET_BY_TESTS = new Set(['EnginePorts.self' /* several nodes in one process */]);

/** Optional properties of interfaces called `…Ports` that no literal and no assignment of these sources sets. */
function neverSet(sources: ReadonlyMap<string, string>): string[] {
	const set = new Set<string>();
	const optional: { name: string; place: string; owner: string }[] = [];
	for (const [place, text] of sources) {
		const walk = (node: ts.Node): void => {
			const isSetter =
				ts.isPropertyAssignment(node) ||
				ts.isShorthandPropertyAssignment(node) ||
				ts.isMethodDeclaration(node) ||
				ts.isGetAccessorDeclaration(node);
			if (isSetter && ts.isIdentifier(node.name)) set.add(node.name.text);
			if (ts.isBinaryExpression(node) && ts.isPropertyAccessExpression(node.left)) set.add(node.left.name.text);
			if (ts.isPropertySignature(node) && node.questionToken && ts.isIdentifier(node.name)) {
				const owner = ts.isInterfaceDeclaration(node.parent) ? node.parent.name.text : '';
				if (owner.endsWith('Ports')) optional.push({ name: node.name.text, place, owner });
			}
			ts.forEachChild(node, walk);
		};
		walk(ts.createSourceFile(place, text, ts.ScriptTarget.Latest, true));
	}
	return optional
		.filter(({ name, owner }) => !set.has(name) && !SET_BY_TESTS.has(`${owner}.${name}`))
		.map(({ name, place, owner }) => `${place}: nothing sets ${owner}.${name}`);
}

// TypeScript does not mind `...(filter ? { told } : {})` for a port that is called `revealed` by now: all was told.
test('whatever a port may be given, something gives', async () => {
	const paths = globSync('src/**/*.ts', { cwd: ROOT }).filter((path) => !path.endsWith('.test.ts'));
	const texts = paths.map(async (path): Promise<[string, string]> => [path, await readFile(join(ROOT, path), 'utf8')]);
	expect(neverSet(new Map(await Promise.all(texts)))).toEqual([]);
});

test('a port that was renamed where it is read only is found', () => {
	const read = 'export interface ReadPorts { revealed?: () => boolean; wide?: boolean }';
	const write = 'const ports = { wide: true, ...(filter ? { told: () => true } : {}) };';
	const sources = new Map([
		['src/read.ts', read],
		['src/write.ts', write],
	]);
	expect(neverSet(sources)).toEqual(['src/read.ts: nothing sets ReadPorts.revealed']);
});

test('a name from before a renaming is found beside a spread', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'spread-'));
	const sources = {
		'src/core/version.ts': 'export interface Version { overrides: string[]; at: number }',
		'src/write.ts': `import type { Version } from './core/version.js';
			export const renamed = (version: Version) => ({ ...version, overrides: [] });
			export const forgotten = (version: Version) => [{ ...version, here: [], at: 0 }];
			export const typed = (version: Version): Version & { more: number } => ({ ...version, more: 1 });`,
	};
	await mkdir(join(folder, 'src/core'), { recursive: true });
	for (const [path, source] of Object.entries(sources)) await writeFile(join(folder, path), source);
	const files = Object.keys(sources).map((path) => join(folder, path));
	expect(unknownBesideSpread(files)).toEqual(['src/write.ts:3: Version has no here']);
	await rm(folder, { recursive: true });
});
