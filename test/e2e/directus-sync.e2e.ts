import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ELEMENT_KINDS } from '../../src/contract/bundle.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions, peerFile, peerFolder } from '../kit/playground.js';
import { filesIn, newFolder, runBuilt, runProgram, type Ran } from './cli-process.js';
import { push, someConfig } from './config-world.js';

describe.each(directusVersions())('what directus-sync from npm wrote, on Directus %s,', (version) => {
	const folder = newFolder();
	const dump = join(folder.path, 'directus-config');
	let directus: Directus;
	let other: Directus;
	/** What directus-sync left in the folder. */
	let theirs: Record<string, string>;

	beforeAll(async () => {
		const extraExtensions = [peerFolder('directus-extension-sync')];
		[directus, other] = await Promise.all([
			startDirectus({ version, database: 'sqlite', extraExtensions }),
			startDirectus({ version, database: 'sqlite' }),
		]);
		// Their extension has made its map as it started; whatever our push records in it is taken out again.
		expect(await directus.sql('directus_sync_id_map').count({ rows: '*' })).toEqual([{ rows: 0 }]);
		expect((await push(directus, someConfig(version, 0.06))).message).toBe('');
		await directus.sql('directus_sync_id_map').delete();
		await directus.sql('downstream_meta').where({ key: 'config:schema' }).delete();
		const pulled = await theirCli('pull');
		expect(pulled, pulled.out + pulled.err).toMatchObject({ code: 0 });
		theirs = filesIn(dump);
	});
	afterAll(async () => {
		await directus?.stop();
		await other?.stop();
		folder.remove();
	});

	const at = ({ url, token }: Directus) => ({ DIRECTUS_URL: url, DIRECTUS_TOKEN: token });
	const theirCli = (...argv: string[]): Promise<Ran> =>
		runProgram(process.execPath, [peerFile('directus-sync'), ...argv], {
			folder: folder.path,
			variables: at(directus),
		});
	const ours = (on: Directus, ...argv: string[]): Promise<Ran> => runBuilt(argv, folder.path, at(on));
	const listed = (kind: string) =>
		JSON.parse(readFileSync(join(dump, 'collections', `${kind}.json`), 'utf8')) as Record<string, unknown>[];
	const changedFiles = (before: Record<string, string>) => {
		const now = filesIn(dump);
		const all = new Set([...Object.keys(before), ...Object.keys(now)]);
		return [...all].filter((file) => before[file] !== now[file]).toSorted();
	};

	test('is no difference to the instance that it came from, dump and map both', async () => {
		for (const kind of ELEMENT_KINDS) expect(listed(kind).length, kind).toBeGreaterThan(0);
		const map = () => directus.sql('directus_sync_id_map').orderBy('id').select('table', 'sync_id', 'local_id');
		const before = await map();
		expect(before.length).toBeGreaterThan(50);
		const found = await ours(directus, 'diff', '--exit-code');
		expect(found, found.out + found.err).toMatchObject({ code: 0, out: expect.stringContaining('No changes.') });
		const pushed = await ours(directus, 'push');
		expect(pushed, pushed.err).toMatchObject({ code: 0, out: expect.stringContaining('No changes.') });
		expect(await map()).toEqual(before);
	});

	test('goes onto an empty instance in one push, and nothing is left to do', async () => {
		const pushed = await ours(other, 'push');
		expect(pushed, pushed.err).toMatchObject({ code: 0, out: expect.stringMatching(/\d+ created/) });
		const found = await ours(other, 'diff', '--exit-code');
		expect(found, found.out + found.err).toMatchObject({ code: 0, out: expect.stringContaining('No changes.') });
		expect(await other.sql('directus_panels').count({ rows: '*' })).toEqual([{ rows: listed('panels').length }]);
	});

	test('keeps its bytes in a pull, but for ids within JSON, which become SyncIDs', async () => {
		const pulled = await ours(directus, 'pull');
		expect(pulled, pulled.err).toMatchObject({ code: 0 });
		// Which extensions are switched on is in no dump of theirs.
		expect(changedFiles(theirs)).toEqual(['collections/extensions.json', 'collections/panels.json']);
		// Sync's own policy is no part of a configuration; what they wrote of it stays as it is.
		expect(listed('policies').map(({ name }) => name)).toContain('Data Sync');
		const role = listed('roles').find(({ name }) => name === 'Role 1')?.['_syncId'];
		expect(readFileSync(join(dump, 'collections/panels.json'), 'utf8')).toContain(String(role));
		expect(theirs['collections/panels.json']).not.toContain(String(role));
		// On the other instance the ids of this one mean nothing: with SyncIDs in the file they can be put right.
		expect((await ours(other, 'push')).out).toMatch(/0 created, \d+ changed, 0 deleted/);
		const again = filesIn(dump);
		expect((await ours(directus, 'pull')).out).toContain('Nothing changed');
		expect((await ours(other, 'pull', '--no-specs', '--no-extensions')).out).toContain('Nothing changed');
		expect(changedFiles(again)).toEqual([]);
	});

	test('changes in a later pull where something was changed, and nowhere else', async () => {
		const before = filesIn(dump);
		const [role] = await directus.data<{ id: string }[]>('GET', '/roles?filter[name][_eq]=Role 1');
		await directus.request('PATCH', `/roles/${role?.id}`, { description: 'Changed by hand.' });
		await ours(directus, 'pull');
		expect(changedFiles(before)).toEqual(['collections/roles.json']);
		const lines = (text: string | undefined) => new Set(text?.split('\n'));
		const now = lines(filesIn(dump)['collections/roles.json']);
		const old = lines(before['collections/roles.json']);
		expect([...now].filter((line) => !old.has(line))).toEqual([
			expect.stringContaining('"description": "Changed by hand."'),
		]);
	});

	test('and what we write is read by directus-sync again', async () => {
		writeFileSync(join(dump, 'collections/presets.json'), JSON.stringify(listed('presets')));
		const found = await theirCli('diff');
		expect(found, found.out + found.err).toMatchObject({ code: 0 });
		const told = found.out + found.err;
		for (const kind of ELEMENT_KINDS.filter((name) => name !== 'panels')) {
			for (const what of ['create', 'update', 'delete'])
				expect(told, `${kind}: ${what}`).not.toMatch(new RegExp(`\\[${kind}\\] To ${what}: [1-9]`));
		}
	});
});
