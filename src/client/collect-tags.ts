import { CACHES, type CacheLimits, type CacheName } from './caches.js';

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface CollectOptions {
	/** What reads are made with; the global `fetch` by default. */
	fetch?: Fetch;
	/**
	 * Every visitor sees what is read here: the site reads with a token of its own, and never with one of the visitor.
	 * Without it, answers that Directus marks as private are not kept.
	 */
	shared?: boolean;
}

/** What one page was made from. */
export interface PageTags {
	/** For `createDirectus(url, { globals: { fetch } })`, or to be called as it is. */
	fetch: Fetch;
	/** The tags of all reads so far, within the limits of a cache; null where the page must not be kept by its tags. */
	tags(cache?: CacheName): string[] | null;
	/** The header that carries the tags to a CDN; `Cache-Control: private, no-store` where the page must not be kept. */
	headers(cache: CacheName): Record<string, string>;
	/** Why the page must not be kept, for a developer; null where it may be. */
	problem(cache?: CacheName): string | null;
	/** When the first read began, by the clock of Directus; null where it did not say. */
	readAt(): number | null;
}

interface Read {
	fine: string[];
	coarse: string[];
}

const ASKED = 'x-downstream-tags';
const NO_LIMITS: CacheLimits = { header: '', separator: ',', tags: 5000, bytes: 500_000, length: 256 };

/** Collects what a page is made from, while it is being made. One for each page, or each part that is kept by itself. */
export function collectTags({ fetch: given, shared }: CollectOptions = {}): PageTags {
	const reads: Read[] = [];
	let began: number | null = null;
	let wrong: string | null = null;
	let open = 0;

	const readTags: Fetch = async (input, init) => {
		const request = input instanceof Request ? input : null;
		const url = request ? request.url : String(input);
		const headers = new Headers(request?.headers);
		new Headers(init?.headers).forEach((value, name) => headers.set(name, value));
		headers.set(ASKED, '1');
		open++;
		try {
			const response = await (given ?? fetch)(input, { ...init, headers });
			const path = new URL(url, 'http://x').pathname;
			if (!path.includes('/auth/')) note(response.headers, `${init?.method ?? request?.method ?? 'GET'} ${path}`, url);
			return response;
		} catch (error) {
			wrong ??= `a read of ${url} failed`;
			throw error;
		} finally {
			open--;
		}
	};

	function note(headers: Headers, what: string, url: string): void {
		const fine = tagsIn(headers);
		const coarse = split(headers.get('x-downstream-coarse-tags') ?? '');
		if (fine.length === 0)
			wrong ??= `${what} answered without tags: is Downstream switched on there, and does the request have a token?`;
		else if (fine.length === 1 && coarse.length === 0) wrong ??= `${what} has more tags than fit`;
		else if (/[?&]version=/.test(url)) wrong ??= `${what} shows a version that is not published`;
		else if (!shared && headers.get('x-downstream-cache') === 'private')
			wrong ??= `${what} is not what everybody may see: where it is, use collectTags({ shared: true })`;
		const at = Number(headers.get('x-downstream-read-at'));
		if (at > 0 && !(began !== null && began < at)) began = at;
		reads.push({ fine, coarse });
	}

	const tags = (cache?: CacheName): string[] | null =>
		wrong !== null || open > 0 || reads.length === 0 ? null : within(reads, cache ? CACHES[cache] : NO_LIMITS);

	return {
		fetch: readTags,
		tags,
		headers(cache) {
			const found = tags(cache);
			const { header, separator } = CACHES[cache];
			return found && header ? { [header]: found.join(separator) } : { 'Cache-Control': 'private, no-store' };
		},
		problem: (cache) =>
			wrong ??
			(open > 0
				? 'a read is still under way'
				: reads.length === 0
					? 'nothing was read from Directus'
					: tags(cache)
						? null
						: `it has more tags than ${cache} keeps`),
		readAt: () => began,
	};
}

const split = (value: string) => value.split(/[\s,]+/).filter(Boolean);

/** What Directus was asked for, or what it puts on every read (`DOWNSTREAM_RESPONSE_TAGS`). */
function tagsIn(headers: Headers): string[] {
	const names = [ASKED, ...Object.values(CACHES).flatMap(({ header }) => header || [])];
	for (const name of names) {
		const found = split(headers.get(name) ?? '');
		// Every read has this one: other services use headers of the same names.
		if (found.includes('..')) return found;
	}
	return [];
}

/** All tags, or as many reads as it takes by one tag for each of their collections: those with the most tags first. */
function within(reads: readonly Read[], limits: CacheLimits): string[] | null {
	const shown = reads.map(({ fine }) => fine);
	for (;;) {
		const all = [...new Set(shown.flat())];
		const isTooLong = (tag: string) => tag.length > limits.length;
		if (all.length <= limits.tags && all.join(limits.separator).length <= limits.bytes && !all.some(isTooLong))
			return all;
		const gain = (index: number) => {
			const { fine = [], coarse = [] } = reads[index] ?? {};
			if (shown[index] !== fine || coarse.length === 0) return 0;
			return fine.some(isTooLong) && !coarse.some(isTooLong) ? Infinity : fine.length - coarse.length;
		};
		const most = shown.reduce((best, _, index) => (gain(index) > gain(best) ? index : best), 0);
		if (gain(most) <= 0) return null;
		shown[most] = reads[most]?.coarse ?? [];
	}
}
