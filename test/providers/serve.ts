import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** What a provider was asked. */
export interface Asked {
	method: string;
	/** Path and query as they came. */
	path: string;
	query: URLSearchParams;
	headers: IncomingHttpHeaders;
	body: string;
	/** The longest header line in bytes, as a proxy counts it: name, colon, blank, value, line end. */
	longestHeaderLine: number;
}

export interface Answer {
	status: number;
	headers?: Record<string, string>;
	body?: unknown;
}

/** A stand-in for a provider: what it purged, and everything it was asked. */
export interface Provider {
	url: string;
	purged: string[];
	requests: Asked[];
	close(): Promise<void>;
}

/** A server on a free local port that answers as `answer` says; objects go out as JSON. */
export async function serve(purged: string[], answer: (asked: Asked) => Answer): Promise<Provider> {
	const requests: Asked[] = [];
	function handle(
		method: string,
		path: string,
		rawHeaders: string[],
		body: string,
	): Required<Answer> & { text: string } {
		const pairs = rawHeaders.flatMap((name, index) =>
			index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
		);
		const asked: Asked = {
			method,
			path,
			query: new URL(path, 'http://localhost').searchParams,
			headers: Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value])),
			body,
			longestHeaderLine: Math.max(...pairs.map(([name, value]) => Buffer.byteLength(`${name}: ${value}\r\n`))),
		};
		requests.push(asked);
		const { status, headers = {}, body: said = '' } = answer(asked);
		if (typeof said === 'string') return { status, headers, body: said, text: said };
		return {
			status,
			headers: { 'content-type': 'application/json', ...headers },
			body: said,
			text: JSON.stringify(said),
		};
	}
	const server = createServer((request, response) => {
		let body = '';
		request.setEncoding('utf8');
		request.on('data', (chunk: string) => (body += chunk));
		request.on('end', () => {
			const { status, headers, text } = handle(request.method ?? '', request.url ?? '/', request.rawHeaders, body);
			response.writeHead(status, headers);
			response.end(text);
		});
	});
	// Node's parser knows PURGE but not BAN, and hands over what it could not read.
	server.on('clientError', ({ rawPacket }: Error & { rawPacket?: Buffer }, socket: Duplex) => {
		const [first = '', ...lines] = (rawPacket?.toString('latin1').split('\r\n\r\n', 1)[0] ?? '').split('\r\n');
		const [method = '', path = '/'] = first.split(' ');
		const rawHeaders = lines.flatMap((line) => [
			line.slice(0, line.indexOf(':')),
			line.slice(line.indexOf(':') + 1).trim(),
		]);
		const { status, text } = handle(method, path, rawHeaders, '');
		socket.end(
			`HTTP/1.1 ${status} Answered\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
		);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		purged,
		requests,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** The object in a body, or null where it is none. */
export function readObject(body: string): Record<string, unknown> | null {
	try {
		const value: unknown = JSON.parse(body);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: null;
	} catch {
		return null;
	}
}

export const isStrings = (value: unknown): value is string[] =>
	Array.isArray(value) && value.every((entry) => typeof entry === 'string');
