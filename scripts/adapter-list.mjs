/**
 * Writes the two lists of adapters, which name whatever folder of `src/flush/adapters` has an `adapter.ts`: one of names
 * for the contract, and one of the adapters. An adapter is added by adding its folder. Started by `npm run build` and by
 * `npm run docs`.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = join(ROOT, 'src', 'flush', 'adapters');
const MADE = '/** Made by `npm run docs` of the folders in `src/flush/adapters`: not to be edited. */';

/** The names of adapters: the generic one first, the others as people look them up. */
export const adapterNames = () =>
	readdirSync(FOLDERS)
		.filter((name) => existsSync(join(FOLDERS, name, 'adapter.ts')))
		.toSorted((a, b) => Number(b === 'webhook') - Number(a === 'webhook') || (a < b ? -1 : 1));

/** Each list, as it is to be, by the file that has it. */
export async function adapterLists(names = adapterNames()) {
	const lists = {
		'src/contract/adapter-names.ts': `${MADE}
export const ADAPTERS = [${names.map((name) => `'${name}'`).join(', ')}] as const;
export type AdapterName = (typeof ADAPTERS)[number];
`,
		'src/flush/adapters/index.ts': `import type { AdapterName } from '../../contract/adapter-names.js';
import type { Adapter } from './adapter.js';
${names.map((name) => `import { adapter as ${name} } from './${name}/adapter.js';`).join('\n')}

${MADE}
export const adapters: Record<AdapterName, Adapter> = { ${names.join(', ')} };
`,
	};
	const formatted = Object.entries(lists).map(async ([name, text]) => {
		const filepath = join(ROOT, name);
		return [name, await format(text, { ...(await resolveConfig(filepath)), filepath })];
	});
	return Object.fromEntries(await Promise.all(formatted));
}

/** Writes what is not as it is to be. */
export async function writeAdapterLists() {
	for (const [name, text] of Object.entries(await adapterLists()))
		if (readFileSync(join(ROOT, name), 'utf8') !== text) writeFileSync(join(ROOT, name), text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeAdapterLists();
