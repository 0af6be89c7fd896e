import type { Row } from '../core/row.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { FILES } from '../core/file-content.js';
import type { DirectusServices } from '../directus-services.js';

/** Where the bytes of a file are, as its row says. */
export interface StoredFile {
	id: string;
	storage: string;
	filename_disk: string | null;
	filename_download: string;
}

class OnlyBytes extends Error {}

/** Where the bytes of these files are stored; call it before their rows are deleted. */
export async function storedFilesOf(knex: Knex, ids: readonly string[]): Promise<StoredFile[]> {
	return knex(FILES).whereIn('id', ids).select<StoredFile[]>('id', 'storage', 'filename_disk', 'filename_download');
}

/**
 * Has Directus delete the bytes and thumbnails of files whose rows are deleted. Directus needs the rows for that, and
 * deletes bytes at once, so a rollback of the transaction that deletes the rows would lose them. Therefore the rows are
 * inserted again after the commit, in a transaction that is rolled back and emits no events.
 */
export async function removeBytes(
	files: readonly StoredFile[],
	{ database, services, schema }: { database: Knex; services: DirectusServices; schema: SchemaOverview },
): Promise<void> {
	const stored = files.filter(({ filename_disk }) => filename_disk);
	if (stored.length === 0) return;
	await database
		.transaction(async (transaction) => {
			// A file that was created again meanwhile uses its bytes.
			const existing = await transaction(FILES)
				.whereIn(
					'id',
					stored.map(({ id }) => id),
				)
				.select<Row[]>('id');
			const deleted = stored.filter(({ id }) => !existing.some((row) => row['id'] === id));
			if (deleted.length === 0) return;
			await transaction(FILES).insert(deleted.map((file) => ({ ...file })));
			const service = new services.FilesService({ knex: transaction, schema, accountability: null });
			service.eventScope = 'downstream.bytes';
			await service.deleteMany(deleted.map(({ id }) => id));
			throw new OnlyBytes();
		})
		.catch((error: unknown) => {
			if (!(error instanceof OnlyBytes)) throw error;
		});
}
