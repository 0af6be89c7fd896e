import type { Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { heartbeat, STREAM_TYPES, streamPiece, type StreamFormat } from '../contract/stream-format.js';

/** How often something is written where nothing changes, so that no proxy closes the connection as idle. */
const BEAT_MS = 10_000;

/** An answer that goes on until all is said or the client is gone. */
export interface Streamed<Piece = unknown> {
	format: StreamFormat;
	/** Ends soon after the signal. */
	pieces(signal: AbortSignal): AsyncIterable<Piece>;
}

/** A text that is too long to be kept in memory. */
export interface StreamedText {
	contentType: string;
	/** What a browser saves it as. */
	fileName: string;
	chunks(): AsyncIterable<string>;
}

/** Writes a text as fast as it is taken. Where it breaks off, so does the connection, so that the part is not taken for the whole. */
export async function sendText({ contentType, fileName, chunks }: StreamedText, response: Response): Promise<void> {
	response.setHeader('Content-Type', contentType);
	response.setHeader('Content-Disposition', `attachment; filename="${fileName}"`);
	response.setHeader('X-Accel-Buffering', 'no');
	await pipeline(Readable.from(chunks(), { objectMode: false }), response);
}

/** Writes an answer piece by piece, each as soon as it is there. */
export async function sendStream({ format, pieces }: Streamed, response: Response): Promise<void> {
	const clientGone = new AbortController();
	response.on('close', () => clientGone.abort());
	response.setHeader('Content-Type', STREAM_TYPES[format]);
	// Proxies must neither compress it nor hold it back.
	response.setHeader('Cache-Control', 'no-store, no-transform');
	response.setHeader('X-Accel-Buffering', 'no');
	response.flushHeaders();
	const beat = setInterval(() => response.write(heartbeat(format)), BEAT_MS);
	try {
		for await (const piece of pieces(clientGone.signal)) {
			if (clientGone.signal.aborted) break;
			response.write(streamPiece(format, piece));
		}
	} finally {
		clearInterval(beat);
		response.end();
	}
}
