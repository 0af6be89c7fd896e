import { describe, expect, test } from 'vitest';
import { bundleOf } from '../elements/bundle-of.js';
import type { Bundle, Element } from '../../../contract/bundle.js';
import { leftoverFiles, readDump, writeDump } from './dump-files.js';
import { counter, EVERYTHING, exampleState } from '../../../../test/fixtures/example-state.js';

const choice = EVERYTHING;
const example = (): Bundle => bundleOf(exampleState(), choice, counter()).bundle;
const files = (bundle = example(), form = choice) => writeDump(bundle, form, new Map());
const json = (dump: ReadonlyMap<string, string>, file: string) => JSON.parse(dump.get(file) ?? '') as unknown;
const list = (dump: ReadonlyMap<string, string>, file: string) => json(dump, file) as Element[];

/** The dump with one file changed. */
function withFile(
	dump: ReadonlyMap<string, string>,
	file: string,
	change: (entries: Element[]) => unknown,
): Map<string, string> {
	const copy = new Map(dump);
	return copy.set(file, `${JSON.stringify(change(list(dump, file)), null, 2)}\n`);
}

const changed = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) =>
	[...after.keys()].filter((file) => before.get(file) !== after.get(file));

test('a dump lies where directus-sync has it, and looks like its files', () => {
	const dump = files();
	expect([...dump.keys()]).toEqual([
		...['settings', 'folders', 'translations', 'flows', 'operations', 'roles', 'policies', 'permissions'].map(
			(kind) => `collections/${kind}.json`,
		),
		...['dashboards', 'panels', 'presets'].map((kind) => `collections/${kind}.json`),
		'snapshot/info.json',
		'snapshot/collections/Articles.json',
		'snapshot/collections/articles_2.json',
		'snapshot/fields/articles/id.json',
		'snapshot/fields/articles/title.json',
		'snapshot/fields/articles/Title_2.json',
		'snapshot/fields/articles/author.json',
		'snapshot/fields/directus_users/nickname.json',
		'snapshot/relations/articles/author.json',
	]);
	expect(json(dump, 'snapshot/info.json')).toEqual({
		version: 1,
		directus: '12.4.0',
		vendor: 'sqlite',
		systemFields: [{ collection: 'directus_files', field: 'title', schema: { is_indexed: true } }],
	});
	expect(dump.get('collections/translations.json')).toBe(
		`[\n  {\n    "key": "hello",\n    "language": "de-DE",\n    "value": "Hallo",\n    "_syncId": "${list(dump, 'collections/translations.json')[0]?._syncId}"\n  }\n]\n`,
	);
	expect(list(dump, 'collections/operations.json').map(({ key }) => key)).toEqual(['check', 'dynamic', 'send']);
	expect(list(dump, 'collections/roles.json')[0]?._syncId).toBe('_sync_default_admin_role');
});

describe.each([
	['split', choice],
	['in one file', { ...choice, split: false }],
	['with sorted keys', { ...choice, sortJson: true }],
	['elsewhere', { ...choice, collectionsPath: './config/', snapshotPath: 'model/schema' }],
])('a dump %s', (_, form) => {
	test('reads back as the bundle that it was', () => {
		expect(readDump(files(example(), form), form)).toMatchObject({ bundle: example(), issues: [], warnings: [] });
	});

	test('does not change when nothing has changed', () => {
		const dump = files(example(), form);
		expect(writeDump(example(), form, dump)).toEqual(dump);
	});
});

test('a dump is read in the form that it has', () => {
	expect(readDump(files(example(), { ...choice, split: false }), choice).bundle).toEqual(example());
	expect(readDump(files(), { ...choice, split: false }).bundle).toEqual(example());
});

test('in one file, what did not change stays where it is', () => {
	const form = { ...choice, split: false };
	const file = 'snapshot/snapshot.json';
	const whole = JSON.parse(files(example(), form).get(file) ?? '') as { fields: unknown[] };
	// As Directus gives them: in the order in which they were made.
	const before = new Map(files(example(), form)).set(
		file,
		JSON.stringify({ ...whole, fields: whole.fields.toReversed() }),
	);
	expect(changed(before, writeDump(example(), form, before))).toEqual([]);
	const bundle = example();
	bundle.schema?.fields.unshift({ collection: 'articles', field: 'added' });
	const after = JSON.parse(writeDump(bundle, form, before).get(file) ?? '') as { fields: { field: string }[] };
	expect(after.fields.map(({ field }) => field)).toEqual(['nickname', 'author', 'Title', 'title', 'id', 'added']);
});

test('sorted keys are sorted at every level', () => {
	const dump = files(example(), { ...choice, sortJson: true });
	expect(Object.keys(list(dump, 'collections/operations.json')[0] ?? {}).join(' ')).toBe(
		'_syncId flow key name options reject resolve type',
	);
	expect(changed(files(), writeDump(example(), { ...choice, sortJson: true }, files()))).toContain(
		'collections/operations.json',
	);
});

test('a pull of what did not change leaves every byte, however the files look', () => {
	const dump = new Map(files());
	const rewrite = (file: string, change: (text: string) => string) => dump.set(file, change(dump.get(file) ?? ''));
	// By hand: moved, formatted, other line ends, keys in another order, numbers and letters spelt differently.
	rewrite(
		'collections/roles.json',
		(text) => `${JSON.stringify((JSON.parse(text) as unknown[]).reverse(), null, '\t')}`,
	);
	rewrite('collections/flows.json', (text) => text.replaceAll('\n', '\r\n'));
	rewrite('collections/panels.json', (text) => text.replace('"position_x": 1', '"position_x": 1.0'));
	rewrite('collections/folders.json', (text) => text.replace('Logos', '\\u004cogos'));
	rewrite('snapshot/fields/articles/title.json', (text) => JSON.stringify(JSON.parse(text)));
	rewrite('snapshot/info.json', () =>
		JSON.stringify({
			systemFields: [{ schema: { is_indexed: true }, field: 'title', collection: 'directus_files' }],
			vendor: 'sqlite',
			directus: '12.4.0',
			version: 1,
		}),
	);
	// By directus-sync: fields that are none of ours, the order of attachments.
	const withSecrets = withFile(dump, 'collections/settings.json', ([settings]) => [
		{ license_key: null, ...settings, ai_openai_api_key: '**********', project_url: 'https://shop.test' },
	]);
	const before = withFile(withSecrets, 'collections/policies.json', (policies) =>
		policies.map((policy) => ({ ...policy, roles: (policy['roles'] as unknown[]).toReversed() })),
	);
	expect(changed(before, writeDump(example(), choice, before))).toEqual([]);
});

test('one change touches nothing else, and keeps what only the file knows', () => {
	const before = new Map(files());
	before.set(
		'collections/settings.json',
		JSON.stringify(
			list(before, 'collections/settings.json').map((settings) => ({ license_key: null, ...settings })),
			null,
			'\t',
		),
	);
	const bundle = example();
	const [settings] = bundle.elements.settings ?? [];
	bundle.elements.settings = [
		{ project_descriptor: 'new', ...settings, project_name: 'Store', _syncId: '_sync_default_settings' },
	];
	const after = writeDump(bundle, choice, before);
	expect(changed(before, after)).toEqual(['collections/settings.json']);
	expect(after.get('collections/settings.json')).toBe(
		before
			.get('collections/settings.json')
			?.replace('"Shop"', '"Store"')
			.replace('null,\n', 'null,\n\t\t"project_descriptor": "new",\n'),
	);
});

test('new elements are added at their sorted place, even in a rearranged file', () => {
	const bundle = example();
	const before = withFile(files(), 'collections/operations.json', (operations) => operations.toReversed());
	bundle.elements.operations?.push({ _syncId: 'new', key: 'delay', type: 'sleep', flow: null });
	const keys = (dump: ReadonlyMap<string, string>) => list(dump, 'collections/operations.json').map(({ key }) => key);
	expect(keys(writeDump(bundle, choice, files()))).toEqual(['check', 'delay', 'dynamic', 'send']);
	expect(keys(writeDump(bundle, choice, before))).toEqual(['delay', 'send', 'dynamic', 'check']);
});

test('a field keeps its file when another of the same letters goes', () => {
	const before = files();
	const bundle = example();
	const fields = bundle.schema?.fields.filter(({ field }) => field !== 'title') ?? [];
	const after = writeDump({ ...bundle, schema: bundle.schema && { ...bundle.schema, fields } }, choice, before);
	expect(changed(before, after)).toEqual([]);
	expect(leftoverFiles(before.keys(), after, choice)).toEqual(['snapshot/fields/articles/title.json']);
});

test('only files of a schema are left over, and only where the schema was written', () => {
	const whole = files(example(), { ...choice, split: false });
	const before = ['snapshot/README.md', 'specs/openapi.json', 'collections/roles.json', 'snapshot/info.json'];
	expect(leftoverFiles(before, whole, choice)).toEqual(['snapshot/info.json']);
	expect(leftoverFiles(before, files(example(), { ...choice, schema: false }), choice)).toEqual([]);
});

test('names never lead out of the folder', () => {
	const bundle = example();
	const fields = ['../../../etc/passwd', '..', 'a/b', 'a\\b'].map((field) => ({ collection: 'articles', field }));
	bundle.schema = bundle.schema && { ...bundle.schema, fields: [...bundle.schema.fields, ...fields] };
	const dump = files(bundle);
	expect([...dump.keys()].filter((file) => file.includes('..') || file.includes('\\')).join(' ')).toBe(
		'snapshot/fields/articles/..%2F..%2F..%2Fetc%2Fpasswd.json',
	);
	expect(readDump(dump, choice).bundle?.schema?.fields).toHaveLength(9);
});

test('only what is chosen is read and written', () => {
	const partly = { ...choice, kinds: ['roles' as const], schema: false };
	expect([...files(example(), partly).keys()]).toEqual(['collections/roles.json']);
	const { bundle, issues } = readDump(new Map([['collections/roles.json', '[]']]), partly);
	expect(issues).toEqual([]);
	expect(bundle).toEqual({ version: 1, directus: null, schema: null, elements: { roles: [] } });
});

describe('a dump of directus-sync', () => {
	const access = (bundle: Bundle | null, name: string) =>
		bundle?.elements.policies?.find((policy) => policy['name'] === name)?.['roles'];
	const withRoles = (roles: Record<string, unknown[]>) =>
		withFile(files(), 'collections/policies.json', (policies) =>
			policies.map((policy) => ({ ...policy, roles: roles[String(policy['name'])] ?? policy['roles'] })),
		);

	test('3.4 that does not say whether a policy is public or a user’s makes nothing public', () => {
		const dump = withRoles({ Editing: [{ role: null, sort: null }] });
		const { bundle, issues, warnings } = readDump(dump, choice);
		expect(issues).toEqual([]);
		expect(access(bundle, 'Editing')).toEqual([]);
		expect(access(bundle, '$t:public_label')).toEqual([{ role: null, sort: 1 }]);
		expect(warnings).toMatchObject([{ code: 'unclear_access', file: 'collections/policies.json', path: '/2/roles/0' }]);
	});

	test('3.5 that says so is believed', () => {
		const dump = withRoles({
			Editing: [
				{ role: null, user: 'u', sort: 1 },
				{ role: null, user: null, sort: 2 },
				{ role: 'r', user: null, sort: 3 },
			],
		});
		expect(access(readDump(dump, choice).bundle, 'Editing')).toEqual([
			{ role: null, sort: 2 },
			{ role: 'r', sort: 3 },
		]);
	});

	test('keeps its form, and loses what would open a user’s policy to everybody', () => {
		const bundle = example();
		const policies = bundle.elements.policies?.map((policy) =>
			policy['name'] === 'Editing' ? { ...policy, roles: [{ role: null, sort: 1 }] } : policy,
		);
		const written = writeDump({ ...bundle, elements: { ...bundle.elements, policies } }, choice, new Map());
		expect(list(written, 'collections/policies.json')[2]?.['roles']).toEqual([{ role: null, sort: 1, user: null }]);
		expect(list(written, 'collections/policies.json')[1]?.['roles']).toEqual([{ role: null, sort: 1 }]);
		expect(access(readDump(written, choice).bundle, 'Editing')).toEqual([{ role: null, sort: 1 }]);
		const unclear = withRoles({
			Editing: [{ role: null, sort: null }, ...(access(example(), 'Editing') as unknown[])],
		});
		expect(writeDump(example(), choice, unclear).get('collections/policies.json')).toBe(
			files().get('collections/policies.json'),
		);
	});

	test('has secrets that are not pushed, and webhooks that nobody has any more', () => {
		const dump = withFile(files(), 'collections/settings.json', ([settings]) => [
			{ ...settings, mapbox_key: 'pk.1', license_key: null, ai_openai_api_key: '**********', project_url: 'x' },
		]).set('collections/webhooks.json', '[]');
		const { bundle, warnings } = readDump(dump, choice);
		expect(bundle).toEqual(example());
		expect(warnings.map(({ code, path }) => `${code} ${path}`)).toEqual(['secret /0/mapbox_key', 'unknown_kind ']);
	});

	test('has the collections of this extension, which are left out', () => {
		const dump = new Map(files())
			.set('snapshot/collections/cache_flush_targets.json', '{"collection":"cache_flush_targets"}')
			.set('snapshot/fields/cache_flush_targets/url.json', '{"collection":"cache_flush_targets","field":"url"}');
		expect(readDump(dump, choice).bundle).toEqual(example());
		expect(readDump(dump, { ...choice, own: true }).bundle?.schema?.collections).toHaveLength(3);
		// What is neither read nor written is not removed either.
		expect(leftoverFiles(dump.keys(), files(), choice)).toEqual([]);
		expect(leftoverFiles(dump.keys(), files(), { ...choice, own: true })).toHaveLength(2);
	});
});

test('an issue of a later step finds its file and line', () => {
	const { places } = readDump(files(), choice);
	const issue = { file: null, code: 'x', message: 'wrong' };
	expect(places.locate({ ...issue, path: 'roles:_sync_default_admin_role/parent' })).toMatchObject({
		file: 'collections/roles.json',
		path: '/0/parent',
		message: 'line 4: wrong',
	});
	expect(places.locate({ ...issue, path: 'fields:articles.Title' })).toMatchObject({
		file: 'snapshot/fields/articles/Title_2.json',
		path: '',
		message: 'line 1: wrong',
	});
	expect(places.locate({ ...issue, path: 'roles:unknown' })).toMatchObject({ file: null, path: 'roles:unknown' });
	expect(places.of('roles', '_sync_default_admin_role')).toEqual({
		file: 'collections/roles.json',
		path: '/0',
		line: 2,
	});
});
