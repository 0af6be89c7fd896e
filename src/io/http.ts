import type { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { LIMITS } from '../../schema.js';
import type { WireRequest, WireResponse } from '../core/wire.js';
import type { AddressGuard } from './address-guard.js';

/** A request that got no answer: where it broke, in the words of the code, and a sentence for people. */
class TransportError extends Error {
	readonly code: string;
	/** Trying again cannot help: the address is denied, or the URL is no http(s) URL. */
	readonly permanent: boolean;

	constructor(code: string, message: string, permanent: boolean) {
		super(message);
		[this.code, this.permanent] = [code, permanent];
	}
}

export interface HttpClient {
	/**
	 * Sends one request; follows no redirect; throws a TransportError where no answer came.
	 * @param most how much of the answer is read, in bytes
	 */
	send(request: WireRequest, timeoutMs: number, most?: number): Promise<WireResponse>;
	/** The same, with a body that is read as it is sent. */
	upload(request: Omit<WireRequest, 'body'>, body: Readable, timeoutMs: number): Promise<WireResponse>;
	close(): Promise<void>;
}

/**
 * One keep-alive client for all targets. Reads at most 1 MiB of an answer, unless told, and never unpacks it (no
 * compression is asked for), so that no target can fill the memory.
 */
export function createHttpClient(guard: AddressGuard, userAgent: string): HttpClient {
	const agent = new Agent({
		connect: { lookup: guard.lookup as never, timeout: 10_000 },
		maxHeaderSize: LIMITS.responseHeaders,
		pipelining: 1,
		keepAliveTimeout: 10_000,
	});

	async function send(
		request: Omit<WireRequest, 'body'> & { body: string | Readable | null },
		timeoutMs: number,
		most: number,
	): Promise<WireResponse> {
		const url = readUrl(request.url);
		guard.checkUrl(url);
		const signal = AbortSignal.timeout(timeoutMs);
		const { statusCode, headers, body } = await agent.request({
			origin: url.origin,
			path: `${url.pathname}${url.search}`,
			method: request.method as Dispatcher.HttpMethod,
			headers: { 'user-agent': userAgent, accept: '*/*', ...request.headers },
			body: request.body,
			signal,
			headersTimeout: timeoutMs,
			bodyTimeout: timeoutMs,
		});
		return {
			status: statusCode,
			headers: flatten(headers),
			body: await readSome(body, Number(headers['content-length'] ?? 0), most),
		};
	}

	return {
		async send(request, timeoutMs, most = LIMITS.responseBody) {
			try {
				return await send(request, timeoutMs, most);
			} catch (error) {
				throw asTransportError(error, request.url, timeoutMs);
			}
		},
		async upload(request, body, timeoutMs) {
			try {
				return await send({ ...request, body }, timeoutMs, LIMITS.responseBody);
			} catch (error) {
				throw asTransportError(error, request.url, timeoutMs);
			}
		},
		close: () => agent.destroy(),
	};
}

function readUrl(text: string): URL {
	let url: URL | null = null;
	try {
		url = new URL(text);
	} catch {
		// Said below, in our words.
	}
	if (!url || !['http:', 'https:'].includes(url.protocol))
		throw new TransportError('URL_INVALID', `"${text}" is not an http or https URL`, true);
	return url;
}

async function readSome(body: Dispatcher.ResponseData['body'], announced: number, most: number): Promise<string> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of body as AsyncIterable<Buffer>) {
		chunks.push(chunk);
		size += chunk.length;
		if (size >= most) break;
	}
	// An answer that stays open after what it announced would hold the connection.
	if (size >= most && announced > size) body.destroy();
	return Buffer.concat(chunks).subarray(0, most).toString('utf8');
}

const flatten = (headers: Record<string, string | string[] | undefined>) =>
	Object.fromEntries(
		Object.entries(headers).flatMap(([name, value]) =>
			value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
		),
	);

const SENTENCES: Record<string, string> = {
	ECONNREFUSED: 'nothing listens there (connection refused)',
	ECONNRESET: 'the connection was closed before an answer came',
	ENOTFOUND: 'the host name does not exist',
	EAI_AGAIN: 'the host name could not be looked up just now',
	EHOSTUNREACH: 'the host cannot be reached',
	ENETUNREACH: 'the network cannot be reached',
	UND_ERR_SOCKET: 'the connection was closed before an answer came',
	UND_ERR_CONNECT_TIMEOUT: 'no connection within 10 s',
	CERT_HAS_EXPIRED: 'its TLS certificate has expired',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'its TLS certificate is self-signed',
	UND_ERR_HEADERS_OVERFLOW: 'its answer has more than 16 KiB of headers',
};

function asTransportError(error: unknown, url: string, timeoutMs: number): TransportError {
	if (error instanceof TransportError) return error;
	const cause = error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? error.cause : error;
	const code = String((cause as { code?: unknown }).code ?? (cause as { name?: unknown }).name ?? 'UNKNOWN');
	const host = URL.canParse(url) ? new URL(url).host : url;
	if (code === 'ADDRESS_DENIED') return new TransportError(code, (cause as Error).message, true);
	if (code === '23' || (/Timeout|TIMEOUT/.test(code) && code !== 'UND_ERR_CONNECT_TIMEOUT'))
		return new TransportError('TIMEOUT', `${host}: no complete answer within ${timeoutMs} ms`, false);
	return new TransportError(
		code,
		`${host}: ${SENTENCES[code] ?? (cause instanceof Error ? cause.message : String(cause))}`,
		false,
	);
}
