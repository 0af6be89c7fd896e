import type { Accountability } from '@directus/types';
import { syncPaired } from '../../contract/sync-messages.js';
import { codeHeaders } from '../core/link/remote-credential.js';
import { REMOTE_SOURCES } from '../../contract/vocabulary.js';
import type { RemoteSource } from '../remote-source.js';
import { askPeer } from './sync-peer.js';
import type { SyncPorts } from '../sync-ports.js';

/**
 * Brings a code to the instance behind a source, and keeps the credential that it gives as the source's key, encrypted as
 * every key is; it is never shown.
 * @throws PeerError where the other side does not take the code
 */
export async function keepCredential(
	ports: SyncPorts<'database' | 'getSchema' | 'http' | 'services', 'instance'>,
	source: RemoteSource,
	{ code, accountability }: { code: string; accountability: Accountability },
): Promise<{ instance: string }> {
	const { sync, http, database, services } = ports;
	// The code is the only credential.
	const nobody = { ...source, apiKey: () => Promise.resolve(null) };
	const question = {
		from: sync.instance(),
		path: 'pair',
		body: {},
		answer: syncPaired,
		headers: codeHeaders(code, source.options?.headers),
	};
	const { instance, credential } = await askPeer(nobody, question, http);
	const schema = await ports.getSchema();
	const sources = new services.ItemsService(REMOTE_SOURCES, { knex: database, schema, accountability });
	await sources.updateOne(source.id, { api_key: credential });
	return { instance };
}
