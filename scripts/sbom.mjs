/**
 * `npm run sbom`: writes `downstream.cdx.json`, a CycloneDX bill of materials of the packages whose code ships. npm makes it
 * of the lock file; what the bundle does not take in is left out. Not committed: it says when it was made.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledPackages, ROOT } from './bundled.mjs';

const options = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
const all = JSON.parse(execFileSync('npm', options, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
const shipped = new Set(
	(await bundledPackages()).map((folder) => {
		const { name, version } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
		return `${name}@${version}`;
	}),
);
const components = all.components.filter((one) => shipped.has(one['bom-ref']));
const kept = new Set([all.metadata.component['bom-ref'], ...shipped]);
const dependencies = all.dependencies
	.filter(({ ref }) => kept.has(ref))
	.map((one) => ({ ...one, dependsOn: one.dependsOn.filter((ref) => kept.has(ref)) }));
const missing = [...shipped].filter((ref) => !components.some((one) => one['bom-ref'] === ref));
if (missing.length > 0) throw new Error(`the lock file has other versions than are installed: ${missing.join(', ')}`);
writeFileSync(
	join(ROOT, 'downstream.cdx.json'),
	`${JSON.stringify({ ...all, components, dependencies }, null, '\t')}\n`,
);
console.log(`downstream.cdx.json: ${components.length} packages`);
