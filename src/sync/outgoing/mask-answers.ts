import { maskText } from '../../kernel/core/mask.js';
import type { SyncResult } from '../../contract/sync-messages.js';
import type { WireResponse } from '../../kernel/core/wire.js';

/** Error messages of an instance are stored and shown, but without our own keys, which it knows. */
export function withoutSecrets<T extends { response: WireResponse | null }>(tried: T, secrets: readonly string[]): T {
	const { response } = tried;
	if (!response || response.status < 300) return tried;
	return { ...tried, response: { ...response, body: maskText(response.body, secrets) } };
}

/** The same for the result of one row. */
export const maskResult = (result: SyncResult, secrets: readonly string[]): SyncResult => ({
	...result,
	...(result.code === undefined ? {} : { code: maskText(result.code, secrets) }),
	...(result.message === undefined ? {} : { message: maskText(result.message, secrets) }),
	...(result.refused ? { refused: result.refused.map((field) => maskText(field, secrets)) } : {}),
});
