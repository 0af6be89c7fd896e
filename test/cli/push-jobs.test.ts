import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { at, change, plan, startInstance } from './instance.js';
import { folderWith, run } from './run.js';

const dump = { 'directus-config/collections/roles.json': [{ _syncId: 'editor', name: 'Editor' }] };
const onlyRoles = ['-o', 'roles', '--no-snapshot'];
const PUSH = 'POST /downstream/config/push';
const JOB = 'GET /downstream/config/jobs/j1';
const update = change({ fields: [{ field: 'name', from: 'Old', to: 'Editor' }] });
const job = (more: object) => ({
	data: {
		id: 'j1',
		status: 'writing',
		step: 3,
		of: 7,
		name: 'roles Editor',
		push: null,
		warnings: [],
		error: null,
		...more,
	},
});
const done = job({ status: 'done', push: { id: 'push-1', dry_run: false, plan: plan(update) } });

/** Answers one after the other; the last one stays. */
const inTurn = (...answers: object[]) => {
	let next = 0;
	return () => answers[Math.min(next++, answers.length - 1)] as object;
};

describe('a push that is a job', () => {
	test('is followed to its end, though the proxy gives up in between', async () => {
		const instance = await startInstance({
			[PUSH]: { data: { job: 'j1' } },
			[JOB]: inTurn(job({ status: 'waiting' }), { status: 504, body: '<html>', type: 'text/html' }, job({}), done),
		});
		const ran = await run(['push', ...at(instance), ...onlyRoles], folderWith(dump));
		expect(ran).toMatchObject({ code: 0, out: expect.stringMatching(/1 changed[^]*push-1/) });
		expect(instance.asked[0]?.body).toMatchObject({ job: true });
		expect(instance.names().filter((name) => name === PUSH)).toHaveLength(1);
	});

	test('fails as the push itself would, with its issues', async () => {
		const issue = { file: null, path: 'roles:editor', code: 'refused_by_directus', message: 'the name is taken' };
		const error = {
			status: 400,
			errors: [{ message: 'Directus refuses this', extensions: { code: 'REFUSED', issues: [issue] } }],
		};
		const instance = await startInstance({ [PUSH]: { data: { job: 'j1' } }, [JOB]: job({ status: 'failed', error }) });
		const ran = await run(['push', ...at(instance), ...onlyRoles], folderWith(dump));
		expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('the name is taken') });
	});

	test('says where to look when its process ended', async () => {
		const instance = await startInstance({ [PUSH]: { data: { job: 'j1' } }, [JOB]: job({ status: 'lost' }) });
		const ran = await run(['push', ...at(instance), ...onlyRoles], folderWith(dump));
		expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('downstream history') });
	});

	test('says of which commit its files are, and that they were changed since', async () => {
		const folder = folderWith(dump);
		const git = (...args: string[]) =>
			execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { cwd: folder });
		const instance = await startInstance({ [PUSH]: { data: { job: 'j1' } }, [JOB]: done });
		const pushed = async () => {
			await run(['push', ...at(instance), ...onlyRoles], folder);
			const { body } = instance.asked.findLast(({ method }) => method === 'POST') ?? {};
			return (body as { git?: object } | undefined)?.git;
		};
		expect(await pushed()).toBeUndefined();
		git('init', '-q');
		git('add', '.');
		git('commit', '-q', '-m', 'Roles');
		const commit = git('rev-parse', 'HEAD').toString().trim();
		expect(await pushed()).toEqual({ commit, author: 'Ada', dirty: false });
		execFileSync('touch', ['directus-config/new.json'], { cwd: folder });
		expect(await pushed()).toEqual({ commit, author: 'Ada', dirty: true });
	});
});
