import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { MOST_VALUES } from '../kernel/core/json-values.js';
import { hasMoreValues, readBody } from './read-body.js';

/** A body as it comes in, of another instance where nothing else is said. */
const read = (body: string | Buffer, path = '/sync/apply') => {
	const request = Object.assign(new PassThrough(), {
		headers: { 'content-type': 'application/octet-stream' },
		socket: {},
		complete: true,
	});
	request.end(body);
	return readBody(request as never, path);
};
const apply = (changes: string) => `{"protocol":1,"from":"anotherinst0","changes":[${changes}]}`;

it.each([
	['values', `${'1,'.repeat(MOST_VALUES)}1`],
	['lists within each other', `${'['.repeat(MOST_VALUES + 1)}${']'.repeat(MOST_VALUES + 1)}`],
	['objects', `${'{},'.repeat(MOST_VALUES)}{}`],
])('refuses more %s than can be read without holding everything up, packed or not', async (_, changes) => {
	for (const body of [apply(changes), gzipSync(apply(changes))])
		await expect(read(body)).rejects.toMatchObject({
			tooLarge: true,
			message: expect.stringContaining('500,000 values'),
		});
});

it('refuses what is far larger when it is unpacked', async () => {
	await expect(read(gzipSync(apply(`"${'x'.repeat(65 * 1024 * 1024)}"`)))).rejects.toMatchObject({
		tooLarge: true,
		message: expect.stringContaining('64 MB'),
	});
});

it('takes a single row with much text, and a configuration with many values', async () => {
	const text = 'lorem ipsum '.repeat(2_000_000);
	expect(await read(gzipSync(apply(JSON.stringify(text))))).toMatchObject({ changes: [text] });
	const many = `[${'1,'.repeat(MOST_VALUES)}1]`;
	expect(await read(many, '/config/push')).toHaveLength(MOST_VALUES + 1);
});

it('counts over the ends of its pieces', async () => {
	for (const length of [0, 10, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 3 * 1024 * 1024]) {
		const json = Buffer.alloc(length, ',');
		expect(await hasMoreValues(json, length)).toBe(false);
		if (length > 0) expect(await hasMoreValues(json, length - 1)).toBe(true);
	}
});
