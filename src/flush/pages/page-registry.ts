import type { Knex } from 'knex';
import { tagsPlannedSince } from '../../delivery/tables/delivery-tags.js';
import type { Clock } from '../../kernel/ports.js';
import { tagOfCollection, tagOfItem } from '../core/pages/tag-names.js';
import { keepPages, pagesOfTags, type KnownPage, type Page } from '../tables/page-table.js';

/** All that a change of rights drops at once: what a receiver by path can be told in one go. */
const MOST_PAGES = 20_000;

/** Reports that one process takes: so many at once, and so many in a second after that. */
const [BURST, PER_SECOND] = [200, 50];

/** Clocks of nodes differ by less than this; what is planned is not sent so soon, so no page is read again by then. */
const MARGIN_MS = 40;

/** A page that takes longer to make is not kept: nobody looks so far back. */
const LONGEST_MS = 600_000;

export interface ReportedPage extends Page {
	/** When its first read began, in ms since 1970. */
	readAt: number;
}

/** Which pages a front end has made from what: for caches that are purged by path, and to know where an item is shown. */
export function createPageRegistry({
	database,
	clock,
	passed,
}: {
	database: Knex;
	clock: Clock;
	/** ms, from anywhere. */
	passed(): number;
}) {
	let [left, leftAt] = [BURST, passed()];

	return {
		/** Whether one more report is taken now. */
		takes(): boolean {
			const now = passed();
			left = Math.min(BURST, left + ((now - leftAt) / 1_000) * PER_SECOND);
			leftAt = now;
			if (left < 1) return false;
			left--;
			return true;
		},

		/**
		 * Notes pages, and gives the paths of those that may be kept: a change of what they show, from now on, drops them.
		 * What was planned while one was made may have been sent before anybody knew of it.
		 */
		async report(pages: readonly ReportedPage[]): Promise<string[]> {
			const now = clock.now();
			const known = new Set(await keepPages(database, pages, { now, most: MOST_PAGES }));
			// After they are written down: what is planned later finds them.
			const since = now - LONGEST_MS;
			const oldest = Math.max(since, Math.min(...pages.map(({ readAt }) => readAt)));
			const planned = await tagsPlannedSince(database, oldest - MARGIN_MS);
			const isChanged = ({ tags, readAt }: ReportedPage) =>
				planned === null || tags.some((tag) => (planned.get(tag) ?? 0) >= readAt - MARGIN_MS);
			return pages
				.filter(
					(page) => known.has(page.path) && page.readAt >= since && page.readAt <= now + MARGIN_MS && !isChanged(page),
				)
				.map(({ path }) => path);
		},

		/** The pages that show an item, or may show it since they show what cannot be told apart. */
		async showing(collection: string, keys: readonly string[]): Promise<(KnownPage & { certain: boolean })[]> {
			const whole = tagOfCollection(collection);
			const found = await pagesOfTags(database, [...keys.map((key) => tagOfItem(collection, key)), whole]);
			return [...found.values()]
				.map(({ path, seenAt, tags }) => ({ path, seenAt, certain: tags.some((tag) => tag !== whole) }))
				.toSorted((one, other) => Number(other.certain) - Number(one.certain) || one.path.localeCompare(other.path));
		},

		/** For each of these tags, the paths of the pages that have it. */
		async pathsOf(tags: readonly string[]): Promise<Map<string, string[]>> {
			const paths = new Map<string, string[]>();
			for (const { path, tags: of } of (await pagesOfTags(database, tags)).values())
				for (const tag of of) paths.set(tag, [...(paths.get(tag) ?? []), path]);
			return paths;
		},
	};
}

export type PageRegistry = ReturnType<typeof createPageRegistry>;
