/**
 * Lets Node run this repository's TypeScript as it is: `node --import ./scripts/typescript.mjs demo/main.ts`. Node takes
 * the types off by itself; what it lacks is that an import of `./x.js` may mean `./x.ts`.
 */
import { registerHooks } from 'node:module';

registerHooks({
	resolve(specifier, context, resolveNext) {
		const mayBeTypeScript = /^\.{1,2}\/.*\.js$/.test(specifier) && !context.parentURL?.includes('/node_modules/');
		if (!mayBeTypeScript) return resolveNext(specifier, context);
		try {
			return resolveNext(specifier, context);
		} catch (error) {
			if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
			return resolveNext(`${specifier.slice(0, -'.js'.length)}.ts`, context);
		}
	},
});
