import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Element, ElementKind } from '../../src/contract/bundle.js';
import type { Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { idMap, isScenario, newDesk, rowsOf, withScenarioInstances, type Desk } from './scenario-world.js';

describe.each(sampledVersions(import.meta.url))('directus-sync, order and hooks, Directus %s:', (version) => {
	let source: Directus;
	let target: Directus;
	withScenarioInstances(version, (begun) => ({ source, target } = begun));

	const pulled = async (...flags: string[]): Promise<Desk> => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs', ...flags);
		return desk;
	};

	describe('dependencies', () => {
		test('operations that follow each other are created in one pass, whatever their order in the file', async () => {
			const desk = await pulled();
			const chain = chained(desk, 12);
			const done = (await desk.fine(target, 'push', '--json')).json<{ id: string; plan: { summary: object } }>();
			expect(done.plan.summary).toMatchObject({ delete: 0 });
			expect(await order(target)).toEqual(chain.map(({ key }) => key));
			expect((await desk.run(target, 'diff', '--exit-code')).code).toBe(0);
		});

		test.each(['storage_default_folder', 'public_registration_role'] as const)('settings: %s', async (field) => {
			const desk = await pulled();
			await desk.fine(target, 'push');
			const kind = field === 'storage_default_folder' ? 'folders' : 'roles';
			const [row] = (await rowsOf(target, kind)).filter((one) => isScenario(kind, one));
			expect((await rowsOf(target, 'settings'))[0]?.[field]).toBe(row?.['id']);
			expect(row?.['id']).toBeTruthy();
		});
	});

	describe('operations', () => {
		test('create-with-conflicts: one is put into the middle of a chain', async () => {
			const desk = await pulled();
			const chain = chained(desk, 3);
			await desk.fine(target, 'push');
			const added = {
				...(chain[0] as Element),
				_syncId: randomUUID(),
				key: 'step_between',
				resolve: chain[1]?._syncId,
			};
			desk.write('operations', [...desk.read('operations'), added]);
			desk.change('operations', ({ _syncId }) => _syncId === chain[0]?._syncId, { resolve: added._syncId });
			await desk.fine(target, 'push');
			expect(await order(target)).toEqual(['say', 'step_between', 'step_1', 'step_2']);
		});

		test('update-with-conflicts: a chain is turned round', async () => {
			const desk = await pulled();
			const chain = chained(desk, 3);
			await desk.fine(target, 'push');
			for (const [index, { _syncId }] of chain.entries())
				desk.change('operations', (one) => one._syncId === _syncId, { resolve: chain[index - 1]?._syncId ?? null });
			desk.change('flows', (one) => isScenario('flows', one), { operation: chain.at(-1)?._syncId });
			await desk.fine(target, 'push');
			expect(await order(target)).toEqual(['step_2', 'step_1', 'say']);
			expect((await desk.run(target, 'diff', '--exit-code')).code).toBe(0);
		});

		test('dynamic flow id: a template stays what it is', async () => {
			const desk = await pulled();
			const options = { flow: '{{ $trigger.flow }}', payload: '{{ $last }}' };
			desk.change('operations', () => true, { type: 'trigger', options });
			await desk.fine(target, 'push');
			expect(JSON.parse(String((await rowsOf(target, 'operations'))[0]?.['options']))).toEqual(options);
			await desk.fine(target, 'pull', '--no-specs');
			expect(desk.read('operations')).toMatchObject([{ options }]);
		});
	});

	describe('hooks', () => {
		const hooked = (hooks: string): Desk => {
			const desk = newDesk();
			desk.put('directus-sync.config.cjs', `module.exports = { hooks: ${hooks} };`);
			return desk;
		};
		const kinds: ElementKind[] = ['dashboards', 'roles', 'translations', 'presets'];
		const each = (hook: string) => `{ ${kinds.map((kind) => `${kind}: { ${hook} }`).join(', ')} }`;

		test('onDump changes what is dumped', async () => {
			const desk = hooked(each(`onDump: (all) => all.map((one) => ({ ...one, icon: 'hooked' }))`));
			await desk.fine(source, 'pull', '--no-specs');
			for (const kind of ['dashboards', 'roles', 'presets'] as const)
				for (const element of desk.read(kind)) expect(element['icon'], kind).toBe('hooked');
		});

		test('onSave changes what is saved', async () => {
			const desk = hooked(each(`onSave: (all) => all.filter((one) => one._syncId.startsWith('_sync_default'))`));
			await desk.fine(source, 'pull', '--no-specs');
			for (const kind of kinds) expect(desk.read(kind)).toHaveLength(kind === 'roles' ? 1 : 0);
		});

		test('onSave may make several of one', async () => {
			const desk = hooked(
				`{ dashboards: { onSave: (all) => all.flatMap((one) => [one, { ...one, _syncId: one._syncId + '-copy', name: 'Copy' }]) } }`,
			);
			await desk.fine(source, 'pull', '--no-specs');
			await desk.fine(target, 'push');
			expect((await rowsOf(target, 'dashboards')).map(({ name }) => name).toSorted()).toEqual([
				'Copy',
				'Scenario dashboard',
			]);
		});

		test('onLoad changes what is pushed, and not the files', async () => {
			const desk = hooked(`{ dashboards: { onLoad: (all) => all.map((one) => ({ ...one, note: 'loaded' })) } }`);
			await desk.fine(source, 'pull', '--no-specs');
			await desk.fine(target, 'push');
			expect((await rowsOf(target, 'dashboards'))[0]?.['note']).toBe('loaded');
			expect(desk.read('dashboards')[0]?.['note']).not.toBe('loaded');
		});

		test('onQuery leaves out what is neither pulled nor deleted', async () => {
			const desk = hooked(`{ roles: { onQuery: (query) => ({ ...query, filter: { name: { _neq: 'Left out' } } }) } }`);
			const { id } = await source.data<{ id: string }>('POST', '/roles', { name: 'Left out' });
			await desk.fine(source, 'pull', '--no-specs');
			expect(desk.read('roles').map(({ name }) => name)).not.toContain('Left out');
			await desk.fine(source, 'push', '--allow-destructive');
			expect((await rowsOf(source, 'roles')).map((row) => row['id'])).toContain(id);
		});

		test('snapshot.onSave drops collections and fields from the files', async () => {
			const desk = hooked(`{ snapshot: { onSave: ${WITHOUT_NOTES} } }`);
			await desk.fine(source, 'pull', '--no-specs');
			expect(() => desk.file('snapshot/collections/notes.json')).toThrow();
			expect(desk.file('snapshot/collections/pages.json')).toContain('pages');
		});

		test('snapshot.onLoad drops them from what is pushed', async () => {
			const desk = hooked(`{ snapshot: { onLoad: ${WITHOUT_NOTES} } }`);
			await desk.fine(source, 'pull', '--no-specs');
			await desk.fine(target, 'push');
			expect(await target.sql.schema.hasTable('notes')).toBe(false);
			expect(await target.sql.schema.hasTable('pages')).toBe(true);
		});
	});

	test('a second plan is empty too where a deleted element is still named in the JSON of others', async () => {
		const gone = await source.data<{ id: string }>('POST', '/roles', { name: 'Named in JSON' });
		const options = { collection: 'pages', filter: { role: { _eq: gone.id } } };
		const [panel] = await rowsOf(source, 'panels');
		await source.request('PATCH', `/panels/${String(panel?.['id'])}`, { options });
		const desk = await pulled();
		const named = (await idMap(source, 'roles'))[gone.id];
		expect(desk.file('collections/panels.json')).toContain(named);
		desk.write(
			'roles',
			desk.read('roles').filter(({ _syncId }) => _syncId !== named),
		);
		await desk.fine(source, 'push', '--allow-destructive');
		expect((await desk.fine(source, 'diff', '--exit-code')).out).toContain('No changes.');
		await desk.fine(source, 'pull', '--no-specs');
		expect((await desk.fine(source, 'diff', '--exit-code')).out).toContain('No changes.');
	});

	test('translations may take each other’s keys', async () => {
		for (const key of ['first', 'second'])
			await source.request('POST', '/translations', { language: 'nl-NL', key, value: `What was ${key}` });
		const desk = await pulled();
		const swapped: Record<string, string> = { first: 'second', second: 'first' };
		desk.write(
			'translations',
			desk.read('translations').map((one) => ({ ...one, key: swapped[String(one['key'])] ?? one['key'] })),
		);
		await desk.fine(source, 'push');
		const now = (await rowsOf(source, 'translations')).map(({ key, value }) => [key, value]);
		expect(now).toEqual(
			expect.arrayContaining([
				['second', 'What was first'],
				['first', 'What was second'],
			]),
		);
		expect((await desk.run(source, 'diff', '--exit-code')).code).toBe(0);
	});

	/** Gives the flow so many operations, named against the order in which they run. */
	function chained(desk: Desk, count: number): Element[] {
		const [first] = desk.read('operations');
		if (!first) throw new Error('there is no operation');
		const chain = Array.from({ length: count }, (_, index): Element =>
			index === 0 ? first : { ...first, _syncId: randomUUID(), key: `step_${index}`, name: `Step ${index}` },
		);
		for (const [index, operation] of chain.entries()) operation['resolve'] = chain[index + 1]?._syncId ?? null;
		desk.write('operations', chain.toReversed());
		return chain;
	}

	/** The keys of the flow's operations as they run. */
	async function order(on: Directus): Promise<unknown[]> {
		const rows = new Map((await rowsOf(on, 'operations')).map((row) => [row['id'], row]));
		const [flow] = await rowsOf(on, 'flows');
		const keys: unknown[] = [];
		for (let id = flow?.['operation']; id != null && keys.length < 100; id = rows.get(id)?.['resolve'])
			keys.push(rows.get(id)?.['key']);
		return keys;
	}
});

const WITHOUT_NOTES = `(snapshot) => ({
	...snapshot,
	collections: snapshot.collections.filter((one) => one.collection !== 'notes'),
	fields: snapshot.fields.filter((one) => one.collection !== 'notes'),
})`;
