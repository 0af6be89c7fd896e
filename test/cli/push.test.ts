import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { at, change, plan, refusal, startInstance, type Answers } from './instance.js';
import { folderWith, run } from './run.js';

const roles = [{ _syncId: 'editor', name: 'Editor' }];
const dump = { 'directus-config/collections/roles.json': roles };
const onlyRoles = ['-o', 'roles', '--no-snapshot'];
const DIFF = 'POST /downstream/config/diff';
const PUSH = 'POST /downstream/config/push';
const update = change({ fields: [{ field: 'name', from: 'Old', to: 'Editor' }] });
const removal = change({
	action: 'delete',
	sync_id: 'guest',
	name: 'Guest',
	risk: ['destructive'],
	impact: ['2 users lose their role'],
});
const loss = change({
	kind: 'fields',
	action: 'delete',
	sync_id: 'articles.body',
	name: 'articles.body',
	risk: ['destructive', 'data_loss'],
	impact: ['7 rows have a value'],
});
const planned = (...changes: Parameters<typeof plan>): Answers => ({
	[DIFF]: { data: plan(...changes), meta: { issues: [], warnings: [] } },
	[PUSH]: { data: { id: 'push-1', dry_run: false, plan: plan(...changes) }, meta: { warnings: [] } },
});

/** As the instance answers what nobody has consented to. */
const unconsented = (...changes: Parameters<typeof plan>): Answers => ({
	...planned(...changes),
	[PUSH]: refusal(422, 'REFUSED', 'This cannot be pushed: needs consent', {
		issues: [{ file: null, path: '', code: 'needs_allow_destructive', message: 'needs consent' }],
	}),
});

describe('push', () => {
	test('where nobody looks, does it all in one request, and says what it did', async () => {
		const instance = await startInstance(planned(update));
		const done = await run(['push', ...at(instance), ...onlyRoles], folderWith(dump));
		expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/Old → Editor[^]*1 changed[^]*push-1/) });
		expect(instance.names()).toEqual([PUSH]);
		expect(instance.asked[0]?.body).toMatchObject({
			bundle: { elements: { roles } },
			allow_destructive: false,
			allow_data_loss: false,
		});
	});

	test('at a terminal looks, then writes what it looked at: two requests', async () => {
		const instance = await startInstance(planned(update));
		const done = await run(['push', ...at(instance), ...onlyRoles], folderWith(dump), { answers: ['y'] });
		expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/1 changed[^]*push-1/) });
		expect(instance.names()).toEqual([DIFF, PUSH]);
		expect(instance.asked[1]?.body).toMatchObject({
			bundle: { elements: { roles } },
			fingerprint: 'f1',
			allow_destructive: false,
			allow_data_loss: false,
			dry_run: false,
		});
	});

	test('writes nothing where nothing differs', async () => {
		const instance = await startInstance(planned());
		const [silent, watched] = [
			await run(['push', ...at(instance), ...onlyRoles], folderWith(dump)),
			await run(['push', ...at(instance), ...onlyRoles], folderWith(dump), { answers: [] }),
		];
		for (const done of [silent, watched])
			expect(done).toMatchObject({ code: 0, out: expect.stringContaining('No changes.') });
		expect(instance.names()).toEqual([PUSH, DIFF]);
	});

	test('that deletes is refused where nobody can be asked: what goes, and which flag consents', async () => {
		const instance = await startInstance(unconsented(update, removal, loss));
		const done = await run(['push', ...at(instance), ...onlyRoles], folderWith(dump));
		expect(done.code).toBe(1);
		expect(done.err).toMatch(/roles "Guest" \(2 users lose their role\)/);
		expect(done.err).toMatch(/--allow-destructive and --allow-data-loss articles\.body/);
		expect(instance.names()).toEqual([PUSH, DIFF]);
		expect(instance.asked[0]?.body).toMatchObject({ allow_destructive: false, allow_data_loss: false });
	});

	test('never asks in CI, also at a terminal', async () => {
		const instance = await startInstance(unconsented(removal));
		const done = await run(['push', ...at(instance), ...onlyRoles], folderWith(dump), {
			answers: ['delete'],
			variables: { CI: 'true' },
		});
		expect(done.code).toBe(1);
		expect(instance.names()).toEqual([PUSH, DIFF]);
	});

	test('asks a person to type the word, and consents to exactly what was shown', async () => {
		const instance = await startInstance(planned(removal, loss));
		const done = await run(['push', ...at(instance), ...onlyRoles], folderWith(dump), { answers: ['delete'] });
		expect(done.err).toMatch(/This deletes:[^]*Guest[^]*articles\.body/);
		expect(done.code).toBe(0);
		expect(instance.asked[1]?.body).toMatchObject({
			allow_destructive: true,
			allow_data_loss: ['articles.body'],
			max_deletions: 1,
		});
	});

	test('stops where the person types something else', async () => {
		const instance = await startInstance(planned(removal));
		const done = await run(['push', ...at(instance), ...onlyRoles], folderWith(dump), { answers: ['yes'] });
		expect(done).toMatchObject({ code: 1, err: expect.stringContaining('nothing was changed') });
		expect(instance.names()).toEqual([DIFF]);
	});

	test('takes consent from flags', async () => {
		const instance = await startInstance(planned(removal, loss));
		const consent = ['--allow-destructive', '--allow-data-loss', 'articles.body', '--max-deletions', '9'];
		expect((await run(['push', ...at(instance), ...onlyRoles, ...consent], folderWith(dump))).code).toBe(0);
		expect(instance.asked[0]?.body).toMatchObject({
			allow_destructive: true,
			allow_data_loss: ['articles.body'],
			max_deletions: 9,
		});
	});

	test('tries it all without consent to anything, since it is undone', async () => {
		const instance = await startInstance(planned(removal));
		const done = await run(['push', ...at(instance), ...onlyRoles, '--dry-run'], folderWith(dump));
		expect(done).toMatchObject({ code: 0, out: expect.stringContaining('was rolled back') });
		expect(instance.asked[1]?.body).toMatchObject({ dry_run: true, allow_destructive: true });
	});

	test('pushes a plan that was written before, without the files', async () => {
		const instance = await startInstance(planned(update));
		const folder = folderWith(dump);
		await run(['diff', ...at(instance), ...onlyRoles, '--plan-out', 'p.json'], folder);
		writeFileSync(join(folder, 'directus-config/collections/roles.json'), '[]');
		const done = await run(['push', ...at(instance), '--plan', 'p.json'], folder);
		expect(done.code).toBe(0);
		expect(instance.names()).toEqual([DIFF, PUSH]);
		expect(instance.asked[1]?.body).toMatchObject({ fingerprint: 'f1', bundle: { elements: { roles } } });
	});

	test('refuses a plan where the state has moved, and says what is different now', async () => {
		const moved = plan(change({ fields: [{ field: 'name', from: 'By hand', to: 'Editor' }] }), removal);
		const instance = await startInstance({
			...planned(update),
			[PUSH]: refusal(409, 'STATE_MOVED', 'the configuration of this instance is not what it was', { plan: moved }),
			'GET /activity': {
				data: [
					{ collection: 'directus_roles', item: '1', timestamp: '2026-11-30T01:02:03Z', user: { first_name: 'Ann' } },
					{ collection: 'directus_roles', item: '1', timestamp: '2026-11-29T01:02:03Z', user: { first_name: 'Bob' } },
				],
			},
		});
		const folder = folderWith(dump);
		await run(['diff', ...at(instance), ...onlyRoles, '--plan-out', 'p.json'], folder);
		const done = await run(['push', ...at(instance), '--plan', 'p.json'], folder);
		expect(done.code).toBe(1);
		expect(done.err).toMatch(/has changed since the plan was made/);
		expect(done.err).toContain(
			'"name" of roles "Editor" was "Old" and is "By hand" now (last changed by Ann at 2026-11-30T01:02:03Z)',
		);
		expect(done.err).not.toContain('Bob');
		expect(done.err).toContain('roles "Guest" is new on the instance');
	});

	test.each([
		[
			'PUSH_BROKEN_OFF',
			'the push p-1 was broken off half way',
			/revert p-1" undoes it, .*revert p-1 --finish" completes it/,
		],
		['ANOTHER_PUSH', 'the last push is p-1', /show p-1" shows it/],
	])('says what to do where another push stands in the way: %s', async (code, message, advice) => {
		const instance = await startInstance({ ...planned(update), [PUSH]: refusal(409, code, message, { push: 'p-1' }) });
		const argv = ['push', ...at(instance), ...onlyRoles];
		for (const more of [{}, { answers: ['y'] }]) {
			const done = await run(argv, folderWith(dump), more);
			expect(done).toMatchObject({ code: 1, err: expect.stringContaining(message) });
			expect(done.err).toMatch(advice);
		}
	});

	test('refuses a plan of another instance, and what is no plan', async () => {
		const [instance, other] = [await startInstance(planned(update)), await startInstance(planned(update))];
		const folder = folderWith({ ...dump, 'no-plan.json': { a: 1 } });
		await run(['diff', ...at(instance), ...onlyRoles, '--plan-out', 'p.json'], folder);
		expect((await run(['push', ...at(other), '--plan', 'p.json'], folder)).err).toMatch(/The plan is for .*, not for/);
		expect((await run(['push', ...at(instance), '--plan', 'no-plan.json'], folder)).err).toMatch(/is not a plan/);
		expect(other.asked).toEqual([]);
	});

	test('says once that retries are no longer needed', async () => {
		const instance = await startInstance(planned(update));
		const done = await run(['push', ...at(instance), ...onlyRoles, '--max-push-retries', '3'], folderWith(dump));
		expect(done.err.match(/no longer needed/g)).toHaveLength(1);
	});

	test('tells the problems that the instance finds by the files they are in', async () => {
		const instance = await startInstance({
			...planned(update),
			[PUSH]: refusal(422, 'REFUSED', 'This cannot be pushed: roles:editor/name: too long', {
				issues: [{ file: null, path: 'roles:editor/name', code: 'too_long', message: 'too long' }],
			}),
		});
		const done = await run(['push', ...at(instance), ...onlyRoles], folderWith(dump));
		expect(done).toMatchObject({ code: 1, err: expect.stringMatching(/roles\.json \/0\/name: (line \d+: )?too long/) });
	});
});
