import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { FLUSH_PATH, SIGNING_SECRET } from './flush-target.js';
import {
	articlePage,
	authorPage,
	FRONT_PAGE_ARTICLES,
	frontPage,
	tagPage,
	wholeSite,
	type Language,
	type Page,
} from './pages.js';
import type { Studio } from './studio.js';

/** One entry of the body that a webhook target receives, as far as the storefront needs it. */
interface FlushEntry {
	collection: string;
	event: string;
	keys?: '*';
	tags?: string[];
	paths?: string[];
}

/** One request that arrived with a good signature. */
export interface Flush {
	changes: number;
	tags: string[];
	paths: string[];
	/** The cached pages that it dropped. */
	dropped: string[];
}

/** A website that renders each page once and keeps it until it is told to drop it. */
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

/** Starts the storefront on 127.0.0.1. It takes its content from Directus only. */
export async function startStorefront(studio: Studio, port: number): Promise<Storefront> {
	const cache = new Map<string, Page>();
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
			const [articles, authors, tags] = await Promise.all([studio.articles(), studio.authors(), studio.tags()]);
			for (const [path, page] of wholeSite({ articles, authors, tags })) cache.set(path, page);
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
		const page = kept ?? (await renderAndKeep(path));
		const headers = { 'content-type': 'text/html; charset=utf-8', 'x-cache': kept ? 'hit' : 'miss' };
		response.writeHead(page ? 200 : 404, headers).end(page?.html ?? '<h1>Not found</h1>\n');
	}

	async function renderAndKeep(path: string): Promise<Page | null> {
		const flushesBefore = storefront.flushes.length;
		const page = await render(studio, path);
		if (!page) return null;
		storefront.counts.renders++;
		// A flush that came meanwhile may have been about this page: what was read before it is shown once, not kept.
		if (storefront.flushes.length === flushesBefore) cache.set(path, page);
		return page;
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
		const tags = new Set(entries.flatMap((entry) => entry.tags ?? []));
		const paths = new Set(entries.flatMap((entry) => entry.paths ?? []));
		const all = entries.some(({ keys }) => keys === '*');
		const dropped = [...cache]
			.filter(([path, page]) => all || paths.has(path) || page.tags.some((tag) => tags.has(tag)))
			.map(([path]) => path);
		for (const path of dropped) cache.delete(path);
		return { changes: entries.length, tags: [...tags], paths: [...paths], dropped };
	}
}

/** Makes one page from what Directus holds now; null where there is no such page. */
async function render(studio: Studio, path: string): Promise<Page | null> {
	if (path === '/') return frontPage(await studio.articles({ limit: FRONT_PAGE_ARTICLES }));
	const [, prefix, kind, slug] = /^(\/nl)?\/(blog|authors|tags)\/([^/]+)$/.exec(path) ?? [];
	if (!slug) return null;
	if (kind === 'blog') {
		const language: Language = prefix ? 'nl' : 'en';
		const [article] = await studio.articles({ filter: { slug: { _eq: slug } }, limit: 1 });
		return article ? articlePage(article, language) : null;
	}
	if (prefix) return null;
	if (kind === 'authors') {
		const [author] = (await studio.authors()).filter(({ id }) => String(id) === slug);
		return author ? authorPage(author, await studio.articles({ filter: { author: { _eq: author.id } } })) : null;
	}
	const [tag] = (await studio.tags()).filter((one) => one.slug === slug);
	return tag ? tagPage(tag, await studio.articles({ filter: { tags: { tags_id: { _eq: tag.id } } } })) : null;
}
