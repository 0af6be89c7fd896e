import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { FLUSH_PATH, SIGNING_SECRET } from './flush-target.js';
import { createReads, pathsOf, type Addresses, type Made } from './reads.js';

/** One entry of the body that a webhook target receives, as far as the storefront needs it. */
interface FlushEntry {
	tags?: string[];
}

/** One request that arrived with a good signature. */
export interface Flush {
	changes: number;
	tags: string[];
	/** The cached pages that it dropped. */
	dropped: string[];
}

/** A website that renders each page once and keeps it until a tag of what it was made from is flushed. */
export interface Storefront {
	url: string;
	/** Every flush so far. */
	flushes: Flush[];
	/** Pages rendered, requests answered from the cache, and flushes refused for their signature. */
	counts: { renders: number; hits: number; refused: number };
	/** The pages in the cache, by path. */
	cached(): Map<string, string>;
	/** Renders every page into the cache, as a static build does. Gives their number. */
	build(): Promise<number>;
	/** Stops listening. What is cached stays, as it would on a disk. */
	down(): Promise<void>;
	/** Listens again on the same port. */
	up(): Promise<void>;
}

interface Page {
	html: string;
	tags: ReadonlySet<string>;
}

/** How many pages a build renders at once. */
const AT_ONCE = 8;

/** Starts the storefront on 127.0.0.1. It takes its content from Directus only. */
export async function startStorefront(directus: { url: string; token: string }, port: number): Promise<Storefront> {
	const reads = createReads(directus);
	const cache = new Map<string, Page>();
	let known: Made<Addresses> | null = null;
	const webhook = new Webhook(SIGNING_SECRET);
	const server = createServer((request, response) => {
		answer(request, response).catch((error: unknown) => {
			if (response.headersSent) return void response.destroy();
			response.writeHead(502, { 'content-type': 'text/plain' }).end(`No answer from Directus: ${String(error)}\n`);
		});
	});
	const storefront: Storefront = {
		url: `http://127.0.0.1:${port}`,
		flushes: [],
		counts: { renders: 0, hits: 0, refused: 0 },
		cached: () => new Map([...cache].map(([path, { html }]) => [path, html])),
		async build() {
			const paths = pathsOf(await addresses());
			await Promise.all(
				Array.from({ length: AT_ONCE }, async () => {
					for (let path = paths.pop(); path !== undefined; path = paths.pop()) await renderAndKeep(path);
				}),
			);
			return cache.size;
		},
		down: () =>
			new Promise((resolve) => {
				if (!server.listening) return resolve();
				server.close(() => resolve());
				server.closeAllConnections();
			}),
		up: () =>
			new Promise((resolve, reject) => {
				server.once('error', reject);
				server.listen(port, '127.0.0.1', () => {
					server.off('error', reject);
					resolve();
				});
			}),
	};
	await storefront.up();
	return storefront;

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const path = new URL(request.url ?? '/', storefront.url).pathname;
		if (request.method === 'POST' && path === FLUSH_PATH) return takeFlush(request, response);
		const kept = cache.get(path);
		if (kept) storefront.counts.hits++;
		const html = kept?.html ?? (await renderAndKeep(path));
		const headers = { 'content-type': 'text/html; charset=utf-8', 'x-cache': kept ? 'hit' : 'miss' };
		response.writeHead(html === null ? 404 : 200, headers).end(html ?? '<h1>Not found</h1>\n');
	}

	async function renderAndKeep(path: string): Promise<string | null> {
		const flushesBefore = storefront.flushes.length;
		const { value: html, tags } = await reads.page(path, await addresses());
		if (html === null) return null;
		storefront.counts.renders++;
		// A flush that came meanwhile may have been about this page: what was read before it is shown once, not kept.
		if (tags && storefront.flushes.length === flushesBefore) cache.set(path, { html, tags });
		return html;
	}

	async function addresses(): Promise<Addresses> {
		if (known) return known.value;
		const flushesBefore = storefront.flushes.length;
		const made = await reads.addresses();
		if (made.tags && storefront.flushes.length === flushesBefore) known = made;
		return made.value;
	}

	async function takeFlush(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		let entries: FlushEntry[];
		try {
			const headers = request.headers as Record<string, string>;
			entries = webhook.verify(Buffer.concat(chunks), headers) as FlushEntry[];
		} catch {
			storefront.counts.refused++;
			return void response.writeHead(401).end('The signature is not that of our Directus.\n');
		}
		storefront.flushes.push(drop(entries));
		response.writeHead(204).end();
	}

	function drop(entries: FlushEntry[]): Flush {
		const tags = [...new Set(entries.flatMap((entry) => entry.tags ?? []))];
		const isOutOfDate = (made: { tags: ReadonlySet<string> | null }) => tags.some((tag) => made.tags?.has(tag));
		const dropped = [...cache].filter(([, page]) => isOutOfDate(page)).map(([path]) => path);
		for (const path of dropped) cache.delete(path);
		if (known && isOutOfDate(known)) known = null;
		return { changes: entries.length, tags, dropped };
	}
}
