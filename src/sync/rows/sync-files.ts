import type { Row } from '../../kernel/core/row.js';
import type { Accountability } from '@directus/types';
import type { Knex } from 'knex';
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { FILE_CONTENT, FILES } from '../../kernel/core/file-content.js';
import { filesWithDigest, readFileDigests, saveFileDigest } from '../tables/sync-file-table.js';
import { createFileReceiver, versionOf, type FilePorts } from './receive-file.js';

/** The bytes of files: read, digested, and written through Directus' own services, whatever they are stored in. */
export function createSyncFiles(ports: FilePorts) {
	const { database, services, getSchema } = ports;
	const { receive, store, fileRow } = createFileReceiver(ports);

	async function open(id: string): Promise<Readable> {
		const assets = new services.AssetsService({ knex: database, schema: await getSchema(), accountability: null });
		return (await assets.getAsset(id, { transformationParams: {} })).stream;
	}

	/**
	 * Adds to rows of files what is known of their bytes.
	 * @param look reads bytes that are not digested yet; never inside a transaction
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
