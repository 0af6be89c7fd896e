import { createServer as createHttpServer, request } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { pause } from './wait.js';

/** A stretch of network to one server, which can be cut. */
export interface Cable {
	/** Where to ask for that server. */
	url: string;
	/** Ends all connections, in the middle of whatever goes over them, and lets no new one through. */
	cut(): void;
	reconnect(): void;
	/** How long everything takes from one end to the other, in ms, from now on; at first nothing is added. */
	stretch(oneWayMs: number): void;
	/** Bytes that have gone over it, both ways. */
	carried(): number;
	stop(): Promise<void>;
}

/** Lays a cable to a port of this machine. */
export async function layCable(to: number): Promise<Cable> {
	const open = new Set<Socket>();
	let isCut = false;
	let bytes = 0;
	let oneWayMs = 0;
	const server = createServer((near) => {
		if (isCut) return void near.destroy();
		const far = connect(to, '127.0.0.1');
		for (const [one, other] of [
			[near, far],
			[far, near],
		] as const) {
			open.add(one);
			one.on('data', (chunk) => (bytes += chunk.length));
			one.pipe(onItsWay(() => oneWayMs)).pipe(other);
			one.on('error', () => other.destroy());
			one.on('close', () => {
				open.delete(one);
				other.destroy();
			});
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const end = () => {
		for (const socket of open) socket.destroy();
	};
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		cut() {
			isCut = true;
			end();
		},
		reconnect() {
			isCut = false;
		},
		stretch(ms) {
			oneWayMs = ms;
		},
		carried: () => bytes,
		async stop() {
			end();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/**
 * Hands on what comes in after so many milliseconds, in its order and without holding up what comes next: a long way,
 * not a narrow one.
 */
function onItsWay(oneWayMs: () => number): Transform {
	let arrived = Promise.resolve();
	const then = (arrive: () => void) => {
		const due = performance.now() + oneWayMs();
		arrived = arrived.then(() => pauseUntil(due)).then(arrive);
	};
	return new Transform({
		transform(chunk: Buffer, _encoding, done) {
			then(() => this.destroyed || this.push(chunk));
			done();
		},
		flush: (done) => then(done),
	});
}

async function pauseUntil(due: number): Promise<void> {
	const ms = due - performance.now();
	if (ms > 0) await pause(ms);
}

/**
 * What becomes of a request on its way: a status that something in between answers; `hang`: nothing ever comes back;
 * `cut`: the connection breaks in the middle of the answer; `half`: half the answer comes as if it were all; `empty`: a
 * page without rows comes instead.
 */
export type Fault = number | 'hang' | 'cut' | 'half' | 'empty';

/** A cable that knows HTTP, and does this or that to some requests. */
export interface FaultyCable {
	url: string;
	/** What becomes of each request from now on; null: it goes through. */
	fault(decide: (request: { method: string; path: string; bytes: number }) => Fault | null): void;
	/** The requests that something was done to since the fault was decided. */
	faults(): number;
	stop(): Promise<void>;
}

/** Lays a cable to a port of this machine on which single requests can fail. */
export async function layFaultyCable(to: number): Promise<FaultyCable> {
	let decide: Parameters<FaultyCable['fault']>[0] = () => null;
	let count = 0;
	const server = createHttpServer((near, answer) => {
		const { method = 'GET', url: path = '/', headers } = near;
		const fault = decide({ method, path, bytes: Number(headers['content-length'] ?? 0) });
		if (fault !== null) count += 1;
		if (fault === 'hang') return;
		if (typeof fault === 'number') return void near.resume().on('end', () => answer.writeHead(fault).end());
		if (fault === 'empty')
			return void near
				.resume()
				.on('end', () => answer.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[]}'));
		const far = request({ port: to, host: '127.0.0.1', method, path, headers }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('end', () => {
				const body = Buffer.concat(chunks);
				const half = body.subarray(0, Math.floor(body.length / 2));
				const { 'transfer-encoding': _chunked, 'content-length': _length, ...told } = response.headers;
				const length = fault === 'half' ? half.length : body.length;
				answer.writeHead(response.statusCode ?? 502, { ...told, 'content-length': length });
				if (fault === 'cut') answer.write(half, () => answer.destroy());
				else answer.end(fault === 'half' ? half : body);
			});
		});
		far.on('error', () => answer.destroy());
		near.pipe(far);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		fault(decides) {
			[decide, count] = [decides, 0];
		},
		faults: () => count,
		async stop() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
