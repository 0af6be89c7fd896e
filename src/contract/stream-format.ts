/** How an answer that goes on is written: as lines of JSON, or as server-sent events. */
export type StreamFormat = 'ndjson' | 'sse';

/** The format that a request with this `Accept` header wants; null for one answer that ends at once. */
export function streamFormat(accept: string): StreamFormat | null {
	const types = accept.split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
	if (types.includes('application/x-ndjson')) return 'ndjson';
	return types.includes('text/event-stream') ? 'sse' : null;
}

export const STREAM_TYPES: Record<StreamFormat, string> = {
	ndjson: 'application/x-ndjson; charset=utf-8',
	sse: 'text/event-stream; charset=utf-8',
};

/** One piece of it. */
export function streamPiece(format: StreamFormat, data: unknown): string {
	const text = JSON.stringify({ data });
	return format === 'sse' ? `data: ${text}\n\n` : `${text}\n`;
}

/** What says that it still goes on, and means nothing. */
export const heartbeat = (format: StreamFormat): string => (format === 'sse' ? ':\n\n' : '\n');
