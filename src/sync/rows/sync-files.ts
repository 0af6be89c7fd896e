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
import { CONTENT_COLUMNS, FILE_CONTENT, FILES } from '../../kernel/core/file-content.js';
import { refusedFile, type FileLimits } from '../core/wire/file-limits.js';
import { filesWithDigest, readFileDigests, saveFileDigest } from '../tables/sync-file-table.js';
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

/** The bytes of files: read, digested, and written through Directus' own services, whatever they are stored in. */
export function createSyncFiles({
	database,
	services,
	getSchema,
	temporary,
	limits,
}: {
	database: Knex;
	services: DirectusServices;
	/** The folder in which files are kept while they arrive (Directus' `TEMP_PATH`). */
	temporary: string;
	limits: FileLimits;
	getSchema: () => Promise<SchemaOverview>;
}) {
	const versionOf = (row: Row) => JSON.stringify(CONTENT_COLUMNS.map((column) => plain(row[column])));

	async function open(id: string): Promise<Readable> {
		const assets = new services.AssetsService({ knex: database, schema: await getSchema(), accountability: null });
		return (await assets.getAsset(id, { transformationParams: {} })).stream;
	}

	/**
	 * Adds to rows of files what is known of their bytes.
	 * @param look reads bytes that nobody has digested yet; never inside a transaction
	 */
	async function addContent(rows: Map<string, Row>, handle: Knex, look: boolean): Promise<void> {
		const known = await readFileDigests(handle, [...rows.keys()]);
		for (const [id, row] of rows) {
			const version = versionOf(row);
			const digest = known.get(id);
			if (digest?.version === version) row[FILE_CONTENT] = digest.sha256;
			else if (look) {
				const sha256 = await digestOf(() => open(id));
				row[FILE_CONTENT] = sha256;
				if (sha256 !== null) await saveFileDigest(handle, { file: id, sha256, version });
			}
		}
	}

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

	/** Whether a user may read these files, as Directus decides. */
	async function readable(ids: string[], accountability: Accountability): Promise<Set<string>> {
		if (ids.length === 0) return new Set();
		const files = new services.ItemsService(FILES, { knex: database, schema: await getSchema(), accountability });
		const query = { filter: { id: { _in: ids } }, fields: ['id'], limit: -1 };
		const rows = await files.readByQuery(query, { emitEvents: false }).catch((error: unknown) => {
			if ((error as { status?: number }).status === 403) return [];
			throw error;
		});
		return new Set(rows.map((row) => String(row['id'])));
	}

	/**
	 * Copies the bytes from a local file with the same digest; false where the sender may read no such file, since it would
	 * otherwise learn that this instance has one.
	 */
	async function copyHere(id: string, sha256: string, accountability: Accountability): Promise<boolean> {
		const same = (await filesWithDigest(database, sha256)).filter(({ file }) => file !== id);
		const shown = await readable(
			same.map(({ file }) => file),
			accountability,
		);
		for (const { file, version } of same) {
			const row = shown.has(file) ? await fileRow(file) : undefined;
			if (!row || versionOf(row) !== version) continue;
			await store(id, sha256, await open(file), accountability);
			return true;
		}
		return false;
	}

	return { open, addContent, receive, copyHere };
}

export type SyncFiles = ReturnType<typeof createSyncFiles>;

/** null where the bytes are gone. */
async function digestOf(open: () => Promise<Readable>): Promise<string | null> {
	const hash = createHash('sha256');
	try {
		for await (const chunk of await open()) hash.update(chunk as Buffer);
		return hash.digest('hex');
	} catch {
		return null;
	}
}

const plain = (value: unknown) =>
	value instanceof Date ? value.getTime() : value === undefined ? null : String(value);
