import type { TargetRows } from '../../kernel/ports.js';
import type { SchemaOverview } from '@directus/types';
import { readRemoteSource } from '../core/rules/read-remote-source.js';
import type { RemoteSource } from '../remote-source.js';

/** Reads remote sources of any status from their collection. */
export function createRemoteSources(stored: TargetRows, getSchema: () => Promise<SchemaOverview>) {
	return {
		async all(): Promise<RemoteSource[]> {
			const schema = await getSchema();
			return (await stored.all()).map((row) => ({
				...readRemoteSource(row, String(row['id']), schema),
				apiKey: () => stored.decrypt(row['api_key']),
			}));
		},
	};
}
