import type { Request } from 'express';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** The most that is taken in, packed and unpacked: a configuration of tens of thousands of elements. */
const PACKED = 32 * 1024 * 1024;
const UNPACKED = 256 * 1024 * 1024;

/** What Directus leaves alone: it reads `application/json` by itself, and of that no more than `MAX_PAYLOAD_SIZE` (1 MB). */
const RAW = ['application/octet-stream', 'application/gzip', 'application/x-gzip'];

/** A body that cannot be taken in. */
export class UnreadableBody extends Error {
	readonly tooLarge: boolean;

	constructor(message: string, tooLarge = false) {
		super(message);
		this.tooLarge = tooLarge;
	}
}

/**
 * The JSON that came with a request: what Directus has read, or, for bodies that may be too large for it, JSON sent as
 * `application/octet-stream` or `application/gzip`, packed or not.
 */
export async function readBody(request: Request, path: string): Promise<unknown> {
	const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
	if (!RAW.includes(type) || !/^\/(config|sync)\//.test(path)) return request.body as unknown;
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > PACKED)
			throw new UnreadableBody(`the body is larger than ${PACKED / 1024 / 1024} MB; send it gzipped`, true);
		chunks.push(chunk);
	}
	const bytes = Buffer.concat(chunks);
	if (bytes.length === 0) return undefined;
	const text = isGzip(bytes) ? await unpack(bytes) : bytes.toString('utf8');
	try {
		return JSON.parse(text) as unknown;
	} catch (error) {
		throw new UnreadableBody(`the body is no JSON: ${error instanceof Error ? error.message : String(error)}`);
	}
}

const isGzip = (bytes: Buffer) => bytes[0] === 0x1f && bytes[1] === 0x8b;

async function unpack(bytes: Buffer): Promise<string> {
	try {
		return (await promisify(gunzip)(bytes, { maxOutputLength: UNPACKED })).toString('utf8');
	} catch (error) {
		const tooLarge = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
		throw new UnreadableBody(
			tooLarge
				? `the body is larger than ${UNPACKED / 1024 / 1024} MB when it is unpacked`
				: 'the body cannot be unpacked',
			tooLarge,
		);
	}
}
