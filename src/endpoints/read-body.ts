import type { Request } from 'express';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MOST_VALUES, PIECE, valuesInPiece } from '../kernel/core/json-values.js';
import { incomingBytes } from './incoming.js';
import { messageOf } from '../kernel/core/message-of.js';

/** The most that is taken in, packed and unpacked: a configuration of tens of thousands of elements. */
const PACKED = 32 * 1024 * 1024;
const UNPACKED = 256 * 1024 * 1024;

/** The same of what another instance sends, whose requests have 1 MiB of rows, unless a single row is larger. */
const UNPACKED_ROWS = 64 * 1024 * 1024;

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
	const tooLarge = new UnreadableBody(
		`the body is larger than ${PACKED / 1024 / 1024} MB; send less at once, or gzip it`,
		true,
	);
	if (Number(request.headers['content-length'] ?? 0) > PACKED) throw tooLarge;
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of incomingBytes(request) as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > PACKED) throw tooLarge;
		chunks.push(chunk);
	}
	const given = Buffer.concat(chunks);
	if (given.length === 0) return undefined;
	const isRows = path.startsWith('/sync/');
	const bytes = isGzip(given) ? await unpack(given, isRows ? UNPACKED_ROWS : UNPACKED) : given;
	if (isRows && (await hasMoreValues(bytes, MOST_VALUES)))
		throw new UnreadableBody(
			`the body has more than ${MOST_VALUES.toLocaleString('en')} values; send fewer rows at once`,
			true,
		);
	const text = bytes.toString('utf8');
	// Other work may run between two long steps.
	if (bytes.length > PIECE) await setImmediate();
	try {
		return JSON.parse(text) as unknown;
	} catch (error) {
		throw new UnreadableBody(`the body is no JSON: ${messageOf(error)}`);
	}
}

const isGzip = (bytes: Buffer) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Whether JSON has more values than that. */
export async function hasMoreValues(json: Buffer, most: number): Promise<boolean> {
	let values = 0;
	for (let from = 0; from < json.length; from += PIECE) {
		if (from > 0) await setImmediate();
		values += valuesInPiece(json, from);
		if (values > most) return true;
	}
	return false;
}

async function unpack(bytes: Buffer, most: number): Promise<Buffer> {
	try {
		return await promisify(gunzip)(bytes, { maxOutputLength: most });
	} catch (error) {
		const tooLarge = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
		throw new UnreadableBody(
			tooLarge
				? `the unpacked body is larger than ${most / 1024 / 1024} MB; send less at once`
				: 'the body cannot be unpacked: expected gzip',
			tooLarge,
		);
	}
}
