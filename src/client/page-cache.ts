/** A page that is being made. */
export interface PageInTheMaking<Page> {
	/**
	 * Keeps the page until one of its tags, or its path, is purged. It is not kept where `tags` is null, or where one of
	 * them was purged since the making began: what was read may be the old state.
	 */
	keep(page: Page, tags: readonly string[] | null): boolean;
}

export interface PageCache<Page> {
	get(path: string): Page | undefined;
	/** To be called before anything is read for the page. */
	make(path: string): PageInTheMaking<Page>;
	/** Drops the pages of these paths, and those that have one of these tags. */
	purge(purged: { tags?: readonly string[]; paths?: readonly string[] }): void;
}

/** Of a purge, this much is remembered for pages that are being made. */
const MOST_PURGES = 10_000;

/** Pages in the memory of one process, kept by their tags; the one that nobody asked for the longest goes first. */
export function pageCache<Page>({ most = 1000 }: { most?: number } = {}): PageCache<Page> {
	const kept = new Map<string, { page: Page; tags: ReadonlySet<string> }>();
	/** When a tag or a path was purged last, in the order of time; counted, since clocks stand still for a while. */
	const purged = new Map<string, number>();
	let now = 0;
	let forgotten = -1;

	function remember(what: string): void {
		purged.delete(what);
		purged.set(what, now);
		if (purged.size <= MOST_PURGES) return;
		for (const [oldest, when] of purged) {
			forgotten = when;
			purged.delete(oldest);
			return;
		}
	}

	return {
		get(path) {
			const entry = kept.get(path);
			if (!entry) return undefined;
			kept.delete(path);
			kept.set(path, entry);
			return entry.page;
		},
		make(path) {
			const began = ++now;
			const isPurged = (what: string) => (purged.get(what) ?? -1) >= began;
			return {
				keep(page, tags) {
					kept.delete(path);
					if (!tags || forgotten >= began || isPurged(pathKey(path)) || tags.some(isPurged)) return false;
					kept.set(path, { page, tags: new Set(tags) });
					for (const oldest of kept.keys()) {
						if (kept.size <= most) break;
						kept.delete(oldest);
					}
					return true;
				},
			};
		},
		purge({ tags = [], paths = [] }) {
			for (const tag of tags) remember(tag);
			for (const path of paths) {
				remember(pathKey(path));
				kept.delete(path);
			}
			for (const [path, entry] of kept) if (tags.some((tag) => entry.tags.has(tag))) kept.delete(path);
		},
	};
}

/** Tags have no spaces, so that a path is never taken for one. */
const pathKey = (path: string) => `path ${path}`;
