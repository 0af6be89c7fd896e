import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { routes } from '../src/contract/routes.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');

test('what ships names the licence of everything that is bundled', () => {
	const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'notices.mjs'), '--check'], {
		encoding: 'utf8',
	});
	expect(`${status} ${stderr}`).toBe('0 ');
}, 60_000);

test('the package holds its licence, notices and security papers', () => {
	const { files, license } = JSON.parse(read('package.json')) as { files: string[]; license: string };
	for (const name of ['LICENSE', 'SECURITY.md', 'THIRD-PARTY-NOTICES.txt', 'docs/threat-model.md']) {
		expect(files).toContain(name);
		expect(existsSync(join(ROOT, name)), name).toBe(true);
	}
	expect(read('LICENSE')).toContain(`${license} License`);
});

test('the package installs nothing beside itself: all that it needs is bundled', () => {
	expect(JSON.parse(read('package.json'))).not.toHaveProperty('dependencies');
});

test('the threat model names every route, with those who may call it', () => {
	const section = /## Routes\n([^]*?)\n## /.exec(read('docs/threat-model.md'))?.[1] ?? '';
	const rows = section.split('\n').flatMap((line) => {
		const [, named = '', who = ''] = line.split('|').map((cell) => cell.trim());
		return [...named.matchAll(/`((?:GET|POST) [^`]+)`/g)].map(([, route = '']) => ({ route, who }));
	});
	const said: Record<string, string> = { 'admin-or-metrics-token': 'metrics', 'admin-or-pages-token': 'pages' };
	const expected = Object.values(routes).map(({ method, path, access }) => ({
		route: `${method.toUpperCase()} ${path}`,
		who: said[access] ?? access,
	}));
	const sorted = (list: { route: string }[]) => list.toSorted((one, other) => one.route.localeCompare(other.route));
	expect(sorted(rows)).toEqual(sorted(expected));
});
