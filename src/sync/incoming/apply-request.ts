import { PROTOCOL } from '../../contract/sync-messages.js';
import { keyHeaders } from '../core/link/remote-credential.js';
import type { WireRequest } from '../../kernel/core/wire.js';
import type { RemoteSource } from '../remote-source.js';

/** The body of a request, of changes that are JSON already. */
export const applyBody = (from: string, changes: string[]): string =>
	`{"protocol":${PROTOCOL},"from":${JSON.stringify(from)},"changes":[${changes.join(',')}]}`;

export function applyRequest(
	source: RemoteSource,
	apiKey: string | null,
	body: string,
	{ batch, extra, isPacked = false }: { batch: string; extra: Record<string, string> | undefined; isPacked?: boolean },
): WireRequest {
	return {
		method: 'POST',
		url: `${source.url}/downstream/sync/apply`,
		headers: {
			...extra,
			// Directus reads JSON by itself, and no more of it than MAX_PAYLOAD_SIZE.
			'content-type': isPacked ? 'application/gzip' : 'application/octet-stream',
			'webhook-id': batch,
			...keyHeaders(apiKey, extra),
		},
		body,
		...(isPacked ? { gzip: true as const } : {}),
	};
}
