import type { AdapterTarget } from './adapter.js';

export const JSON_HEADERS = { 'content-type': 'application/json' };

/** The header that carries the API key, as the target's `auth_header` asks for; none without a key. */
export function authorize({
	authHeader,
	apiKey,
}: Pick<AdapterTarget, 'authHeader' | 'apiKey'>): Record<string, string> {
	if (!apiKey || authHeader === 'no-auth') return {};
	if (authHeader === 'bearer') return { authorization: `Bearer ${apiKey}` };
	return { [authHeader.toLowerCase()]: apiKey };
}
