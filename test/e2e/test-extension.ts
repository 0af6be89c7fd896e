import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'vite';
import { ROOT } from '../kit/playground.js';

/** Bundles `entry.ts` of a folder, with what it imports of this package, into an extension that Directus can load. */
export async function buildExtension(folder: string, type: 'hook' | 'endpoint'): Promise<void> {
	await build({
		root: ROOT,
		configFile: false,
		logLevel: 'error',
		ssr: { noExternal: true },
		build: {
			ssr: join(folder, 'entry.ts'),
			outDir: join(folder, 'dist'),
			minify: false,
			rollupOptions: { output: { entryFileNames: 'index.js' } },
		},
	});
	describeExtension(folder, type, 'dist/index.js');
}

/** Says what the folder's extension is; its name is the folder's. */
export function describeExtension(folder: string, type: 'hook' | 'endpoint', path: string): void {
	const name = `directus-extension-test-${basename(folder)}`;
	const extension = { type, path, source: path, host: '>=11.0.0' };
	writeFileSync(
		join(folder, 'package.json'),
		JSON.stringify({ name, version: '1.0.0', type: 'module', 'directus:extension': extension }),
	);
}
