import { LIMITS } from '../../schema.js';
import { MASK } from './vocabulary.js';
import type { WireRequest, WireResponse } from './wire.js';

/** The text with every occurrence of a secret replaced, also URL-encoded or inside JSON. Secrets under 4 letters are not looked for. */
export function maskText(text: string, secrets: readonly string[]): string {
	let masked = text;
	for (const secret of secrets) {
		if (secret.length < 4) continue;
		const forms = new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
		for (const form of forms) masked = masked.replaceAll(form, MASK);
	}
	return masked;
}

/** Headers that carry a credential whatever its value is. */
const CREDENTIAL_HEADERS = [
	'authorization',
	'proxy-authorization',
	'cookie',
	'set-cookie',
	'api-key',
	'x-api-key',
	'fastly-key',
	'x-prerender-revalidate',
];

function maskHeaders(headers: Record<string, string>, secrets: readonly string[]): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => {
			if (!CREDENTIAL_HEADERS.includes(name.toLowerCase())) return [name, maskText(value, secrets)];
			const scheme = /^(Bearer|Basic) /i.exec(value)?.[0] ?? '';
			return [name, `${scheme}${MASK}`];
		}),
	);
}

/** A request as people may see it: secrets masked, the body cut at `schema.ts`' limit. */
export function showRequest(request: WireRequest, secrets: readonly string[]): WireRequest {
	return {
		method: request.method,
		url: maskText(request.url, secrets),
		headers: maskHeaders(request.headers, secrets),
		body: request.body === null ? null : cut(maskText(request.body, secrets)),
	};
}

/** An answer as people may see it. */
export function showResponse(response: WireResponse, secrets: readonly string[]): WireResponse {
	return {
		status: response.status,
		headers: maskHeaders(response.headers, secrets),
		body: cut(maskText(response.body, secrets)),
	};
}

function cut(text: string): string {
	const bytes = new TextEncoder().encode(text);
	if (bytes.length <= LIMITS.historyBody) return text;
	return `${new TextDecoder().decode(bytes.subarray(0, LIMITS.historyBody)).replace(/\uFFFD$/, '')}… (${bytes.length} bytes in all)`;
}
