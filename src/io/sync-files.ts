import type { Accountability, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Row } from '../core/item-change.js';
import { CONTENT_COLUMNS, FILE_CONTENT, FILES } from '../core/sync/file-content.js';
import { filesWithDigest, readFileDigests, saveFileDigest } from '../tables/sync-file-table.js';
import type { DirectusServices } from './directus-services.js';

/** The bytes of files: read, digested, and written through Directus' own services, whatever they are stored in. */
export function createSyncFiles({
	database,
	services,
	getSchema,
}: {
	database: Knex;
	services: DirectusServices;
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
	 * @returns null, or what is wrong with them
	 */
	async function receive(
		{ id, sha256 }: { id: string; sha256: string },
		stream: Readable,
		accountability: Accountability,
	): Promise<string | null> {
		const held = join(tmpdir(), `downstream-${randomUUID()}`);
		const hash = createHash('sha256');
		const digest = new Transform({
			transform(chunk: Buffer, _encoding, done) {
				hash.update(chunk);
				done(null, chunk);
			},
		});
		try {
			await pipeline(stream, digest, createWriteStream(held));
			const found = hash.digest('hex');
			if (found !== sha256) return `the bytes of file ${id} arrived changed: expected SHA-256 ${sha256}, got ${found}`;
			await store(id, sha256, createReadStream(held), accountability);
			return null;
		} finally {
			await rm(held, { force: true });
		}
	}

	async function store(id: string, sha256: string, stream: Readable, accountability: Accountability): Promise<void> {
		const row = await fileRow(id);
		if (!row) throw new Error(`there is no file ${id}`);
		const files = new services.FilesService({ knex: database, schema: await getSchema(), accountability });
		const { type, filename_download, storage, title, folder } = row;
		await files.uploadOne(stream, { type, filename_download, storage, title, folder }, id);
		const after = await fileRow(id);
		if (after) await saveFileDigest(database, { file: id, sha256, version: versionOf(after) });
	}

	const fileRow = (id: string) => database(FILES).where({ id }).first<Row | undefined>();

	/** Takes the bytes from another file here that has the same; false where none has. */
	async function copyHere(id: string, sha256: string, accountability: Accountability): Promise<boolean> {
		for (const { file, version } of await filesWithDigest(database, sha256)) {
			const row = file === id ? undefined : await fileRow(file);
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
