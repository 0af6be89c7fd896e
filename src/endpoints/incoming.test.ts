import fc from 'fast-check';
import { createServer, request as send, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerJson, incomingBytes } from './incoming.js';

/** What the server does with a body: how many bytes it wants, and how it stops. */
type Plan = { wanted: number; by: 'iterator' | 'pipeline' | 'nothing' };

let server: Server;
let plan: Plan;
/** Requests whose socket was gone when the answer was over: Directus reads it then, and would end the process. */
let lost = 0;
let over = 0;

const stopped = (taken: number) => Object.assign(new Error(`enough after ${taken}`), { enough: true });

async function take(request: IncomingMessage, { wanted, by }: Plan): Promise<number> {
	let taken = 0;
	const count = (chunk: Buffer) => {
		taken += chunk.length;
		if (taken > wanted) throw stopped(taken);
	};
	if (by === 'iterator') for await (const chunk of incomingBytes(request)) count(chunk as Buffer);
	if (by === 'pipeline')
		await pipeline(
			incomingBytes(request),
			new Writable({
				write(chunk: Buffer, _encoding, done) {
					try {
						count(chunk);
						done();
					} catch (error) {
						done(error as Error);
					}
				},
			}),
		);
	return taken;
}

beforeAll(async () => {
	server = createServer((request, response) => {
		let seen = false;
		const complete = () => {
			if (seen) return;
			seen = true;
			over += 1;
			// As Directus' own server does.
			if (!request.socket) lost += 1;
		};
		response.once('finish', complete).once('close', complete);
		void take(request, plan).then(
			(taken) => answerJson(request, response, 200, { taken }),
			(error: { enough?: boolean; code?: string; message: string }) =>
				error.code === 'ECONNRESET' ? undefined : answerJson(request, response, 413, { message: error.message }),
		);
	});
	await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void server.close());

/** Sends a body in chunks; breaks off after some of them if told. */
function upload(sizes: number[], { chunked, breakOff }: { chunked: boolean; breakOff: number | null }) {
	return new Promise<number | 'broken'>((resolve) => {
		const length = sizes.reduce((sum, size) => sum + size, 0);
		const outgoing = send(
			{
				port: (server.address() as AddressInfo).port,
				host: '127.0.0.1',
				method: 'POST',
				headers: chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': length },
			},
			(answer) => {
				answer.resume();
				answer.on('end', () => resolve(answer.statusCode ?? 0)).on('error', () => resolve('broken'));
			},
		);
		outgoing.on('error', () => resolve('broken'));
		const next = (index: number): void => {
			if (index === breakOff) return void outgoing.destroy();
			const size = sizes[index];
			if (size === undefined) return void outgoing.end();
			outgoing.write(Buffer.alloc(size), () => next(index + 1));
		};
		next(0);
	});
}

test('a request keeps its socket, whoever stops reading or sending when', async () => {
	const body = fc.record({
		sizes: fc.array(fc.integer({ min: 1, max: 200_000 }), { maxLength: 12 }),
		chunked: fc.boolean(),
		breakOff: fc.option(fc.integer({ min: 0, max: 12 }), { freq: 3 }),
		wanted: fc.integer({ min: 0, max: 1_000_000 }),
		by: fc.constantFrom('iterator', 'pipeline', 'nothing'),
	});
	await fc.assert(
		fc.asyncProperty(body, async ({ sizes, chunked, breakOff, wanted, by }) => {
			plan = { wanted, by };
			const length = sizes.reduce((sum, size) => sum + size, 0);
			const status = await upload(sizes, { chunked, breakOff });
			const isBroken = breakOff !== null && breakOff <= sizes.length;
			if (!isBroken) expect(status).toBe(by !== 'nothing' && length > wanted ? 413 : 200);
		}),
		{ numRuns: 150 },
	);
	expect(over).toBeGreaterThan(0);
	expect(lost).toBe(0);
});

test('answers at once, and reads the rest, when a large body is refused', async () => {
	plan = { wanted: 1_000, by: 'iterator' };
	const sizes = Array.from({ length: 64 }, () => 1024 * 1024);
	expect(await upload(sizes, { chunked: true, breakOff: null })).toBe(413);
	expect(await upload([10], { chunked: false, breakOff: null })).toBe(200);
	expect(lost).toBe(0);
});
