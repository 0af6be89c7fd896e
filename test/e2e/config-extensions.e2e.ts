import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions, peerFolder } from '../kit/playground.js';
import { until } from '../kit/wait.js';
import { copied, diff, pull, push, pushTo, stepsOf } from './config-world.js';
import { newDesk } from './scenario-world.js';

const NAME = 'directus-extension-sync';

describe.each(directusVersions())('which extensions are switched on, Directus %s,', (version) => {
	let directus: Directus;
	beforeAll(async () => {
		directus = await startDirectus({ version, database: 'sqlite', extraExtensions: [peerFolder(NAME)] });
	});
	afterAll(async () => {
		await directus?.stop();
	});

	const stateOf = async () => (await pull(directus)).extensions;
	/** What the other extension answers, or that nobody does; and that this one, which is loaded again too, is there. */
	const answers = (status: number) =>
		until(
			async () => {
				const headers = { authorization: `Bearer ${directus.token}` };
				const asked = ['directus-extension-sync/table/roles', 'downstream/status'].map(
					async (path) => (await fetch(`${directus.url}/${path}`, { headers })).status,
				);
				const [other, own] = await Promise.all(asked);
				return other === status && own === 200;
			},
			{ message: `the extension to answer ${status}` },
		);

	test('is pulled by their names, without this very one', async () => {
		expect(await stateOf()).toEqual([{ name: NAME, enabled: true }]);
		expect((await pull(directus, { extensions: false })).extensions).toBeUndefined();
	});

	test('is a change like any other: planned, applied at once, taken back', async () => {
		await answers(200);
		const wanted = copied(await pull(directus));
		wanted.extensions = [{ name: NAME, enabled: false }];
		const plan = await diff(directus, wanted);
		expect(stepsOf(plan)).toMatchObject([
			{ kind: 'extensions', name: NAME, fields: [{ from: true, to: false }], risk: ['breaking'] },
		]);
		const process = directus.process.pid;
		const pushed = await push(directus, wanted, { fingerprint: plan.fingerprint });
		expect(pushed).toMatchObject({ status: 200, message: '' });
		await answers(404);
		expect(await stateOf()).toEqual(wanted.extensions);
		expect(await push(directus, wanted)).toMatchObject({ status: 200, id: null });
		const stale = await pushTo(directus, '/downstream/config/push', { plan });
		expect(stale.status).toBe(409);

		const back = await pushTo(directus, `/downstream/config/history/${pushed.id}/revert`, {});
		expect(back).toMatchObject({ status: 200, message: '' });
		await answers(200);
		expect(await stateOf()).toEqual([{ name: NAME, enabled: true }]);
		const again = await pushTo(directus, '/downstream/config/push', { plan: await diff(directus, wanted) });
		expect(again).toMatchObject({ status: 200, message: '' });
		await answers(404);
		const last = await push(directus, { ...wanted, extensions: [{ name: NAME, enabled: true }] });
		expect(last).toMatchObject({ status: 200, message: '' });
		await answers(200);
		expect([directus.process.pid, directus.process.exitCode]).toEqual([process, null]);
	});

	test('that is not installed here is told, and nothing is installed or removed', async () => {
		const wanted = copied(await pull(directus));
		wanted.extensions = [{ name: 'somewhere-else', enabled: true }];
		const pushed = await push(directus, wanted);
		expect(pushed).toMatchObject({ status: 200, id: null, warnings: [{ code: 'not_installed' }] });
		expect(await stateOf()).toEqual([{ name: NAME, enabled: true }]);
	});

	test('lies in a file of its own, which a dump need not have', async () => {
		const desk = newDesk();
		const file = join(desk.folder, 'directus-config/collections/extensions.json');
		await desk.fine(directus, 'pull', '--no-specs', '-o', 'roles');
		await desk.fine(directus, 'pull', '--no-specs', '--no-extensions');
		expect(existsSync(file)).toBe(false);
		expect((await desk.run(directus, 'diff', '--exit-code')).code).toBe(0);
		await desk.fine(directus, 'pull', '--no-specs');
		expect(JSON.parse(desk.file('collections/extensions.json'))).toEqual([{ name: NAME, enabled: true }]);
		desk.put('directus-config/collections/extensions.json', JSON.stringify([{ name: NAME, enabled: false }]));
		const found = await desk.run(directus, 'diff', '--exit-code');
		expect(found).toMatchObject({ code: 2, out: expect.stringMatching(/Extensions[^]*enabled: true → false/) });
		expect((await desk.run(directus, 'diff', '--exit-code', '--no-extensions')).code).toBe(0);
		desk.put('directus-config/collections/extensions.json', '[{ "name": 5 }]');
		expect(await desk.run(directus, 'push')).toMatchObject({
			code: 1,
			err: expect.stringContaining('extensions.json'),
		});
	});
});
