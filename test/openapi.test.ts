import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openapi } from '../scripts/openapi.js';
import { examples } from '../scripts/openapi-examples.js';
import { incidentMessage } from '../src/contract/incident-message.js';
import { flushedChange } from '../src/contract/flushed-change.js';
import { routes } from '../src/contract/routes.js';
import { ALL_ITEMS } from '../src/contract/vocabulary.js';
import { webhookBody } from '../src/flush/adapters/webhook-body.js';
import { checkAnswer } from './kit/check-answer.js';

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

test('examples are what the routes take and answer', () => {
	const { flush, incident, ...ofRoutes } = examples;
	for (const [name, example] of Object.entries(ofRoutes)) {
		const { method, path, input } = routes[name as keyof typeof ofRoutes];
		if (example.input !== undefined) expect(input.safeParse(example.input), name).toMatchObject({ success: true });
		if (example.answer !== undefined) checkAnswer(method, `/downstream${path.replace(/:\w+/, 'x')}`, example.answer);
	}
	for (const change of flush) expect(flushedChange.strict().parse(change)).toEqual(change);
	expect(incidentMessage.strict().parse(incident)).toEqual(incident);
});

test('every route is listed under a tag that the document explains', () => {
	const { tags, paths } = openapi('0') as {
		tags: { name: string }[];
		paths: Record<string, Record<string, { tags: string[] }>>;
	};
	const used = Object.values(paths).flatMap((methods) => Object.values(methods).flatMap((route) => route.tags));
	expect([...new Set(used)].toSorted()).toEqual(tags.map(({ name }) => name).toSorted());
});

test('the body that the webhook adapter sends is the one in the section about webhooks', () => {
	const change = {
		collection: 'articles',
		event: 'update' as const,
		item: '1',
		gone: true,
		fields: { id: 1, slug: 'new' },
		previous: { slug: 'old' },
		tags: ['articles'],
		paths: ['/blog/new'],
		timestamp: 1,
	};
	const all = { ...change, item: ALL_ITEMS, fields: {}, previous: null, tags: [], paths: [] };
	const sent = JSON.parse(webhookBody([change, all])) as unknown[];
	expect(sent.map((entry) => flushedChange.strict().parse(entry))).toEqual(sent);
	expect((written as { webhooks?: object }).webhooks).toHaveProperty('flush.post.requestBody');
});
