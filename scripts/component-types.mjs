/**
 * `node scripts/component-types.mjs`: writes `src/modules/generated/directus-components.d.ts`, which tells vue-tsc the components
 * and directives that a module finds in the Studio, read from the running Studios of both Directus versions. To be run
 * anew with each Directus release: what vue-tsc then refuses is what the release took away. With `check` it writes
 * nothing, and ends with 1 where the file is not what it would write. Started under any Node, it goes on under ours.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { nodeEnvironment, ROOT } from './install.mjs';

const FILE = join(ROOT, 'src', 'modules', 'generated', 'directus-components.d.ts');

if (process.env['DOWNSTREAM_COMPONENT_TYPES'] === 'here') {
	await import('./typescript.mjs');
	const { componentTypes } = await import('./component-types.ts');
	const types = await format(await componentTypes(), { ...(await resolveConfig(FILE)), filepath: FILE });
	if (process.argv[2] !== 'check') writeFileSync(FILE, types);
	else if (types !== readFileSync(FILE, 'utf8')) {
		console.error(
			'The components of Directus are not those of src/modules/generated/directus-components.d.ts any more.',
		);
		process.exitCode = 1;
	}
} else {
	const script = join(ROOT, 'scripts', 'component-types.mjs');
	const env = { ...nodeEnvironment(), DOWNSTREAM_COMPONENT_TYPES: 'here' };
	process.exitCode = spawnSync('node', [script, ...process.argv.slice(2)], { env, stdio: 'inherit' }).status ?? 1;
}
