/**
 * Bundles the command line into `dist/cli.js` and a chunk or two beside it, after `directus-extension build`, which
 * knows extensions only. With esbuild, which that build brings.
 */
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTPUT = join(ROOT, 'dist');

mkdirSync(OUTPUT, { recursive: true });
// Names of chunks change with their contents, and nothing else removes those of the builds before.
for (const name of readdirSync(OUTPUT)) if (/^cli(-.*)?\.js$/.test(name)) rmSync(join(OUTPUT, name));

await build({
	absWorkingDir: ROOT,
	entryPoints: { cli: 'src/cli/main.ts' },
	outdir: OUTPUT,
	chunkNames: 'cli-[name]-[hash]',
	bundle: true,
	splitting: true,
	format: 'esm',
	platform: 'node',
	target: 'node20.12',
	minify: true,
	// Errors name functions, and --debug shows where they come from.
	keepNames: true,
	legalComments: 'inline',
	// The other form of jsonc-parser looks for its parts at run time, where they are not.
	mainFields: ['module', 'main'],
	// commander is CommonJS, and asks for Node's own modules in its way.
	banner: {
		js: "import { createRequire as downstreamRequire } from 'node:module'; const require = downstreamRequire(import.meta.url);",
	},
	logLevel: 'warning',
});
chmodSync(join(OUTPUT, 'cli.js'), 0o755);
