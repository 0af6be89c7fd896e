import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

/**
 * How much of an unwanted body is still read: a client that sends its whole body before it reads the answer would
 * otherwise see a broken connection instead of the answer.
 */
const DRAINED = { bytes: 1024 * 1024 * 1024, ms: 60_000 } as const;

/**
 * The body of a request as a stream of its own, which may be broken off or destroyed at any point. A request itself
 * must never be given to `for await` or `pipeline`: where these break off, Node takes the socket away from the
 * request, and Directus, which reads the socket when the answer is out, ends the process.
 *
 * Nothing is read before the stream is. It fails with `ECONNRESET` where the client goes away in the middle.
 */
export function incomingBytes(request: IncomingMessage): Readable {
	let listening = false;
	const onData = (chunk: Buffer) => {
		if (!stream.push(chunk)) request.pause();
	};
	const onEnd = () => stream.push(null);
	const onClose = () => {
		if (!request.readableEnded)
			stream.destroy(Object.assign(new Error('the client closed the connection'), { code: 'ECONNRESET' }));
	};
	const stream = new Readable({
		read() {
			if (!listening) {
				listening = true;
				if (request.readableEnded) return onEnd();
				if (request.destroyed) return onClose();
				request.on('data', onData).on('end', onEnd).on('close', onClose);
			}
			request.resume();
		},
		destroy(error, done) {
			request.off('data', onData).off('end', onEnd).off('close', onClose);
			done(error);
		},
	});
	return stream;
}

/** Whether some of the body has not been read. */
const isUnread = (request: IncomingMessage) =>
	!request.readableEnded &&
	!request.destroyed &&
	(request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0);

/**
 * Answers with JSON. If the body has not been read to its end, the answer goes out at once with `Connection: close`;
 * the rest of the body is read and dropped, within bounds, before the connection closes.
 */
export async function answerJson(
	request: IncomingMessage,
	response: ServerResponse,
	status: number,
	answer: unknown,
): Promise<void> {
	const bytes = Buffer.from(JSON.stringify(answer));
	response.statusCode = status;
	response.setHeader('Content-Type', 'application/json; charset=utf-8');
	response.setHeader('Content-Length', bytes.length);
	if (!isUnread(request)) return void response.end(bytes);
	response.setHeader('Connection', 'close');
	response.write(bytes);
	await drained(request, response);
	response.end();
}

/** Settles when the rest of the body has come, the client has gone, or enough was read of it. */
function drained(request: IncomingMessage, response: ServerResponse): Promise<void> {
	return new Promise((resolve) => {
		let size = 0;
		const done = () => {
			clearTimeout(timer);
			request.off('data', onData).off('end', done).off('close', done);
			response.off('close', done);
			resolve();
		};
		const onData = (chunk: Buffer) => {
			size += chunk.length;
			if (size > DRAINED.bytes) done();
		};
		const timer = setTimeout(done, DRAINED.ms).unref();
		response.on('close', done);
		request.on('data', onData).on('end', done).on('close', done).resume();
	});
}
