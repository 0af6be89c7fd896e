import { LIMITS } from '../../../schema.js';
import { MASK } from '../../contract/vocabulary.js';
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

/** Words that a name of a secret has, in a query or a header; written apart or in camel case. */
const SECRET_WORD =
	/(^|_)(key|apikey|token|accesstoken|secret|pass|passwd|password|pwd|auth|authorization|sig|signature|hmac|credentials?|code|access|jwt|bearer|session|sid)(_|$)/;
const isSecretName = (name: string) =>
	SECRET_WORD.test(
		name
			.replace(/([a-z0-9])([A-Z])/g, '$1_$2')
			.toLowerCase()
			.replace(/[^a-z0-9]+/g, '_'),
	);

const decoded = (text: string) => {
	try {
		return decodeURIComponent(text.replaceAll('+', ' '));
	} catch {
		return text;
	}
};

const QUERY_VALUE = /([?&;])([^?&;=#]{1,200})=([^&;#]*)/g;
const USER = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#@]*)@/i;

/** A URL without what may be secret in it: the values of a query that are named like secrets, a user and a password. */
export const maskUrl = (url: string): string =>
	url
		.replace(USER, `$1${MASK}@`)
		.replace(QUERY_VALUE, (whole, before: string, name: string, value: string) =>
			value !== '' && isSecretName(decoded(name)) ? `${before}${name}=${MASK}` : whole,
		);

/** Headers that never contain a key. */
const PLAIN_HEADER =
	/^(accept|content|cache|forwarded|x-forwarded|user-agent|origin|referer|host|via|dnt|pragma|prefer|date|te|expect)(-|$)/i;

/** Whether an extra header may contain a key, whatever its name: the value is long, and not words. */
const mayBeSecret = (name: string, value: string): boolean =>
	value.length >= 8 && !PLAIN_HEADER.test(name) && !/^[a-z]{1,16}([ _/.-][a-z]{1,16})*$/i.test(value);

/** All secrets of a target or remote: its keys, and possible keys in its URL or extra headers. */
export function secretsOf(
	{ url, options }: { url: string; options: { headers?: Record<string, string> | undefined } | null },
	{ apiKey, signing }: { apiKey: string | null; signing: string[] },
): string[] {
	const inQuery = [...url.matchAll(QUERY_VALUE)].flatMap(([, , name = '', value = '']) =>
		isSecretName(decoded(name)) ? [value, decoded(value)] : [],
	);
	const user = (USER.exec(url)?.[2] ?? '').split(':').flatMap((part) => [part, decoded(part)]);
	const inHeaders = Object.entries(options?.headers ?? {}).flatMap(([name, value]) =>
		isSecretName(name) || mayBeSecret(name, value) ? [value, value.replace(/^(Bearer|Basic) /i, '')] : [],
	);
	const all = [...(apiKey ? [apiKey] : []), ...signing, ...inQuery, ...user, ...inHeaders];
	return [...new Set(all)].filter((secret) => secret !== '');
}

/** Headers that carry a credential whatever its value is. */
const CREDENTIAL_HEADERS = [
	'authorization',
	'proxy-authorization',
	'cookie',
	'set-cookie',
	'api-key',
	'x-api-key',
	'x-downstream-remote',
	'x-downstream-code',
];

/** Headers whose value is a URL. */
const LINKS = ['location', 'content-location', 'refresh', 'link'];

function maskHeaders(
	headers: Record<string, string>,
	secrets: readonly string[],
	others: readonly string[] = [],
): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => {
			if (LINKS.includes(name.toLowerCase())) return [name, maskUrl(maskText(value, secrets))];
			if (![...CREDENTIAL_HEADERS, ...others].includes(name.toLowerCase())) return [name, maskText(value, secrets)];
			const scheme = /^(Bearer|Basic|Downstream(-Code)?) /i.exec(value)?.[0] ?? '';
			return [name, `${scheme}${MASK}`];
		}),
	);
}

/** A request as people may see it: secrets masked, the body cut at `schema.ts`' limit. */
export function showRequest(request: WireRequest, secrets: readonly string[]): WireRequest {
	return {
		method: request.method,
		url: maskUrl(maskText(request.url, secrets)),
		headers: maskHeaders(request.headers, secrets, request.credentialHeaders),
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
