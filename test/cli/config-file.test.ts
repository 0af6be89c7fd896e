import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfigFile } from '../../src/cli/config-file.js';
import { Failure } from '../../src/cli/failure.js';
import { resolveOptions } from '../../src/cli/options.js';
import { folderWith } from './run.js';

const valuesOf = async (folder: string, named?: string) => (await loadConfigFile(folder, named))?.values;
const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
	const error = await work.then(
		() => null,
		(reason: unknown) => reason,
	);
	if (error instanceof Failure) return error;
	throw new Error(`expected a failure, got ${String(error)}`);
};

describe('a configuration file', () => {
	test.each([
		['downstream.config.json', '{ "directusUrl": "http://a" }'],
		['downstream.config.mjs', 'export default { directusUrl: "http://a" };'],
		['downstream.config.cjs', 'module.exports = { directusUrl: "http://a" };'],
		['downstream.config.js', 'export default { directusUrl: "http://a" };'],
		['downstream.config.ts', 'const url: string = "http://a"; export default { directusUrl: url };'],
		['directus-sync.config.js', 'module.exports = { directusUrl: "http://a" };'],
		['directus-sync.config.cjs', 'module.exports = { directusUrl: "http://a" };'],
		['directus-sync.config.json', '\uFEFF{ "directusUrl": "http://a" }'],
	])('may be called %s', async (name, text) => {
		const isModule = text.startsWith('export') || text.startsWith('const');
		const folder = folderWith({ [name]: text, 'package.json': isModule ? '{ "type": "module" }' : '{}' });
		expect(await valuesOf(folder)).toEqual({ directusUrl: 'http://a' });
	});

	test('is looked for upwards, ours before that of directus-sync', async () => {
		const folder = folderWith({
			'directus-sync.config.json': { dumpPath: './theirs' },
			'downstream.config.json': { dumpPath: './ours' },
			'a/b/.keep': '',
		});
		const found = await loadConfigFile(join(folder, 'a/b'), undefined);
		expect(found?.file).toBe(join(folder, 'downstream.config.json'));
		const options = resolveOptions(join(folder, 'a/b'), {}, found, {});
		expect(options.dumpPath).toBe(join(folder, 'ours'));
	});

	test('that is named is read from there, with paths from where the person is', async () => {
		const folder = folderWith({ 'config/my.json': { dumpPath: './dump' } });
		const found = await loadConfigFile(folder, 'config/my.json');
		expect(resolveOptions(folder, {}, found, {}).dumpPath).toBe(join(folder, 'dump'));
		expect((await failureOf(loadConfigFile(folder, 'nope.js'))).message).toMatch(/does not exist/);
	});

	test('extends others: the nearer value wins, objects are merged, lists put together, circles end', async () => {
		const folder = folderWith({
			'downstream.config.cjs':
				'module.exports = { extends: ["./a.cjs", "./b/b.json"], sortJson: true, excludeCollections: ["flows"], hooks: { flows: { onLoad: (all) => all } } };',
			'a.cjs':
				'module.exports = { extends: ["./downstream.config.cjs"], directusUrl: "http://a", sortJson: false, hooks: { flows: { onSave: (all) => all }, roles: { onDump: (all) => all } } };',
			'b/b.json': { extends: '../c.json', directusUrl: 'http://b', excludeCollections: ['directus_roles'] },
			'c.json': { split: false, excludeCollections: ['flows', 'settings'] },
		});
		const values = await valuesOf(folder);
		expect(values).toMatchObject({ sortJson: true, directusUrl: 'http://a', split: false });
		expect(values?.excludeCollections?.toSorted()).toEqual(['flows', 'roles', 'settings']);
		expect(Object.keys(values?.hooks?.flows ?? {}).toSorted()).toEqual(['onLoad', 'onSave']);
		expect(values?.hooks?.roles?.onDump).toBeTypeOf('function');
	});

	test('that extends what is not there is refused', async () => {
		const folder = folderWith({ 'downstream.config.json': { extends: ['./gone.js'] } });
		const failure = await failureOf(loadConfigFile(folder, undefined));
		expect(failure.message).toContain('./gone.js');
		expect(failure.where).toContain('extends');
	});

	test('names every wrong key, what was expected, and the key that was meant', async () => {
		const folder = folderWith({
			'downstream.config.cjs':
				'module.exports = { dumpPath: 5, exludeCollections: [], onlyCollections: ["role"], preserveIds: ["permissions"], hooks: { flows: { onLoad: "x" }, foo: {} } };',
		});
		const { details, where, advice } = await failureOf(loadConfigFile(folder, undefined));
		expect(where).toContain('downstream.config.cjs');
		expect(advice).not.toBeNull();
		const told = Object.fromEntries(details.map(({ place, message, suggestion }) => [place, suggestion ?? message]));
		expect(told).toMatchObject({
			dumpPath: expect.stringMatching(/expected string/),
			exludeCollections: 'excludeCollections',
			onlyCollections: expect.stringMatching(/did you mean "roles"/),
			preserveIds: expect.stringMatching(/ids of permissions cannot be kept/),
			'hooks.flows.onLoad': 'expected a function',
			'hooks.foo': 'there is no such key',
		});
	});

	test('may have keys of others, which are told', async () => {
		const folder = folderWith({ 'downstream.config.json': { somethingElseEntirely: 1, split: false } });
		const loaded = await loadConfigFile(folder, undefined);
		expect(loaded?.values).toEqual({ split: false });
		expect(loaded?.warnings).toEqual([expect.stringContaining('somethingElseEntirely')]);
	});

	test('that cannot be read says where and what to do', async () => {
		const broken = folderWith({ 'downstream.config.json': '{ "a": 1, }' });
		expect((await failureOf(loadConfigFile(broken, undefined))).message).toMatch(/not valid JSON/);
		const throwing = folderWith({ 'downstream.config.mjs': 'throw new Error("no vault");' });
		expect((await failureOf(loadConfigFile(throwing, undefined))).message).toMatch(/no vault/);
		const nothing = folderWith({ 'downstream.config.cjs': 'module.exports = 5;' });
		expect((await failureOf(loadConfigFile(nothing, undefined))).message).toMatch(/no object/);
	});
});

describe('options', () => {
	const file = (values: object) => ({ file: '/p/downstream.config.js', base: '/p', values, warnings: [] });

	test('come from flags, then environment, then file, then defaults', () => {
		const saved = file({ directusUrl: 'http://file', dumpPath: 'saved', specs: false, requestTimeout: 5 });
		const environment = { DIRECTUS_URL: 'http://env', DIRECTUS_TOKEN: '' };
		expect(resolveOptions('/w', {}, null, {})).toMatchObject({
			dumpPath: '/w/directus-config',
			collectionsPath: 'collections',
			snapshotPath: 'snapshot',
			specsPath: 'specs',
			specs: true,
			split: true,
			kinds: expect.arrayContaining(['settings', 'presets']),
			keep: 'last',
			wait: { interval: 5, timeout: 90, successes: 1 },
		});
		expect(resolveOptions('/w', {}, saved, environment)).toMatchObject({
			login: { url: 'http://env', token: null },
			dumpPath: '/p/saved',
			specs: false,
			requestTimeout: 5000,
		});
		expect(resolveOptions('/w', { directusUrl: 'http://flag', dumpPath: 'typed' }, saved, environment)).toMatchObject({
			login: { url: 'http://flag' },
			dumpPath: '/w/typed',
		});
	});

	test('take the credentials of one source: a password that is typed is not outdone by a token in the environment', () => {
		const environment = { DIRECTUS_TOKEN: 'env-token', DIRECTUS_ADMIN_EMAIL: 'env@x.y' };
		expect(resolveOptions('/w', {}, null, environment).login.token).toBe('env-token');
		expect(resolveOptions('/w', { directusPassword: 'typed' }, null, environment).login).toEqual({
			url: null,
			token: null,
			email: 'env@x.y',
			password: 'typed',
		});
	});

	test('choose kinds: -o takes the place of the file, what the file excludes stays out', () => {
		const saved = file({ onlyCollections: ['flows', 'roles', 'settings'], excludeCollections: ['settings'] });
		expect(resolveOptions('/w', {}, saved, {}).kinds).toEqual(['flows', 'roles']);
		expect(resolveOptions('/w', { onlyCollections: ['policies', 'settings'] }, saved, {}).kinds).toEqual(['policies']);
		expect(resolveOptions('/w', { excludeCollections: ['roles'] }, saved, {}).kinds).toEqual(['flows']);
		expect(resolveOptions('/w', { collections: false }, saved, {}).kinds).toEqual([]);
	});
});
