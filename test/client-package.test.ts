import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type * as Client from '../src/client/index.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MOST_BYTES = 2_048;

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'downstream-client-'));
	execFileSync(process.execPath, ['scripts/build-client.mjs', folder], { cwd: ROOT });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what front ends import is small and needs nothing', () => {
	for (const file of ['index.js', 'page-cache.js']) {
		const code = readFileSync(join(folder, file), 'utf8');
		expect(gzipSync(code, { level: 9 }).length, file).toBeLessThanOrEqual(MOST_BYTES);
		expect(code).not.toMatch(/\bimport\b|\brequire\b|\bprocess\b|\bBuffer\b/);
	}
});

test('the package exports it, with the types of all that it names', () => {
	const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
		exports: Record<string, Record<string, string>>;
	};
	const paths = ['./client', './cache'].flatMap((name) => Object.values(exports[name] ?? {}));
	expect(paths).toHaveLength(4);
	for (const path of paths) expect(existsSync(join(folder, basename(path)))).toBe(true);
	const declarations = readdirSync(folder).filter((name) => name.endsWith('.d.ts'));
	for (const name of declarations)
		for (const [, from = ''] of readFileSync(join(folder, name), 'utf8').matchAll(/from '\.\/([\w-]+)\.js'/g))
			expect(declarations).toContain(`${from}.d.ts`);
});

test('it runs as it is built', async () => {
	const client = (await import(/* @vite-ignore */ pathToFileURL(join(folder, 'index.js')).href)) as typeof Client;
	const page = client.collectTags({
		fetch: () =>
			Promise.resolve(
				new Response('', {
					headers: { 'x-downstream-tags': 'articles-1,..', 'x-downstream-coarse-tags': 'articles..,..' },
				}),
			),
	});
	await page.fetch('http://cms.test/items/articles/1');
	expect(page.headers('vercel')).toEqual({ 'Vercel-Cache-Tag': 'articles-1,..' });
});
