import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';

const TABLE = 'downstream_sync_files';

/** The digest of a file's bytes, and of which version of them. */
export interface FileDigest {
	file: string;
	sha256: string;
	version: string;
}

export async function readFileDigests(database: Knex, files: readonly string[]): Promise<Map<string, FileDigest>> {
	const digests = new Map<string, FileDigest>();
	for (const group of inGroupsOf(500, files)) {
		const rows = await database(TABLE).select<FileDigest[]>('file', 'sha256', 'version').whereIn('file', group);
		for (const row of rows) digests.set(row.file, row);
	}
	return digests;
}

export async function saveFileDigest(database: Knex, digest: FileDigest): Promise<void> {
	await database(TABLE).insert(digest).onConflict('file').merge();
}

/** Files with these bytes, as far as is known. */
export async function filesWithDigest(database: Knex, sha256: string): Promise<FileDigest[]> {
	return database(TABLE).select<FileDigest[]>('file', 'sha256', 'version').where({ sha256 }).limit(100);
}
