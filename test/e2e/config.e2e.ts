import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bundle } from '../../src/contract/bundle.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { databasesAvailable } from '../kit/databases-available.js';
import type { DatabaseKind } from '../kit/database-servers.js';
import { directusVersions, type DirectusVersion } from '../kit/playground.js';
import {
	copied,
	diff,
	elementOf,
	everythingIn,
	NOTHING,
	pull,
	push,
	pushTo,
	someConfig,
	stepsOf,
} from './config-world.js';

const available = await databasesAvailable();

const WORLDS: [DirectusVersion, DatabaseKind][] = [
	['12', 'sqlite'],
	['11', 'sqlite'],
	['12', 'postgres'],
	['12', 'mysql'],
];

for (const [version, database] of WORLDS.filter(
	([directusVersion, on]) => directusVersions().includes(directusVersion) && available[on] === null,
)) {
	describe(`the configuration of Directus ${version} on ${database}`, () => {
		let directus: Directus;
		let other: Directus;
		let empty: Bundle;
		let taken: Bundle;
		const large = someConfig(version, database === 'sqlite' ? 1 : 0.25, { customRules: version === '11' });

		beforeAll(async () => {
			directus = await startDirectus({ version, database });
			empty = await pull(directus);
		});
		afterAll(async () => {
			await directus?.stop();
			await other?.stop();
		});

		test('goes onto an empty instance in one push, and a second one finds nothing to do', async () => {
			const reviewed = await diff(directus, large);
			const first = await push(directus, large, { fingerprint: reviewed.fingerprint });
			expect(first).toMatchObject({ status: 200, message: '' });
			expect(stepsOf(first.plan)).toEqual(stepsOf(reviewed));
			const before = await everythingIn(directus);
			const second = await push(directus, large);
			expect(stepsOf(second.plan)).toEqual([]);
			expect(second.id).toBe(null);
			expect(await everythingIn(directus)).toEqual(before);
		});

		test('is pulled with every byte the same each time, and nothing written', async () => {
			taken = await pull(directus);
			const before = await everythingIn(directus);
			expect(JSON.stringify(await pull(directus))).toBe(JSON.stringify(taken));
			expect(await everythingIn(directus)).toEqual(before);
			for (const [kind, list] of Object.entries(large.elements))
				expect(taken.elements[kind as 'roles']?.map(({ _syncId }) => _syncId)).toEqual(
					expect.arrayContaining(list.map(({ _syncId }) => _syncId)),
				);
		});

		test('arrives on another instance as it left the first, though ids there are others', async () => {
			other = await startDirectus({ version, database });
			const pushed = await push(other, taken);
			expect(pushed).toMatchObject({ status: 200, message: '' });
			const arrived = await pull(other);
			expect(arrived).toEqual(taken);
			expect(JSON.stringify(arrived)).toBe(JSON.stringify(taken));
			const ids = (one: Directus) => one.sql('directus_roles').where({ name: 'Role 1' }).first('id');
			expect(await ids(other)).not.toEqual(await ids(directus));
		});

		test('works there: a flow of the first instance answers on the other', async () => {
			const flow = elementOf(taken, 'flows', ({ trigger, status }) => trigger === 'webhook' && status === 'active');
			await expect(other.request('POST', `/flows/trigger/${flow._syncId}`, {})).resolves.not.toThrow();
		});

		test('changes where a few things changed, and nowhere else', async () => {
			const changed = copied(taken);
			const active = elementOf(changed, 'flows', ({ status }) => status === 'active');
			active['name'] = 'Renamed while it is active';
			elementOf(changed, 'roles', ({ name }) => name === 'Role 2')['description'] = 'Something else.';
			elementOf(changed, 'panels')['options'] = { collection: 'c_001', function: 'max', field: 'views' };
			const field = changed.schema?.fields.find((one) => one.collection === 'c_001' && one.field === 'title');
			if (field) field['meta'] = { ...(field['meta'] as object), note: 'What it is called.' };
			const revisions = async () =>
				Number((await directus.sql('directus_activity').count({ rows: '*' }).first())?.['rows']);
			const before = await revisions();
			const pushed = await push(directus, changed);
			expect(pushed).toMatchObject({
				status: 200,
				message: '',
				plan: { summary: { ...NOTHING, update: 4, none: expect.any(Number) } },
			});
			expect((await revisions()) - before).toBe(3);
			expect(JSON.stringify(await pull(directus))).toBe(JSON.stringify(changed));

			const back = await pushTo(directus, `/downstream/config/history/${pushed.id}/revert`, {});
			expect(back).toMatchObject({ status: 200, message: '' });
			expect(JSON.stringify(await pull(directus))).toBe(JSON.stringify(taken));
		});

		test('can be taken back as a whole, down to the empty instance', async () => {
			const [first] = (
				await directus.data<{ id: string; summary: { create: number } }[]>('GET', '/downstream/config/history')
			).filter(({ summary }) => summary.create > 100);
			const refused = await pushTo(directus, `/downstream/config/history/${first?.id}/revert`, {});
			expect(refused).toMatchObject({
				status: 422,
				issues: [{ code: 'needs_allow_destructive' }, ...refused.issues.slice(1)],
			});
			const consent = { allow_destructive: true, max_deletions: 100_000 };
			const back = await pushTo(directus, `/downstream/config/history/${first?.id}/revert`, consent);
			expect(back).toMatchObject({ status: 200, message: '' });
			expect(await pull(directus)).toEqual(empty);
		});
	});
}
