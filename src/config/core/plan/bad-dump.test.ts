import { expect, test } from 'vitest';
import { bundleOf } from '../elements/bundle-of.js';
import { readDump, writeDump } from '../dump/dump-files.js';
import { counter, EVERYTHING, exampleState } from '../../../../test/fixtures/example-state.js';

const choice = EVERYTHING;
const good = writeDump(bundleOf(exampleState(), choice, counter()).bundle, choice, new Map());

/** What is said of the good dump after a change to it: `file path code`, and the message of the first. */
function said(change: (dump: Map<string, string>) => unknown, form = choice): { issues: string[]; message: string } {
	const dump = new Map(good);
	change(dump);
	const { bundle, issues } = readDump(dump, form);
	expect(bundle === null).toBe(issues.length > 0);
	expect(issues.every(({ message }) => message !== '')).toBe(true);
	return {
		issues: issues.map(({ file, path, code }) => `${file} ${path} ${code}`),
		message: `${issues[0]?.message}; ${issues[0]?.suggestion}`,
	};
}

const replace = (file: string, from: string | RegExp, to: string) => (dump: Map<string, string>) =>
	dump.set(file, (dump.get(file) ?? '').replace(from, to));

const roles = 'collections/roles.json';

test('a good dump is good', () => {
	expect(said(() => null).issues).toEqual([]);
});

test('a missing file does not mean that there is nothing', () => {
	const { issues, message } = said((dump) => dump.delete(roles));
	expect(issues).toEqual([`${roles}  missing_file`]);
	expect(message).toContain('--exclude-collections roles');
});

test('a dump of Directus 10 is named as such, once', () => {
	const old = (dump: Map<string, string>) => {
		dump.delete('collections/policies.json');
		dump.set(roles, '[{ "_syncId": "r", "name": "Editor", "admin_access": false, "app_access": true }]');
		dump.set('collections/permissions.json', '[{ "_syncId": "p", "role": "r", "collection": "a", "action": "read" }]');
		replace('snapshot/info.json', /"directus": "[^"]*"/, '"directus": "10.13.1"')(dump);
	};
	const { issues, message } = said(old);
	expect(issues).toEqual(['collections/permissions.json  older_directus']);
	expect(message).toMatch(/Directus 10\.13\.1, .*no policies.*--exclude-collections roles,policies,permissions/);
	// Without them the rest is a good dump.
	const rest = {
		...choice,
		kinds: choice.kinds.filter((kind) => !['roles', 'policies', 'permissions'].includes(kind)),
	};
	expect(said(old, rest).issues).toEqual([]);
	// A dump of today that lost a file is none.
	expect(said((dump) => dump.delete('collections/policies.json')).issues).toEqual([
		'collections/policies.json  missing_file',
	]);
});

test('nothing at all is a mistake in every part', () => {
	const { issues } = said((dump) => dump.clear());
	expect(issues).toHaveLength(12);
	expect(issues).toContain('snapshot/info.json  missing_file');
});

test('a truncated file is refused at the line where it ends', () => {
	const lines = (good.get(roles) ?? '').split('\n').length;
	for (const share of [0.3, 0.6, 0.9]) {
		const { issues, message } = said((dump) => {
			const text = dump.get(roles) ?? '';
			dump.set(roles, text.slice(0, Math.floor(text.length * share)));
		});
		expect(issues).toHaveLength(1);
		expect(issues[0]).toMatch(/^collections\/roles\.json .*invalid_json$/);
		expect(Number(/line (\d+)/.exec(message)?.[1])).toBeLessThan(lines);
		expect(message).toContain('restore');
	}
});

test.each([
	['an empty file', '', 'empty_file', 'the file is empty'],
	['a conflict', '[\n  {\n<<<<<<< HEAD\n    "a": 1\n=======\n', 'conflict_marker', 'line 3 is a conflict marker'],
	['a comma too much', '[\n  {"_syncId": "a"},\n]', 'invalid_json', 'line 3: expected a value'],
	['something behind it', '[]\n[]', 'invalid_json', 'line 2: expected the end of the file'],
	['no list', '{"roles": []}', 'wrong_type', 'line 1: expected a list of roles, got an object'],
	['null', 'null', 'wrong_type', 'line 1: expected a list of roles, got nothing'],
	['no object', '[\n1\n]', 'wrong_type', 'line 2: expected an object, got a number'],
	['no SyncID', '[\n  { "name": "Editor" }\n]', 'missing_sync_id', 'line 2: Editor has no _syncId'],
	['an empty SyncID', '[{ "_syncId": "" }]', 'missing_sync_id', 'line 1: an element has no _syncId'],
	[
		'a SyncID twice',
		'[\n{ "_syncId": "a" },\n{ "_syncId": "a" }\n]',
		'duplicate_sync_id',
		'line 3: the _syncId a is in line 2',
	],
	[
		'a key twice',
		'[\n{ "_syncId": "a",\n"name": "A",\n"name": "B" }\n]',
		'duplicate_key',
		'line 4: "name" stands twice',
	],
])('%s is refused, with its place', (_, text, code, message) => {
	const found = said((dump) => dump.set(roles, text));
	expect(found.issues).toHaveLength(1);
	expect(found.issues[0]?.endsWith(` ${code}`)).toBe(true);
	expect(found.issues[0]?.startsWith(`${roles} `)).toBe(true);
	expect(found.message).toContain(message);
});

test('everything that is wrong is said at once', () => {
	const { issues } = said((dump) => {
		dump.set(roles, '[').set('collections/flows.json', '{}').delete('collections/panels.json');
		dump.set('snapshot/fields/articles/title.json', '');
	});
	expect(issues).toEqual([
		'collections/flows.json  wrong_type',
		`${roles}  invalid_json`,
		'collections/panels.json  missing_file',
		'snapshot/fields/articles/title.json  empty_file',
	]);
});

test('a file of no known kind is named, with what it may be', () => {
	const { issues, message } = said((dump) => dump.set('collections/permision.json', '[]'));
	expect(issues).toEqual(['collections/permision.json  unknown_kind']);
	expect(message).toContain('permissions.json');
	expect(said((dump) => dump.set('collections/README.md', '# ours').set('seed/a.json', '!')).issues).toEqual([]);
});

test('settings are there once', () => {
	expect(said((dump) => dump.set('collections/settings.json', '[{"_syncId":"a"},{"_syncId":"b"}]')).issues).toEqual([
		'collections/settings.json /1 too_many',
	]);
});

test('invalid attachments of a policy', () => {
	const { issues } = said(
		replace(
			'collections/policies.json',
			/"roles": \[[^\]]*\]/,
			'"roles": [{"role": 5}, 1, {"role": "a", "sort": "1"}]',
		),
	);
	expect(issues.map((issue) => issue.split(' ')[1])).toEqual(['/0/roles/0', '/0/roles/1', '/0/roles/2']);
	expect(said(replace('collections/policies.json', /"roles": \[[^\]]*\]/, '"roles": {}')).issues).toHaveLength(1);
});

test('a schema without its first file is no schema', () => {
	expect(said((dump) => dump.delete('snapshot/info.json')).issues).toEqual(['snapshot/info.json  missing_file']);
	expect(said(replace('snapshot/info.json', '"version": 1', '"version": "one"')).issues).toEqual([
		'snapshot/info.json /version wrong_type',
	]);
	expect(said((dump) => dump.set('snapshot/info.json', '[]')).issues).toEqual(['snapshot/info.json  wrong_type']);
});

test.each([
	['another field', '"field": "titel"', 'the field articles.titel'],
	['another collection', '"field": "title",\n  "collection": "posts"', 'the field posts.title'],
])('a field file that holds %s is refused', (_, to, message) => {
	const file = 'snapshot/fields/articles/title.json';
	const found = said((dump) => {
		const text = (dump.get(file) ?? '').replace(/"collection": "articles",\n {2}/, '').replace('"field": "title"', to);
		dump.set(file, text.includes('"collection": "posts"') ? text : text.replace('{', '{\n  "collection": "articles",'));
	});
	expect(found.issues).toEqual([`${file}  misplaced`]);
	expect(found.message).toContain(message);
});

test('the same field in two files is refused', () => {
	const found = said((dump) =>
		dump.set('snapshot/fields/articles/id_2.json', dump.get('snapshot/fields/articles/id.json') ?? ''),
	);
	expect(found.issues).toEqual(['snapshot/fields/articles/id_2.json  duplicate']);
	expect(found.message).toContain('snapshot/fields/articles/id.json, line 1');
});

test('a field file without a collection is refused', () => {
	expect(said((dump) => dump.set('snapshot/fields/articles/x.json', '{"field":"x"}')).issues).toEqual([
		'snapshot/fields/articles/x.json /collection wrong_type',
	]);
});

test('a folder of the schema that went missing is not taken for fields that shall go', () => {
	const without = (prefix: string) => (dump: Map<string, string>) => {
		for (const file of dump.keys()) if (file.startsWith(prefix)) dump.delete(file);
	};
	expect(said(without('snapshot/collections/')).issues).toEqual([
		'snapshot/fields/articles/Title_2.json  incomplete_snapshot',
	]);
	expect(said(without('snapshot/collections/')).message).toContain('4 fields of "articles" without the collection');
	expect(said(without('snapshot/fields/')).issues).toEqual([
		'snapshot/relations/articles/author.json  incomplete_snapshot',
		'snapshot/collections/articles_2.json  incomplete_snapshot',
	]);
	expect(said((dump) => dump.delete('snapshot/fields/articles/author.json')).issues).toEqual([
		'snapshot/relations/articles/author.json  incomplete_snapshot',
	]);
});

test('a schema in both forms is refused, as is a file that belongs to none', () => {
	expect(said((dump) => dump.set('snapshot/snapshot.json', '{}')).issues).toEqual([
		'snapshot/snapshot.json  ambiguous_snapshot',
	]);
	const { issues, message } = said((dump) => dump.set('snapshot/field/articles/x.json', '{}'));
	expect(issues).toEqual(['snapshot/field/articles/x.json  unknown_file']);
	expect(message).toContain('move it to fields/');
});

test('a schema in one file is checked like a split one', () => {
	const form = { ...choice, split: false };
	const whole = writeDump(bundleOf(exampleState(), choice, counter()).bundle, form, new Map()).get(
		'snapshot/snapshot.json',
	);
	const read = (change: (text: string) => string) =>
		said((dump) => {
			for (const file of dump.keys()) if (file.startsWith('snapshot/')) dump.delete(file);
			dump.set('snapshot/snapshot.json', change(whole ?? ''));
		}, form).issues;
	expect(read((text) => text)).toEqual([]);
	expect(read((text) => text.replace('"field": "title",', '"field": "id",'))).toEqual([
		'snapshot/snapshot.json /fields/1 duplicate',
	]);
	expect(read((text) => text.replace('"relations": [', '"relationen": ['))).toEqual([
		'snapshot/snapshot.json /relations wrong_type',
	]);
	expect(read((text) => text.slice(0, 200))[0]).toMatch(/invalid_json$/);
});
