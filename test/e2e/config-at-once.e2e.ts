import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions } from '../kit/playground.js';
import {
	buildFailing,
	copied,
	diff,
	pull,
	push,
	pushTo,
	removeFailing,
	someConfig,
	stepsOf,
	type Pushed,
} from './config-world.js';

describe.runIf(directusVersions().includes('12'))('several pushes at once', () => {
	let directus: Directus;
	const large = someConfig('12', 1);
	beforeAll(async () => {
		directus = await startDirectus({ version: '12', database: 'sqlite', extraExtensions: [await buildFailing()] });
	});
	afterAll(async () => {
		await directus?.stop();
		removeFailing();
	});

	test('take turns: one does it, the others find it done or are told who is at it', async () => {
		const process = directus.process.pid;
		const results: Pushed[] = await Promise.all([push(directus, large), push(directus, large), push(directus, large)]);
		const done = results.filter(({ status }) => status === 200);
		expect(done.filter(({ plan }) => stepsOf(plan).length > 0)).toHaveLength(1);
		for (const { status } of results) expect([200, 423]).toContain(status);
		expect(directus.process.pid).toBe(process);
		expect(directus.process.exitCode).toBe(null);
		await directus.request('GET', '/server/ping').catch(() => {});
		expect(stepsOf(await diff(directus, large))).toEqual([]);
		expect(await directus.sql('directus_roles').where('name', 'like', 'Role %').count({ rows: '*' })).toEqual([
			{ rows: 30 },
		]);
	}, 120_000);

	test('a push that is killed leaves the old configuration or the new one, and the next one is not in its way', async () => {
		const before = await pull(directus);
		const changed = copied(before);
		for (const role of changed.elements.roles ?? [])
			if (String(role['name']).startsWith('Role')) role['description'] = 'New.';
		for (const panel of changed.elements.panels ?? []) panel['width'] = 10;
		for (const kill of [7, 100]) {
			await pushTo(directus, '/failing/push', { bundle: changed, kill_at: kill }).catch(() => {});
			await directus.restart();
			expect(JSON.stringify(await pull(directus))).toBe(JSON.stringify(before));
		}
		const moment = 50 + Math.floor(Math.random() * 700);
		const pushing = push(directus, changed).catch(() => {});
		await new Promise((resolve) => setTimeout(resolve, moment));
		await directus.kill9();
		await pushing;
		await directus.restart();
		const [old, new_] = [JSON.stringify(before), JSON.stringify(changed)];
		expect([old, new_], `killed after ${moment} ms`).toContain(JSON.stringify(await pull(directus)));
		expect(await push(directus, changed)).toMatchObject({ status: 200, message: '' });
		expect(JSON.stringify(await pull(directus))).toBe(new_);
	}, 240_000);
});
