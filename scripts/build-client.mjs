/**
 * Bundles what front ends import (`directus-extension-downstream/client` and `/cache`) into `dist/client`, for Node, Deno,
 * browsers and edges alike, with its types beside it. `node scripts/build-client.mjs <folder>` writes it elsewhere.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = join(ROOT, 'src/client');
const OUTPUT = process.argv[2] ?? join(ROOT, 'dist/client');

rmSync(OUTPUT, { recursive: true, force: true });
mkdirSync(OUTPUT, { recursive: true });

await build({
	entryPoints: ['index.ts', 'page-cache.ts'].map((name) => join(SOURCE, name)),
	outdir: OUTPUT,
	bundle: true,
	format: 'esm',
	platform: 'neutral',
	target: 'es2022',
	minify: true,
	logLevel: 'warning',
});

for (const name of readdirSync(SOURCE).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))) {
	const { outputText, diagnostics } = ts.transpileDeclaration(readFileSync(join(SOURCE, name), 'utf8'), {
		fileName: name,
		compilerOptions: { isolatedDeclarations: true, declaration: true },
		reportDiagnostics: true,
	});
	if (diagnostics?.length) throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost({})));
	writeFileSync(join(OUTPUT, name.replace(/\.ts$/, '.d.ts')), outputText);
}
