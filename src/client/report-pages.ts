import type { PageTags } from './collect-tags.js';

export interface ReportOptions {
	/** Where Directus is. */
	url: string;
	/** `DOWNSTREAM_PAGES_TOKEN` in the environment of Directus. */
	token: string;
	fetch?: (input: string, init: RequestInit) => Promise<Response>;
}

export interface PageReporter {
	/**
	 * Says what a page was made from. True once Directus knows it, so that a change will drop the page by its path; false
	 * where it must not be kept: it can't be told, or what it shows changed while it was made.
	 */
	report(path: string, page: Pick<PageTags, 'tags' | 'readAt'>): Promise<boolean>;
}

function sizeOfBatch(waiting: readonly Waiting[]): number {
	let characters = 0;
	const size = waiting.findIndex(
		({ path, tags }, index) =>
			index >= MOST_PAGES || (characters += path.length + tags.join('","').length) > MOST_CHARACTERS,
	);
	return size < 0 ? waiting.length : Math.max(1, size);
}

interface Waiting {
	path: string;
	tags: string[];
	read_at: number;
	settle(isKept: boolean): void;
}

const MOST_PAGES = 100;
/** Directus takes a body of 1 MB; of it, this is tags. */
const MOST_CHARACTERS = 600_000;
/** Waiting for Directus; what comes on top is told at once that it can't be kept. */
const MOST_WAITING = 1000;

/** Tells Directus which page was made from what: for caches that are purged by path. One for each process. */
export function reportPages({ url, token, fetch: given }: ReportOptions): PageReporter {
	const address = `${url.replace(/(?<!\/)\/+$/, '')}/downstream/pages`;
	const waiting: Waiting[] = [];
	let isSending = false;

	async function send(): Promise<void> {
		isSending = true;
		while (waiting.length > 0) {
			const batch = waiting.splice(0, sizeOfBatch(waiting));
			const kept = await post(batch).catch((): string[] => []);
			for (const { path, settle } of batch) settle(kept.includes(path));
		}
		isSending = false;
	}

	async function post(batch: readonly Waiting[]): Promise<string[]> {
		const pages = batch.map(({ path, tags, read_at }) => ({ path, tags, read_at }));
		const response = await (given ?? fetch)(address, {
			method: 'POST',
			headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
			body: JSON.stringify({ pages }),
			signal: AbortSignal.timeout(5000),
		});
		if (!response.ok) throw new Error(`${address} answered ${response.status}`);
		return ((await response.json()) as { data: { kept: string[] } }).data.kept;
	}

	return {
		report(path, page) {
			const tags = page.tags();
			const read_at = page.readAt();
			if (!tags || read_at === null || waiting.length >= MOST_WAITING) return Promise.resolve(false);
			return new Promise((settle) => {
				waiting.push({ path, tags, read_at, settle });
				if (!isSending) void send();
			});
		},
	};
}
