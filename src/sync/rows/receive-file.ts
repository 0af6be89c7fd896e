import type { Row } from '../../kernel/core/row.js';
import type { Accountability, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BytesRefused } from '../core/wire/bytes-refused.js';
import { CONTENT_COLUMNS, FILES } from '../../kernel/core/file-content.js';
import { refusedFile, type FileLimits } from '../core/wire/file-limits.js';
import { saveFileDigest } from '../tables/sync-file-table.js';
import type { DirectusServices } from '../../kernel/directus-services.js';

/** What the system says where there is no room left for a file. */
const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG'];

function whyRefused(error: unknown, id: string, folder: string): unknown {
	const { code, status } = error as { code?: string; status?: number };
	if (NO_ROOM.includes(code ?? ''))
		return new BytesRefused(
			507,
			'INSUFFICIENT_STORAGE',
			`there is no room for file ${id} in ${folder}: free some, or set TEMP_PATH to a folder with more`,
		);
	// Directus keeps the reason for its log.
	if (status === 503)
		return new BytesRefused(
			503,
			'SERVICE_UNAVAILABLE',
			`the storage here did not take file ${id}: see whether it has room and may be written; the log of Directus says why`,
		);
	return error;
}

/** What reading and writing the bytes of files needs. */
export interface FilePorts {
	database: Knex;
	services: DirectusServices;
	/** The folder in which files are kept while they arrive (Directus' `TEMP_PATH`). */
	temporary: string;
	limits: FileLimits;
	getSchema: () => Promise<SchemaOverview>;
}

/** Which bytes a row of a file had when they were digested. */
export const versionOf = (row: Row): string => JSON.stringify(CONTENT_COLUMNS.map((column) => plain(row[column])));

const plain = (value: unknown) =>
	value instanceof Date ? value.getTime() : value === undefined ? null : String(value);

/** Takes bytes of files, and stores them through Directus' own services if they are what they are said to be. */
export function createFileReceiver({ database, services, getSchema, temporary, limits }: FilePorts) {
	/**
	 * Writes bytes that arrive to a file that is there, in the user's name, if they are what they are said to be.
	 * @throws BytesRefused where they are not taken: the file is unknown, they arrived changed, there is no room, or Directus
	 * lets nobody upload such files
	 */
	async function receive(
		{ id, sha256 }: { id: string; sha256: string },
		stream: Readable,
		accountability: Accountability,
	): Promise<void> {
		const row = await fileRow(id);
		if (!row) throw new BytesRefused(404, 'FILE_NOT_FOUND', `there is no file ${id} here`);
		mustBeAllowed({ type: row['type'] });
		let size = 0;
		const folder = resolve(temporary);
		const held = join(folder, `downstream-${randomUUID()}`);
		const hash = createHash('sha256');
		const digest = new Transform({
			transform(chunk: Buffer, _encoding, done) {
				hash.update(chunk);
				size += chunk.length;
				const refused = refusedFile({ size }, limits);
				done(refused && new BytesRefused(413, refused.code, refused.message), chunk);
			},
		});
		try {
			await mkdir(folder, { recursive: true });
			await pipeline(stream, digest, createWriteStream(held));
			const actual = hash.digest('hex');
			if (actual !== sha256)
				throw new BytesRefused(
					422,
					'BYTES_CHANGED',
					`the bytes of file ${id} arrived changed: expected SHA-256 ${sha256}, got ${actual}`,
				);
			await store(id, sha256, createReadStream(held), accountability);
		} catch (error) {
			throw whyRefused(error, id, folder);
		} finally {
			await rm(held, { force: true });
		}
	}

	async function store(id: string, sha256: string, stream: Readable, accountability: Accountability): Promise<void> {
		const row = await fileRow(id);
		if (!row) throw new BytesRefused(404, 'FILE_NOT_FOUND', `there is no file ${id} here`);
		mustBeAllowed({ type: row['type'] });
		const files = new services.FilesService({ knex: database, schema: await getSchema(), accountability });
		const { type, filename_download, storage, title, folder } = row;
		await files.uploadOne(stream, { type, filename_download, storage, title, folder }, id);
		const after = await fileRow(id);
		if (after) await saveFileDigest(database, { file: id, sha256, version: versionOf(after) });
	}

	function mustBeAllowed(file: { type: unknown }): void {
		const refused = refusedFile(file, limits);
		if (refused) throw new BytesRefused(415, refused.code, refused.message);
	}

	const fileRow = (id: string) => database(FILES).where({ id }).first<Row | undefined>();

	return { receive, store, fileRow };
}
