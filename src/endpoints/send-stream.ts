import type { Response } from 'express';
import { heartbeat, STREAM_TYPES, streamPiece, type StreamFormat } from '../contract/stream-format.js';

/** How often something is written where nothing changes, so that nobody in between takes the line for dead. */
const BEAT_MS = 10_000;

/** An answer that goes on until there is no more to say, or nobody listens. */
export interface Streamed<Piece = unknown> {
	format: StreamFormat;
	/** Ends soon after the signal. */
	pieces(signal: AbortSignal): AsyncIterable<Piece>;
}

/** Writes an answer piece by piece, each as soon as it is there. */
export async function sendStream({ format, pieces }: Streamed, response: Response): Promise<void> {
	const clientGone = new AbortController();
	response.on('close', () => clientGone.abort());
	response.setHeader('Content-Type', STREAM_TYPES[format]);
	// Neither packed nor held back on the way.
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
