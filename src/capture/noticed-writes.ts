/** How long it is remembered that a write was noticed, in ms: its action hook comes long before. */
const REMEMBERED_MS = 60_000;

/** Writes kept at most; past that all are forgotten, and recorded once more at worst. */
const MOST = 50_000;

/** Which items' latest writes the seam has seen, so that their action hooks do not record them again. */
export function createNoticedWrites(now: () => number) {
	const noticed = new Map<string, number>();
	const key = (collection: string, item: string) => `${collection}\u0000${item}`;
	return {
		add(collection: string, item: string): void {
			if (noticed.size > MOST) noticed.clear();
			noticed.set(key(collection, item), now());
		},
		/** Whether the write was noticed; asked once for each write. */
		take(collection: string, item: string): boolean {
			const at = noticed.get(key(collection, item));
			noticed.delete(key(collection, item));
			return at !== undefined && now() - at < REMEMBERED_MS;
		},
	};
}

export type NoticedWrites = ReturnType<typeof createNoticedWrites>;
