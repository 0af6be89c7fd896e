import type { Accountability } from '@directus/types';
import type { Knex } from 'knex';
import { FILE_CONTENT, FILES } from '../../kernel/core/file-content.js';
import { BytesRefused } from '../core/wire/bytes-refused.js';
import type { SyncResult } from '../../contract/sync-messages.js';
import { valuesOf } from '../core/merge/stamp-edits.js';
import type { SyncFiles } from '../rows/sync-files.js';
import { readVersions, writeVersions } from '../tables/sync-version-table.js';

/** Which bytes of files are here, beside what is agreed of them. */
export function createArrivedBytes(database: Knex, files: Pick<SyncFiles, 'copyHere'>) {
	/** The bytes of a file are here now, as they are agreed. */
	async function hasContent(file: string): Promise<void> {
		await database.transaction(async (transaction) => {
			const [version] = [...(await readVersions(transaction, [{ collection: FILES, syncId: file }], true)).values()];
			if (!version || version.revision === 0) return;
			const overrides = Object.fromEntries(
				Object.entries(version.overrides).filter(([field]) => field !== FILE_CONTENT),
			);
			await writeVersions(transaction, [{ ...version, overrides }]);
		});
	}

	/** Whether bytes with this SHA-256 are what is agreed of a file, and are not here yet. */
	async function awaits(file: string, sha256: string): Promise<boolean> {
		const [version] = [...(await readVersions(database, [{ collection: FILES, syncId: file }])).values()];
		return (
			version !== undefined && valuesOf(version.state)[FILE_CONTENT] === sha256 && FILE_CONTENT in version.overrides
		);
	}

	return {
		hasContent,
		awaits,
		/** Bytes that another file here has need not be sent. */
		async takeBytesHere(
			results: Pick<SyncResult, 'sync_id' | 'needs'>[],
			accountability: Accountability,
		): Promise<void> {
			for (const result of results) {
				if (result.needs === undefined) continue;
				const copied = await files.copyHere(result.sync_id, result.needs, accountability).catch((error: unknown) => {
					// The answer to the bytes themselves says why.
					if (error instanceof BytesRefused) return false;
					throw error;
				});
				if (!copied) continue;
				await hasContent(result.sync_id);
				delete result.needs;
			}
		},
	};
}
