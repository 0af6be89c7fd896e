import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { createSyncFiles } from './sync-files.js';

const MB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'downstream-small-'));

/** Gives the folder room for 4 MB; false where this machine lets nobody do so. */
function makeSmall(): boolean {
	try {
		execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}
const isSmall = makeSmall();
afterAll(() => {
	if (isSmall) execFileSync('/bin/umount', [folder]);
	rmSync(folder, { recursive: true });
});

const files = (row: object | undefined) =>
	createSyncFiles({
		database: (() => ({ where: () => ({ first: async () => row }) })) as never,
		services: {} as never,
		getSchema: () => Promise.reject(new Error('not asked for')),
		temporary: folder,
		limits: { types: ['*/*'], size: null } as never,
	});
const asked = { id: 'a', sha256: '0'.repeat(64) };
const zeros = () => Readable.from(Array.from({ length: 9 }, () => Buffer.alloc(MB)));

test('tells that there is no such file when its bytes come', async () => {
	await expect(files(undefined).receive(asked, zeros(), {} as never)).rejects.toMatchObject({
		status: 404,
		code: 'FILE_NOT_FOUND',
	});
});

test.runIf(isSmall)('tells what to do, and leaves nothing behind, when the temporary folder has no room', async () => {
	await expect(files({ id: 'a', type: 'text/plain' }).receive(asked, zeros(), {} as never)).rejects.toMatchObject({
		status: 507,
		message: expect.stringMatching(/no room for file a .*TEMP_PATH/),
	});
	expect(readdirSync(folder)).toEqual([]);
});
