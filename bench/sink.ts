/**
 * The targets, in a process of their own: a port that answers 200 at once and one that takes a moment, as a site does,
 * which remember what came, and one that accepts requests and never answers.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SLOW_MS, type SinkAnswer, type SinkQuestion, type SinkRequest } from './workers.js';

let requests: SinkRequest[] = [];

const listening = (server: Server) =>
	new Promise<string>((resolve) => {
		server.keepAliveTimeout = 60_000;
		server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
	});

const answering = (afterMs: number) =>
	createServer((request, response) => {
		const at = Date.now();
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			requests.push({ at, path: request.url ?? '', body: Buffer.concat(chunks).toString('utf8') });
			const answer = () => response.writeHead(200, { 'content-length': 2 }).end('ok');
			if (afterMs > 0) setTimeout(answer, afterMs);
			else answer();
		});
	});
const hanging = createServer((request) => void request.resume());

const urls = {
	url: await listening(answering(0)),
	slowUrl: await listening(answering(SLOW_MS)),
	hangingUrl: await listening(hanging),
};
const tell = (answer: SinkAnswer) => process.send?.(answer);

process.on('message', ({ id, ask, prefix }: SinkQuestion) => {
	const asked = requests.filter(({ path }) => path.startsWith(prefix));
	if (ask === 'clear') requests = [];
	tell({ id, count: asked.length, requests: ask === 'read' ? asked : [] });
});
process.on('disconnect', () => process.exit(0));
tell({ id: 0, ...urls, count: 0, requests: [] });
