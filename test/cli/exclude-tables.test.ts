import { expect, test } from 'vitest';
import { schemaWith } from '../fixtures/plan-world.js';
import { at, bundle, change, plan, startInstance, type Asked } from './instance.js';
import { filesIn, folderWith, run } from './run.js';

const PULL = 'POST /downstream/config/pull';
const DIFF = 'POST /downstream/config/diff';
const PUSH = 'POST /downstream/config/push';
const schema = schemaWith({ posts: { id: {} }, tmp_import: { id: {}, raw: {} }, spatial_ref_sys: { srid: {} } });
const patterns = { excludeTables: ['spatial_ref_sys'] };
const onlySchema = ['--no-collections', '--exclude-tables', 'tmp_*'];

/** An instance of which a plan drops what is left out, unless it is asked for some steps only. */
const start = () => {
	const update = change({ kind: 'collections', sync_id: 'posts', name: 'posts' });
	const drops = ['tmp_import', 'spatial_ref_sys'].map((name) =>
		change({ kind: 'collections', action: 'delete', sync_id: name, name, risk: ['destructive', 'data_loss'] }),
	);
	return startInstance({
		[PULL]: { data: { ...bundle(), schema }, meta: { issues: [] } },
		[DIFF]: ({ body }: Asked) => ({ data: Object(body).only ? plan(update) : plan(update, ...drops), meta: {} }),
		[PUSH]: { data: { id: 'p', dry_run: false, plan: plan(update) }, meta: { warnings: [] } },
	});
};

test('tables that are left out are not pulled', async () => {
	const instance = await start();
	const folder = folderWith({ 'downstream.config.json': patterns });
	const done = await run(['pull', ...at(instance), ...onlySchema, '--no-specs'], folder);
	expect(done, done.err).toMatchObject({ code: 0, out: expect.stringContaining('1 collection') });
	const names = Object.keys(filesIn(folder)).join('\n');
	expect(names).toContain('posts');
	expect(names).not.toMatch(/tmp_import|spatial_ref_sys/);
});

test('a push sends nothing of them, and drops none', async () => {
	const instance = await start();
	const folder = folderWith();
	// Files from before they were left out.
	await run(['pull', ...at(instance), '--no-collections', '--no-specs'], folder);
	const argv = [...at(instance), ...onlySchema, '--exclude-tables', 'tmp_*,spatial_ref_sys', '--mirror'];
	const done = await run(['push', ...argv], folder);
	expect(done, done.err).toMatchObject({ code: 0, out: expect.not.stringMatching(/tmp_import|spatial_ref_sys/) });
	expect(instance.names()).toEqual([PULL, DIFF, DIFF, PUSH]);
	const pushed = instance.asked.at(-1)?.body as { bundle: { schema: typeof schema }; only: string[] };
	expect(pushed.only).toEqual(['collections:posts']);
	expect(pushed.bundle.schema.collections.map(({ collection }) => collection)).toEqual(['posts']);
	expect(pushed.bundle.schema.fields.map(({ collection }) => collection)).toEqual(['posts']);
});
