import { createHash, createHmac } from 'node:crypto';
import type { WireRequest } from '../../../kernel/core/wire.js';

/** What an API client of Akamai is known by: three lines of its `.edgerc`. */
export interface EdgeGridKey {
	client_token: string;
	access_token: string;
	client_secret: string;
}

const NAMES = ['client_token', 'access_token', 'client_secret'] as const;

/** The key in the lines of an `.edgerc`, also where a form has made one line of them; null where one is missing. */
export function readEdgerc(text: string): EdgeGridKey | null {
	const entries = NAMES.flatMap((name) => {
		const line = new RegExp(
			`${name}\\s*=\\s*(\\S+?)(?=\\s*(?:client_token|access_token|client_secret|host|max-body)\\s*=|\\s|$)`,
		);
		const value = line.exec(text)?.[1];
		return value === undefined ? [] : [[name, value] as const];
	});
	return entries.length === NAMES.length ? (Object.fromEntries(entries) as unknown as EdgeGridKey) : null;
}

const hmac = (key: string, data: string) => createHmac('sha256', key).update(data).digest('base64');

/** How much of a body is signed. */
const MOST_BODY = 131_072;

/**
 * The `authorization` header of a request (https://techdocs.akamai.com/developer/docs/edgegrid): the fields of the
 * request, joined by tabs, signed with a key that is made of the time and the client secret. No header is signed.
 */
export function edgeGrid(
	{ method, url, body }: Pick<WireRequest, 'method' | 'url' | 'body'>,
	{ client_token, access_token, client_secret }: EdgeGridKey,
	{ timestamp, nonce, mostBody = MOST_BODY }: { timestamp: string; nonce: string; mostBody?: number },
): string {
	const { protocol, host, pathname, search } = new URL(url);
	const unsigned = `EG1-HMAC-SHA256 client_token=${client_token};access_token=${access_token};timestamp=${timestamp};nonce=${nonce};`;
	const isSigned = method === 'POST' && body !== null && body !== '';
	const bytes = Buffer.from(body ?? '').subarray(0, mostBody);
	const content = isSigned ? createHash('sha256').update(bytes).digest('base64') : '';
	const data = [method, protocol.replace(':', ''), host, `${pathname}${search}`, '', content, unsigned].join('\t');
	return `${unsigned}signature=${hmac(hmac(client_secret, timestamp), data)}`;
}

/** `20140321T19:34:21+0000` */
export const edgeGridTime = (now: number) =>
	new Date(now).toISOString().replace(/^(\d+)-(\d+)-(\d+T[\d:]+).*$/, '$1$2$3+0000');
