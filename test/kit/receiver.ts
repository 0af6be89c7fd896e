import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pause, until } from './wait.js';

/** One request as it arrived. `at` is when its body was complete, in ms since 1970. */
export interface ReceivedRequest {
	at: number;
	method: string;
	/** Path and query. */
	path: string;
	/** Names in lower case; several of one name joined by a comma. */
	headers: Record<string, string>;
	body: string;
	/** The body parsed, where it is JSON, else undefined. */
	json: unknown;
}

/** What a receiver answers. Everything may be left out: 200, no headers, no body, at once. */
export interface Answer {
	status?: number;
	headers?: Record<string, string>;
	/** Text as it is; anything else as JSON. */
	body?: unknown;
	/** How long to wait before answering, in ms. */
	delayMs?: number;
	/** Never answers: the connection stays open until the receiver goes down or the sender gives up. */
	hang?: boolean;
	/** Cuts the connection without an answer. */
	reset?: boolean;
}

/** A local HTTP server that remembers what it was sent, and answers as the test says. */
export interface Receiver {
	/** `http://127.0.0.1:<port>`, the same after `down()` and `up()`. */
	url: string;
	port: number;
	/** Every request so far, in the order in which they were complete. */
	requests: ReceivedRequest[];
	/** How many requests are being answered at this moment, and the most that ever were. */
	open: number;
	mostOpen: number;
	/** Decides every answer; may be replaced at any time. */
	respond: (request: ReceivedRequest) => Answer | Promise<Answer>;
	/** Waits for the first request that fits, those that came before the call included. */
	waitFor(fits: (request: ReceivedRequest) => boolean, timeoutMs?: number): Promise<ReceivedRequest>;
	/** Waits until so many requests have come. */
	waitForCount(count: number, timeoutMs?: number): Promise<ReceivedRequest[]>;
	/** Forgets the requests so far. */
	clear(): void;
	/** Refuses connections, and cuts those that are open. */
	down(): Promise<void>;
	/** Listens again on the same port. */
	up(): Promise<void>;
	/** Ends for good. */
	stop(): Promise<void>;
}

/** Starts a receiver on 127.0.0.1, on a free port unless one is named. */
export async function startReceiver(options: { port?: number; respond?: Receiver['respond'] } = {}): Promise<Receiver> {
	const server = createServer((request, response) => {
		// A sender that hangs up in the middle is no failure of the test.
		answer(request, response).catch(() => response.destroy());
	});
	const listen = (port: number) =>
		new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.listen(port, '127.0.0.1', () => {
				server.off('error', reject);
				resolve();
			});
		});
	const close = () =>
		new Promise<void>((resolve) => {
			if (!server.listening) return resolve();
			server.close(() => resolve());
			server.closeAllConnections();
		});
	await listen(options.port ?? 0);
	const { port } = server.address() as AddressInfo;

	const receiver: Receiver = {
		url: `http://127.0.0.1:${port}`,
		port,
		requests: [],
		open: 0,
		mostOpen: 0,
		respond: options.respond ?? (() => ({})),
		waitFor: (fits, timeoutMs = 30_000) =>
			until(() => receiver.requests.find(fits), { timeout: timeoutMs, interval: 10, message: () => inVain(receiver) }),
		waitForCount: (count, timeoutMs = 30_000) =>
			until(() => receiver.requests.length >= count && receiver.requests, {
				timeout: timeoutMs,
				interval: 10,
				message: () => `${count} requests; ${inVain(receiver)}`,
			}),
		clear: () => void receiver.requests.splice(0),
		down: close,
		up: () => listen(port),
		stop: close,
	};

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		receiver.open++;
		receiver.mostOpen = Math.max(receiver.mostOpen, receiver.open);
		response.once('close', () => receiver.open--);
		const received = await read(request);
		receiver.requests.push(received);
		const { status = 200, headers = {}, body, delayMs = 0, hang, reset } = await receiver.respond(received);
		if (hang) return;
		if (delayMs > 0) await pause(delayMs);
		if (reset) return void response.destroy();
		const text = body === undefined || typeof body === 'string' ? (body ?? '') : JSON.stringify(body);
		response.writeHead(status, headers).end(text);
	}

	return receiver;
}

async function read(request: IncomingMessage): Promise<ReceivedRequest> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const body = Buffer.concat(chunks).toString('utf8');
	const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
	return { at: Date.now(), method: request.method ?? '', path: request.url ?? '', headers, body, json: parsed(body) };
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function inVain({ requests }: Receiver): string {
	const last = requests.slice(-5).map(({ method, path, body }) => `  ${method} ${path} ${body.slice(0, 300)}`);
	return `a request; ${requests.length} came${last.length > 0 ? `, the last of them:\n${last.join('\n')}` : ''}`;
}
