/** What is bundled: the packages of which code ends up in `dist`, as a bundler says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { 'directus:extension': extension } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** What imports a component has stands in its scripts; its template adds none of a package. */
const componentScripts = {
	name: 'component-scripts',
	setup({ onLoad }) {
		onLoad({ filter: /\.vue$/ }, ({ path }) => {
			const scripts = readFileSync(path, 'utf8').matchAll(/<script[^>]*>([^]*?)<\/script>/g);
			return { contents: [...scripts].map(([, code]) => code).join('\n'), loader: 'ts' };
		});
		onLoad({ filter: /\.css$/ }, () => ({ contents: '', loader: 'empty' }));
	},
};

/** What BullMQ would load for a queue in PostgreSQL, and native code that msgpackr does without: the real build takes in neither. */
const NEVER_LOADED = ['pg', 'msgpackr-extract'];

/** The folders of the packages that end up in `dist`, from the root of the repository. */
export async function bundledPackages() {
	const { metafile } = await build({
		absWorkingDir: ROOT,
		entryPoints: [...extension.entries.map(({ source }) => source), 'src/cli/main.ts'],
		outdir: 'nowhere',
		bundle: true,
		write: false,
		metafile: true,
		format: 'esm',
		platform: 'node',
		// The host brings these.
		external: ['vue', 'vue-router', 'vue-i18n', 'pinia', '@directus/extensions-sdk', 'knex', ...NEVER_LOADED],
		// An import that only types come from is left out by the real build, and keeps nothing here.
		tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: false } },
		plugins: [componentScripts],
		logLevel: 'error',
	});
	const folders = Object.values(metafile.outputs)
		.flatMap(({ inputs }) => Object.entries(inputs))
		.filter(([, { bytesInOutput }]) => bytesInOutput > 0)
		.flatMap(([path]) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
	return [...new Set(folders)];
}
