import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { LIMITS } from '../../schema.js';
import type { WireRequest, WireResponse } from './core/wire.js';
import { transportSentence } from './core/transport-errors.js';
import { createConnections } from './connections.js';
import type { AddressGuard } from './address-guard.js';
import { messageOf } from './core/message-of.js';

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
	/** The same where the status is the answer: a body that breaks off, or does not end soon, is cut there. */
	tell(request: WireRequest, timeoutMs: number): Promise<WireResponse>;
	/** The same, with a body that is read as it is sent. */
	upload(request: Omit<WireRequest, 'body'>, body: Readable, timeoutMs: number): Promise<WireResponse>;
	close(): Promise<void>;
}

/**
 * One keep-alive client for all targets. Reads at most 1 MiB of an answer, unless told, and never unpacks it (no
 * compression is asked for), so that no target can fill the memory.
 */
export function createHttpClient(guard: AddressGuard, userAgent: string): HttpClient {
	const connections = createConnections(guard);

	async function send(
		request: Omit<WireRequest, 'body'> & { body: string | Buffer | Readable | null },
		timeoutMs: number,
		most: number,
		bodyMs: number | null = null,
	): Promise<WireResponse> {
		const url = readUrl(request.url);
		await connections.check(url, request.connection);
		const signal = AbortSignal.timeout(timeoutMs);
		const { statusCode, headers, body } = await connections.by(request.connection).request({
			origin: url.origin,
			path: `${url.pathname}${url.search}`,
			method: request.method as Dispatcher.HttpMethod,
			headers: { 'user-agent': userAgent, accept: '*/*', ...request.headers },
			body: request.body,
			signal,
			headersTimeout: timeoutMs,
			bodyTimeout: timeoutMs,
		});
		const announced = Number(headers['content-length'] ?? 0);
		const read = await (bodyMs === null
			? readSome(body, announced, most).then((text) => ({ body: text }))
			: readInTime(body, announced, most, bodyMs));
		return { status: statusCode, headers: flatten(headers), ...read };
	}

	return {
		async send(request, timeoutMs, most = LIMITS.responseBody) {
			try {
				const { body, gzip: isPacked } = request;
				return await send({ ...request, body: isPacked && body !== null ? await pack(body) : body }, timeoutMs, most);
			} catch (error) {
				throw asTransportError(error, request.url, timeoutMs);
			}
		},
		async tell(request, timeoutMs) {
			try {
				return await send(request, timeoutMs, LIMITS.responseBody, Math.min(timeoutMs, BODY_MS));
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
		close: connections.close,
	};
}

/** Quickly: what is saved beyond that costs more time than it takes to send. */
const pack = (body: string): Promise<Buffer> => promisify(gzip)(body, { level: 1 });

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

/** How long the body of an answer may take whose status has come. */
const BODY_MS = 5_000;

/** Never throws: what has come by then is what there is. */
async function readInTime(
	body: Dispatcher.ResponseData['body'],
	announced: number,
	most: number,
	bodyMs: number,
): Promise<Pick<WireResponse, 'body' | 'incomplete'>> {
	const chunks: Buffer[] = [];
	const late = setTimeout(() => body.destroy(new Error('the body did not end in time')), bodyMs);
	// Destroyed once more when the request's own time is over.
	body.on('error', () => {});
	try {
		return { body: await readSome(body, announced, most, chunks) };
	} catch {
		return { body: Buffer.concat(chunks).subarray(0, most).toString('utf8'), incomplete: true };
	} finally {
		clearTimeout(late);
	}
}

/** @param chunks where what has been read is kept */
async function readSome(
	body: Dispatcher.ResponseData['body'],
	announced: number,
	most: number,
	chunks: Buffer[] = [],
): Promise<string> {
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

function asTransportError(error: unknown, url: string, timeoutMs: number): TransportError {
	if (error instanceof TransportError) return error;
	const cause = error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? error.cause : error;
	const code = String((cause as { code?: unknown }).code ?? (cause as { name?: unknown }).name ?? 'UNKNOWN');
	const host = URL.canParse(url) ? new URL(url).host : url;
	if (code === 'UND_ERR_INVALID_ARG')
		return new TransportError('REQUEST_INVALID', `the request cannot be made: ${(cause as Error).message}`, true);
	if (code === 'ADDRESS_DENIED') return new TransportError(code, (cause as Error).message, true);
	if (code === '23' || (/Timeout|TIMEOUT/.test(code) && code !== 'UND_ERR_CONNECT_TIMEOUT'))
		return new TransportError('TIMEOUT', `${host}: no complete answer within ${timeoutMs} ms`, false);
	return new TransportError(code, `${host}: ${transportSentence(code) ?? messageOf(cause)}`, false);
}
