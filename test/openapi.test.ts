import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openapi } from '../scripts/openapi.js';
import { routes } from '../src/core/routes.js';

const read = (file: string) => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));
const written = read('docs/openapi.json') as {
	paths: Record<string, Record<string, { operationId: string; parameters?: { name: string; in: string }[] }>>;
	components: { schemas: Record<string, unknown> };
};

test('docs/openapi.json is what the routes say now; "npm run docs" writes it', () => {
	expect(written).toEqual(JSON.parse(JSON.stringify(openapi(read('package.json').version))));
});

test('every route is in it, with the ids of its path, and nothing else is', () => {
	const served = Object.entries(routes).map(([name, { method, path }]) => `${name}: ${method} /downstream${path}`);
	const told = Object.entries(written.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(
			([method, { operationId }]) => `${operationId}: ${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
		),
	);
	expect(told.toSorted()).toEqual(served.toSorted());
	for (const [path, methods] of Object.entries(written.paths)) {
		for (const { parameters = [] } of Object.values(methods)) {
			const ids = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
			expect(ids).toEqual(path.match(/\{\w+\}/g) ?? []);
		}
	}
});

test('every shape that it refers to is there', () => {
	const referred = [...JSON.stringify(written).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
	expect(referred.length).toBeGreaterThan(30);
	expect(referred.filter((name) => name === undefined || !(name in written.components.schemas))).toEqual([]);
});
