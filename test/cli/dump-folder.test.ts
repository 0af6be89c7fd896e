import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFiles, writeFiles } from '../../src/cli/dump-folder.js';
import { filesIn, folderWith } from './run.js';

const never = () => false;

describe('the folder of a dump', () => {
	test('is read as texts by path, without what is no part of it', async () => {
		const folder = folderWith({
			'collections/roles.json': '[]',
			'collections/notes.md': 'x',
			'collections/.roles.json.1-ab.tmp': 'half',
			'snapshot/fields/articles/title.json': '{}',
			'specs/openapi.json': '{}',
		});
		const files = await readFiles(folder, ['collections', 'snapshot', 'not-there']);
		expect([...files]).toEqual([
			['collections/roles.json', '[]'],
			['snapshot/fields/articles/title.json', '{}'],
		]);
	});

	test('with a file that is there and cannot be read is an error, never an empty one', async () => {
		const folder = folderWith({ 'collections/roles.json': '[]' });
		symlinkSync(join(folder, 'gone.json'), join(folder, 'collections/flows.json'));
		await expect(readFiles(folder, ['collections'])).rejects.toThrow(/Cannot read a file/);
	});

	test('gets what is new, keeps what is the same, and loses only what it may', async () => {
		const folder = folderWith({ 'a/same.json': '1', 'a/old.json': '2', 'a/mine.txt': 'x', 'b/c/gone.json': '3' });
		const before = await readFiles(folder, ['a', 'b']);
		const files = new Map([
			['a/same.json', '1'],
			['a/new.json', '4'],
		]);
		const done = await writeFiles(folder, files, before, (path) => path.startsWith('b/'));
		expect(done).toEqual({ written: ['a/new.json'], removed: ['b/c/gone.json'], unchanged: 1 });
		expect(filesIn(folder)).toEqual({ 'a/mine.txt': 'x', 'a/new.json': '4', 'a/old.json': '2', 'a/same.json': '1' });
	});

	test('is as it was where one file of many cannot be written', async () => {
		const folder = folderWith({ 'a.json': 'old', 'z/z.json': 'old' });
		const before = await readFiles(folder, ['.']);
		// A folder stands where a file has to go.
		mkdirSync(join(folder, 'y.json/inside'), { recursive: true });
		rmSync(join(folder, 'z'), { recursive: true });
		writeFileSync(join(folder, 'z'), 'a file where a folder is needed');
		const files = new Map([
			['a.json', 'new'],
			['z/z.json', 'new'],
		]);
		await expect(writeFiles(folder, files, before, never)).rejects.toThrow(/Cannot write a file/);
		expect(filesIn(folder)).toEqual({ 'a.json': 'old', z: 'a file where a folder is needed' });
	});

	test('never leads out of itself', async () => {
		const folder = folderWith();
		await expect(writeFiles(folder, new Map([['../evil.json', 'x']]), new Map(), never)).rejects.toThrow(/outside/);
		await expect(writeFiles(folder, new Map(), new Map([['../other.json', 'x']]), () => true)).rejects.toThrow(
			/outside/,
		);
	});

	test.skipIf(process.getuid?.() === 0)('that nobody may write to says so', async () => {
		const folder = folderWith({ 'a.json': 'old' });
		chmodSync(folder, 0o500);
		await expect(writeFiles(folder, new Map([['b.json', 'x']]), new Map(), never)).rejects.toThrow(/Cannot write/);
		chmodSync(folder, 0o700);
	});
});
