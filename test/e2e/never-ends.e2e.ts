import { createHash } from 'node:crypto';
import { request as open } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROTOCOL } from '../../src/contract/sync-messages.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';

const MB = 1024 * 1024;

interface Upload {
	/** How many bytes of zeros. */
	size: number;
	/** Without saying beforehand how many. */
	chunked?: boolean;
	/** Hangs up after so many. */
	until?: number;
}

/** One upload, sent to its end whatever is answered meanwhile, as many clients do. */
function upload(directus: Directus, path: string, { size, chunked = false, until }: Upload) {
	return new Promise<{ status: number; text: string } | 'broken'>((resolve) => {
		const outgoing = open(
			`${directus.url}${path}`,
			{
				method: 'POST',
				headers: {
					authorization: `Bearer ${directus.token}`,
					'content-type': 'application/octet-stream',
					...(chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': size }),
				},
			},
			(answer) => {
				const chunks: Buffer[] = [];
				answer.on('data', (chunk: Buffer) => chunks.push(chunk));
				answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
				answer.on('error', () => resolve('broken'));
			},
		);
		outgoing.on('error', () => resolve('broken'));
		const zeros = Buffer.alloc(MB);
		const next = (sent: number): void => {
			if (until !== undefined && sent >= until) return void outgoing.destroy();
			if (sent >= size) return void outgoing.end();
			const piece = zeros.subarray(0, Math.min(MB, size - sent));
			outgoing.write(piece, () => next(sent + piece.length));
		};
		next(0);
	});
}

for (const version of sampledVersions(import.meta.url)) {
	describe(`a body, however large, does not end Directus ${version}`, () => {
		let directus: Directus;
		let pid: number | undefined;
		const bytesPath = (file: string, sha256 = createHash('sha256').update('').digest('hex')) =>
			`/downstream/sync/files?${new URLSearchParams({ protocol: String(PROTOCOL), from: 'a'.repeat(12), file, sha256 })}`;

		beforeAll(async () => {
			directus = await startDirectus({ version, database: 'sqlite', content: true });
			pid = directus.process.pid;
		});
		afterAll(() => directus?.stop());

		/** The same process as before, which goes on answering. */
		async function lives(): Promise<void> {
			expect(await directus.data('GET', '/downstream/status')).toMatchObject({ outbox: { error: null } });
			expect(directus.process.exitCode).toBeNull();
			expect(directus.process.pid).toBe(pid);
		}

		test.each(['/downstream/sync/apply', '/downstream/config/push', '/downstream/config/diff'])(
			'is refused with what to do when %s gets more than 32 MB',
			async (path) => {
				for (const body of [{ size: 33 * MB }, { size: 33 * MB, chunked: true }]) {
					const answer = await upload(directus, path, body);
					expect(answer).toMatchObject({ status: 413, text: expect.stringMatching(/larger than 32 MB; send less/) });
				}
				await lives();
			},
		);

		test('is refused when 300 MB come in chunks', async () => {
			expect(await upload(directus, '/downstream/config/push', { size: 300 * MB, chunked: true })).toMatchObject({
				status: 413,
			});
			await lives();
		});

		test('is forgotten when the client hangs up', async () => {
			for (const until of [0, MB, 5 * MB])
				for (const path of ['/downstream/sync/apply', '/downstream/config/push', bytesPath(crypto.randomUUID())])
					await upload(directus, path, { size: 20 * MB, chunked: until === MB, until });
			await lives();
		});

		test('is refused when it belongs to a file whose bytes are not expected', async () => {
			for (const chunked of [false, true]) {
				const answer = await upload(directus, bytesPath(crypto.randomUUID()), { size: 40 * MB, chunked });
				expect(answer).toMatchObject({ status: 409, text: expect.stringContaining('BYTES_NOT_AWAITED') });
				await lives();
			}
		});
	});
}
