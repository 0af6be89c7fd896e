import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const OUTPUT = 'dist';

/**
 * Splits the app half of the bundle into chunks. Every page of the studio loads `app.js` before it shows anything, for
 * every user; what only our pages need must therefore not be in it. The API half stays one file.
 */
const splitApp = {
	name: 'downstream:split-app',

	outputOptions(options) {
		if (!options.file?.endsWith('app.js')) return null;
		const { file, inlineDynamicImports, ...rest } = options;
		return {
			...rest,
			dir: OUTPUT,
			inlineDynamicImports: false,
			entryFileNames: 'app.js',
			chunkFileNames: 'app-[name]-[hash].js',
			manualChunks: chunkOf,
		};
	},

	/** Chunk names change with their contents, and nothing else removes those of the builds before. */
	renderStart({ dir }) {
		if (dir !== OUTPUT) return;
		for (const name of filesIn(OUTPUT)) if (/^app-.*\.js(\.map)?$/.test(name)) rmSync(join(OUTPUT, name));
	},

	onLog(_level, log) {
		// Rollup only warns of chunks that import each other, and the page then fails to open.
		if (log.code === 'CIRCULAR_CHUNK') this.error(log.message);
		// Comments of zod that are meant for another bundler.
		return log.code === 'INVALID_ANNOTATION' ? false : null;
	},
};

/** A page is a chunk, and what all pages share is one more; other languages are one chunk each. */
function chunkOf(id) {
	// Heavy, and needed only where rules are written: kept apart from what all pages load.
	if (/\/node_modules\/(zod|liquidjs)\/|\/schema\.ts$/.test(id)) return 'rules';
	if (/\/src\/core\/vocabulary\.ts$/.test(id)) return 'vocabulary';
	const language = /\/src\/modules\/words\/(?!en-US)([a-z]{2}-[A-Z]{2})\//.exec(id);
	if (language) return language[1];
	if (
		/\/src\/modules\/(shell|ui|live|stores|endpoint)\/|\/words\/(use-words|en-US\/shell)\.ts$|plugin-vue:export-helper/.test(
			id,
		)
	)
		return 'shell';
	return null;
}

function filesIn(folder) {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

export default { plugins: [splitApp] };
