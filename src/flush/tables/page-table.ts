import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import { createTable } from '../../kernel/database/create-table.js';

const PAGES = 'downstream_pages';
const TAGS = 'downstream_page_tags';

/** SQLite takes 999 variables in one statement. */
const AT_ONCE = 200;

/**
 * A copy of a page that was made a moment before another one may be what a cache has in the end: the tags of the older
 * one count for so long too.
 */
const OLD_TAGS_KEPT_MS = 600_000;

/** A page of a front end, and what it was made from. */
export interface Page {
	path: string;
	tags: readonly string[];
}

export interface KnownPage {
	path: string;
	/** ms since 1970. */
	seenAt: number;
}

export async function createPageTables(database: Knex): Promise<void> {
	await createTable(database, PAGES, (table) => {
		table.string('id', 32).primary();
		table.text('path').notNullable();
		table.string('digest', 32).notNullable();
		table.bigInteger('seen_at').notNullable().index();
	});
	await createTable(database, TAGS, (table) => {
		table.string('page', 32).notNullable();
		table.string('tag', 128).notNullable();
		table.bigInteger('gone_at');
		table.primary(['page', 'tag']);
		table.index(['tag']);
	});
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);

/**
 * Writes down pages as they are now. Most say what they said before, and cost one row.
 * @param most how many pages are kept in all; what is new beyond them is left out
 * @returns the paths that are known now
 */
export async function keepPages(
	database: Knex,
	pages: readonly Page[],
	{ now, most }: { now: number; most: number },
): Promise<string[]> {
	const byId = new Map(pages.map((page) => [digestOf(page.path), page]));
	return database.transaction(async (transaction) => {
		const known = new Map<string, string>();
		for (const ids of inGroupsOf(AT_ONCE, [...byId.keys()]))
			for (const row of await transaction(PAGES)
				.select<{ id: string; digest: string }[]>('id', 'digest')
				.whereIn('id', ids))
				known.set(row.id, row.digest);
		let room = known.size < byId.size ? most - (await countPages(transaction)) : 0;
		// Two nodes that write the same pages in the same order never wait for each other in a circle.
		const kept = [...byId]
			.toSorted(([one], [other]) => (one < other ? -1 : 1))
			.filter(([id]) => known.has(id) || room-- > 0);
		const rows = kept.map(([id, { path, tags }]) => ({
			id,
			path,
			digest: digestOf([...tags].toSorted().join(' ')),
			seen_at: now,
		}));
		for (const some of inGroupsOf(AT_ONCE, rows))
			await transaction(PAGES).insert(some).onConflict('id').merge(['digest', 'seen_at']);
		const changed = rows.filter(({ id, digest }) => known.get(id) !== digest).map(({ id }) => id);
		await keepTags(
			transaction,
			changed.map((id) => ({ id, tags: byId.get(id)?.tags ?? [] })),
			now,
		);
		return kept.map(([, { path }]) => path);
	});
}

async function keepTags(
	transaction: Knex.Transaction,
	pages: readonly { id: string; tags: readonly string[] }[],
	now: number,
): Promise<void> {
	for (const { id, tags } of pages) {
		await transaction(TAGS).where({ page: id }).whereNull('gone_at').update({ gone_at: now });
		const rows = [...new Set(tags)].toSorted().map((tag) => ({ page: id, tag, gone_at: null }));
		for (const some of inGroupsOf(AT_ONCE, rows))
			await transaction(TAGS).insert(some).onConflict(['page', 'tag']).merge(['gone_at']);
		await transaction(TAGS)
			.where({ page: id })
			.andWhere('gone_at', '<', now - OLD_TAGS_KEPT_MS)
			.delete();
	}
}

async function countPages(database: Knex): Promise<number> {
	const row = await database(PAGES).count({ count: '*' }).first<{ count: number | string } | undefined>();
	return Number(row?.count ?? 0);
}

/** The pages that have one of these tags, with those of them that they have. */
export async function pagesOfTags(
	database: Knex,
	tags: readonly string[],
): Promise<Map<string, KnownPage & { tags: string[] }>> {
	const found = new Map<string, KnownPage & { tags: string[] }>();
	for (const group of inGroupsOf(AT_ONCE, [...new Set(tags)])) {
		const rows = await database(TAGS)
			.join(PAGES, `${PAGES}.id`, `${TAGS}.page`)
			.select<{ path: string; tag: string; seen_at: number | string }[]>(
				`${PAGES}.path`,
				`${TAGS}.tag`,
				`${PAGES}.seen_at`,
			)
			.whereIn(`${TAGS}.tag`, group);
		for (const { path, tag, seen_at } of rows) {
			const page = found.get(path) ?? { path, seenAt: Number(seen_at), tags: [] };
			page.tags.push(tag);
			found.set(path, page);
		}
	}
	return found;
}

/** Forgets pages that nobody has made for so long that no cache has them any more. */
export async function removeOldPages(database: Knex, before: number): Promise<void> {
	const old = () => database(PAGES).select('id').where('seen_at', '<', before).orderBy('id').limit(AT_ONCE);
	for (let rows = (await old()) as { id: string }[]; rows.length > 0; rows = (await old()) as { id: string }[]) {
		const ids = rows.map(({ id }) => id);
		// The row first: a page that is reported meanwhile writes its tags anew.
		await database(PAGES).whereIn('id', ids).andWhere('seen_at', '<', before).delete();
		const left = (await database(PAGES).select('id').whereIn('id', ids)) as { id: string }[];
		const gone = ids.filter((id) => !left.some((row) => row.id === id));
		await database(TAGS).whereIn('page', gone).delete();
		if (gone.length === 0) return;
	}
}
