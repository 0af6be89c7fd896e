import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.js';
import { COMMANDS, type Flags } from '../../src/cli/flags.js';

const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean), '1.2.3');
const invocation = (line: string) => {
	const parsed = parse(line);
	if (parsed.outcome !== 'run') throw new Error(JSON.stringify(parsed));
	return parsed.invocation;
};
const flags = (line: string): Flags => invocation(line).flags;
const refused = (line: string) => {
	const parsed = parse(line);
	return parsed.outcome === 'refused' ? parsed.message : `not refused: ${JSON.stringify(parsed)}`;
};

describe('the command line', () => {
	test('takes every flag of directus-sync as people type it', () => {
		const dump =
			'--dump-path d --collections-path c --snapshot-path s -x roles,flows -o settings,roles --no-collections --no-snapshot --no-split';
		const global = '-u http://d -t token -e a@b.c -p pass -c f.js -d --sort-json';
		const taken = {
			dumpPath: 'd',
			collectionsPath: 'c',
			snapshotPath: 's',
			excludeCollections: ['roles', 'flows'],
			onlyCollections: ['settings', 'roles'],
			collections: false,
			snapshot: false,
			split: false,
			directusUrl: 'http://d',
			directusToken: 'token',
			directusEmail: 'a@b.c',
			directusPassword: 'pass',
			configPath: 'f.js',
			debug: true,
			sortJson: true,
		};
		expect(flags(`${global} pull ${dump} --specs-path p --no-specs --preserve-ids roles,panels`)).toEqual({
			...taken,
			specsPath: 'p',
			specs: false,
			preserveIds: ['roles', 'panels'],
		});
		expect(flags(`${global} diff ${dump} -f --pretty-diff`)).toEqual({ ...taken, force: true, prettyDiff: true });
		expect(flags(`${global} push ${dump} --force --max-push-retries 0 --preserve-ids *`)).toEqual({
			...taken,
			force: true,
			maxPushRetries: 0,
			preserveIds: 'all',
		});
		expect(flags('seed push --seed-path a b --max-push-retries 3')).toEqual({
			seedPath: ['a', 'b'],
			maxPushRetries: 3,
		});
	});

	test('knows global flags before and after the command', () => {
		expect(flags('diff -u http://a --json')).toEqual({ directusUrl: 'http://a', json: true });
		expect(flags('--json -u http://a diff')).toEqual({ directusUrl: 'http://a', json: true });
	});

	test('has no opinion where nothing was typed, so that the file and the environment can have one', () => {
		for (const command of ['pull', 'diff', 'push', 'seed diff', 'seed push', 'wait-server-ready'])
			expect(flags(command)).toEqual({});
	});

	test('knows the helpers by both names', () => {
		const typed = { collection: 'directus_roles', id: '4f' };
		expect(invocation('helpers untrack --collection directus_roles --id 4f').command).toBe('untrack');
		expect(flags('untrack --collection directus_roles --id 4f')).toEqual(typed);
		expect(flags('helpers remove-permission-duplicates --keep first')).toEqual({ keep: 'first' });
		expect(flags('helpers wait-server-ready --interval 1 --timeout 9 --successes 2')).toEqual({
			interval: 1,
			timeout: 9,
			successes: 2,
		});
	});

	test('takes kinds with and without their prefix, and names the one that was meant', () => {
		expect(flags('diff -o directus_roles,policies').onlyCollections).toEqual(['roles', 'policies']);
		expect(refused('diff -o polices')).toMatch(/"polices" is no kind of element; did you mean "policies"\?/);
		expect(refused('push --preserve-ids permissions')).toMatch(/ids of permissions cannot be kept/);
	});

	test('takes the new flags of a push', () => {
		expect(
			flags(
				'push --plan p.json --allow-destructive --allow-data-loss articles,articles.title --max-deletions 40 --dry-run --from http://b --from-token t --mirror --choose roles:a=1 flows:b=new',
			),
		).toEqual({
			plan: 'p.json',
			allowDestructive: true,
			allowDataLoss: ['articles', 'articles.title'],
			maxDeletions: 40,
			dryRun: true,
			from: 'http://b',
			fromToken: 't',
			mirror: true,
			choose: { 'roles:a': '1', 'flows:b': 'new' },
		});
		expect(flags('push --allow-data-loss').allowDataLoss).toBe(true);
		expect(refused('push --mirror --additive')).toMatch(/cannot be used with/);
		expect(refused('push --choose roles')).toMatch(/kind:syncId=id/);
	});

	test('says what is wrong', () => {
		expect(refused('')).toBe('No command was given.');
		expect(refused('pul')).toMatch(/unknown command 'pul'[^]*Did you mean pull\?/);
		expect(refused('pull --dump-pat x')).toMatch(/unknown option '--dump-pat'[^]*--dump-path/);
		expect(refused('untrack --id 1')).toMatch(/--collection/);
		expect(refused('wait-server-ready --timeout soon')).toMatch(/whole number of at least 1/);
		expect(refused('flush')).toMatch(/target/);
	});

	test('shows help for itself and every command, and the version', () => {
		expect(parse('--version')).toEqual({ outcome: 'shown', text: '1.2.3' });
		const help = parse('--help');
		expect(help.outcome).toBe('shown');
		for (const command of COMMANDS) {
			const parsed = parse(`${command} --help`);
			expect(parsed.outcome === 'shown' && parsed.text).toContain(`Usage: downstream ${command}`);
			expect(parsed.outcome === 'shown' && parsed.text).toMatch(/-u, --directus-url[^]*-t, --directus-token/);
			if (help.outcome === 'shown') expect(help.text).toContain(command.split(' ')[0]);
		}
	});
});
