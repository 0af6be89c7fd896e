import { describe, expect, test } from 'vitest';
import { at, bundle, change, plan, startInstance, type Asked } from './instance.js';
import { filesIn, folderWith, run } from './run.js';

const PULL = 'POST /downstream/config/pull';
const DIFF = 'POST /downstream/config/diff';
const PUSH = 'POST /downstream/config/push';
const flows = [
	{ _syncId: 'f-real', name: 'Real', status: 'active' },
	{ _syncId: 'f-test', name: 'Test: x', status: 'active' },
];
const rows = [
	{ id: 'k-real', name: 'Real', status: 'active', user_created: 'u' },
	{ id: 'k-test', name: 'Test: x', status: 'active', user_created: 'u' },
];
/** What `onQuery` asks for. */
const notTest = { name: { _nstarts_with: 'Test:' } };
const onlyFlows = ['-o', 'flows', '--no-snapshot', '--no-specs'];
const config = (hooks: string) => ({ 'directus-sync.config.cjs': `module.exports = { hooks: ${hooks} };` });
const onQuery = `onQuery: (query) => ({ ...query, filter: ${JSON.stringify(notTest)} })`;

const gone = (key: string) =>
	change({ kind: 'flows', sync_id: key.replace('k', 'f'), local_id: key, action: 'delete', risk: ['destructive'] });
const listFlows = ({ query }: Asked) => {
	const isNarrow = query.get('filter') === JSON.stringify(notTest);
	const found = isNarrow ? rows.slice(0, 1) : rows;
	return { data: query.has('aggregate[count]') ? [{ count: { id: found.length } }] : found };
};
const instanceWith = (more = {}) =>
	startInstance({
		[PULL]: { data: bundle({ flows }), meta: { issues: [] } },
		[DIFF]: { data: plan(gone('k-real'), gone('k-test')), meta: {} },
		'GET /flows': listFlows,
		...more,
	});
const written = (folder: string) => JSON.parse(filesIn(folder)['directus-config/collections/flows.json'] ?? 'null');

describe('hooks of a pull', () => {
	test('onSave changes what the files get', async () => {
		const instance = await instanceWith();
		const folder = folderWith(config('{ flows: { onSave: async (all) => all.filter((one) => one.name === "Real") } }'));
		expect((await run(['pull', ...at(instance), ...onlyFlows], folder)).err).not.toContain('Error');
		expect(written(folder)).toEqual([flows[0]]);
	});

	test('onQuery says which elements are part of the configuration', async () => {
		const instance = await instanceWith();
		const folder = folderWith(config(`{ flows: { ${onQuery} } }`));
		expect((await run(['pull', ...at(instance), ...onlyFlows], folder)).code).toBe(0);
		expect(written(folder)).toEqual([flows[0]]);
	});

	test('onQuery on an answer that is cut short refuses, and loses nothing', async () => {
		const instance = await instanceWith({
			'GET /flows': ({ query }: Asked) => ({
				data: query.has('aggregate[count]') ? [{ count: { id: 2 } }] : rows.slice(0, 1),
			}),
		});
		const folder = folderWith(config('{ flows: { onQuery: (query) => query } }'));
		const done = await run(['pull', ...at(instance), ...onlyFlows], folder);
		expect(done).toMatchObject({ code: 1, err: expect.stringMatching(/Of 2 items of flows only 1 could be read/) });
		expect(written(folder)).toBeNull();
	});

	test('onDump sees the rows as they are on the instance; what it changes is taken over, and nothing else', async () => {
		const instance = await instanceWith();
		const folder = folderWith(
			config(`{ flows: { onDump: (all) => all.map((one) => {
				if (!one.id || !one.user_created || !one._syncId) throw new Error('not a row');
				one.status = one.name.startsWith('Test:') ? 'inactive' : 'active';
				return one;
			}) } }`),
		);
		expect((await run(['pull', ...at(instance), ...onlyFlows], folder)).err).not.toContain('Error');
		expect(written(folder)).toEqual([flows[0], { ...flows[1], status: 'inactive' }]);
	});

	test('get a client that speaks to the instance as the SDK does', async () => {
		const instance = await instanceWith({ 'GET /flows/k-real': { data: { name: 'Asked' } } });
		const folder = folderWith(
			config(
				`{ flows: { onSave: async (all, client) => { const { name } = await client.request(() => ({ path: '/flows/k-real', method: 'GET' })); return [{ ...all[0], name }]; } } }`,
			),
		);
		expect((await run(['pull', ...at(instance), ...onlyFlows], folder)).code).toBe(0);
		expect(written(folder)).toMatchObject([{ name: 'Asked' }]);
	});

	test('that give back nothing are refused before a file is touched', async () => {
		const instance = await instanceWith();
		const folder = folderWith(config('{ flows: { onSave: (all) => { all.pop(); } } }'));
		const done = await run(['pull', ...at(instance), ...onlyFlows], folder);
		expect(done).toMatchObject({
			code: 1,
			err: expect.stringMatching(/gave nothing instead of a list[^]*hooks\.flows\.onSave/),
		});
		expect(written(folder)).toBeNull();
	});
});

describe('hooks of a push', () => {
	const files = { 'directus-config/collections/flows.json': [flows[0]] };

	test('onLoad changes what the instance gets', async () => {
		const instance = await instanceWith({ [DIFF]: { data: plan(), meta: {} } });
		const hook = config('{ flows: { onLoad: (all) => all.map((one) => ({ ...one, name: "Loaded" })) } }');
		expect(
			(await run(['diff', ...at(instance), ...onlyFlows.slice(0, 3)], folderWith({ ...files, ...hook }))).code,
		).toBe(0);
		expect(instance.asked[0]?.body).toMatchObject({ bundle: { elements: { flows: [{ name: 'Loaded' }] } } });
	});

	test('onQuery keeps what it leaves out from being deleted', async () => {
		const update = change({ kind: 'flows', sync_id: 'f-real', local_id: 'k-real' });
		const instance = await instanceWith({
			[DIFF]: ({ body }: Asked) => ({
				data: (body as { only?: string[] }).only ? plan(update) : plan(update, gone('k-test')),
				meta: {},
			}),
			[PUSH]: { data: { id: 'p', plan: plan(update) }, meta: {} },
		});
		const folder = folderWith({ ...files, ...config(`{ flows: { ${onQuery} } }`) });
		const done = await run(['push', ...at(instance), ...onlyFlows.slice(0, 3)], folder);
		expect(done).toMatchObject({ code: 0, err: expect.not.stringContaining('--allow-destructive') });
		expect(instance.asked.at(-1)?.body).toMatchObject({ only: ['flows:f-real'] });
	});

	test('onQuery alone does not make a difference', async () => {
		const instance = await instanceWith({ [DIFF]: { data: plan(gone('k-test')), meta: {} } });
		const folder = folderWith({ ...files, ...config(`{ flows: { ${onQuery} } }`) });
		expect((await run(['diff', ...at(instance), ...onlyFlows.slice(0, 3), '--exit-code'], folder)).code).toBe(0);
	});
});
