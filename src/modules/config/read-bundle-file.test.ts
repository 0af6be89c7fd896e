import { describe, expect, it } from 'vitest';
import { readBundleFile } from './read-bundle-file.js';

const bundle = { version: 1, directus: '12.4.0', schema: null, elements: { roles: [] } };

describe('a file that somebody drops', () => {
	it('is a bundle, also with a mark of its encoding or in an answer of the endpoint', async () => {
		expect(await readBundleFile(`\uFEFF${JSON.stringify(bundle)}\n`)).toEqual({ bundle });
		expect(await readBundleFile(JSON.stringify({ data: bundle }))).toEqual({ bundle });
	});

	it.each([
		['', 'empty'],
		[JSON.stringify(bundle).slice(0, -5), 'cut'],
		['{"version": 1,\n"elements": }', 'no_json'],
		['not JSON at all', 'no_json'],
		['<<<<<<< HEAD\n{}', 'no_json'],
		['[]', 'other'],
		['{"a": 1}', 'other'],
		['{"elements": {"roles": [], "roles": []}}', 'no_json'],
		['{"version": 1, "changes": []}', 'plan'],
		['{"collections": [], "fields": [], "relations": []}', 'snapshot'],
	])('is none: %j', async (text, problem) => {
		expect(await readBundleFile(text)).toMatchObject({ problem });
	});

	it('is known to be cut off wherever that happened', async () => {
		const text = JSON.stringify(
			{ ...bundle, elements: { roles: [{ _syncId: 'a', name: 'An "editor"\n[of news]' }] } },
			null,
			2,
		);
		for (let end = 1; end < text.length; end++)
			expect(await readBundleFile(text.slice(0, end)), text.slice(0, end)).toMatchObject({ problem: 'cut' });
	});

	it('is told with the line that cannot be read', async () => {
		expect(await readBundleFile('{\n"elements": {\n"roles": nothing }}')).toMatchObject({
			detail: expect.stringContaining('line 3'),
		});
	});
});
