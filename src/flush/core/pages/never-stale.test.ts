import { expect, test } from 'vitest';
import { randomFrom } from '../../../../test/kit/random.js';
import { createReader, type AskedRead } from '../../../../test/fixtures/page-reads.js';
import { createPageWorld, PAGE_SCHEMA } from '../../../../test/fixtures/page-world.js';
import { pageModel } from './page-model.js';
import { tagsOfChange } from './purged-tags.js';
import { tagsOfRead } from './read-tags.js';

const SEED = Number(process.env['PAGES_SEED'] ?? 1);
const WORLDS = Number(process.env['PAGES_WORLDS'] ?? 40);
const EDITS = 100;
const READS = 30;

const PUBLISHED = { status: { _eq: 'published' } };

/** What several readers may see: all, what is published, and what hangs on something published. */
const READERS: ReadonlyMap<string, readonly unknown[]>[] = [
	new Map(),
	new Map([
		['articles', [PUBLISHED]],
		['authors', [PUBLISHED]],
		['tags', [PUBLISHED]],
		['comments', [PUBLISHED]],
		['block_text', [PUBLISHED]],
	]),
	new Map<string, unknown[]>([
		['articles', [{ _or: [PUBLISHED, { author: PUBLISHED }] }]],
		['comments', [{ article: PUBLISHED }, { by: { name: { _neq: 'cow' } } }]],
		['articles_tags', [{ tags_id: PUBLISHED }]],
		['articles_translations', [{ languages_code: { name: { _neq: 'cow' } } }]],
	]),
];

const FIELDS = fieldsOf({
	articles:
		'id id title status author author.name author.id author.boss.name author.* * *.* tags ' +
		'tags.tags_id.name tags.id tags.tags_id.id translations.title translations.languages_code.name ' +
		'translations.* comments.text comments.id comments.by.name comments.by.articles.title cover.title ' +
		'cover.* blocks.collection blocks.item:block_text.text blocks.item:block_quote.by.name ' +
		'blocks.item:block_quote.id blocks.*.* count(comments) author.articles.title author.reports.id ' +
		'author.reports.name',
	authors:
		'id name status boss.name boss.id boss.boss.id reports reports.name reports.id * *.* ' +
		'reports.reports.name articles.title articles.comments.text articles.id articles.tags.tags_id.name ' +
		'quotes.quote count(articles) articles.translations.languages_code.*',
	comments: 'id text by.name by.id article.title article.id article.author.name article.tags.id *.*',
	articles_blocks: 'id item collection item:block_text.text item:block_text.id item:block_quote.by.name *',
	home: 'title id lead.title lead.id lead.comments.text lead.author.name *.*',
	tags: 'id name status',
});

/** Fields that reads choose from, by collection; those that are named twice come twice as often. */
function fieldsOf(written: Record<string, string>): Record<string, string[]> {
	return Object.fromEntries(Object.entries(written).map(([collection, fields]) => [collection, fields.split(' ')]));
}

const FILTERS: Record<string, unknown[]> = {
	articles: [
		PUBLISHED,
		{ title: { _in: ['ant', 'bee'] } },
		{ author: { name: { _eq: 'ant' } } },
		{ author: { boss: PUBLISHED } },
		{ author: { _null: true } },
		{ comments: { status: { _eq: 'published' } } },
		{ comments: { _none: { text: { _eq: 'bee' } } } },
		{ comments: { by: { name: { _eq: 'cow' } } } },
		{ tags: { tags_id: { name: { _eq: 'ant' } } } },
		{ 'count(comments)': { _gt: 0 } },
		{ cover: { title: { _eq: 'bee' } } },
		{ cover: { title: { _null: true } } },
		{ blocks: { 'item:block_text': { text: { _eq: 'ant' } } } },
		{ _or: [PUBLISHED, { rank: { _gt: 2 } }] },
	],
	authors: [
		PUBLISHED,
		{ articles: PUBLISHED },
		{ reports: { name: { _eq: 'ant' } } },
		{ boss: { name: { _null: true } } },
	],
	comments: [PUBLISHED, { article: { author: { name: { _eq: 'ant' } } } }, { by: { _null: true } }],
	articles_blocks: [{ 'item:block_quote': { by: { name: { _eq: 'bee' } } } }, { collection: { _eq: 'block_text' } }],
	tags: [PUBLISHED],
};

const SORTS: Record<string, string[]> = {
	articles: ['title', '-rank', 'author.name', '-author.boss.name', 'cover.title'],
	authors: ['name', 'boss.name'],
	comments: ['text', '-article.title', 'by.name'],
	tags: ['-name'],
};

const DEEP: Record<string, Record<string, unknown>> = {
	articles: {
		comments: { _filter: { by: { name: { _eq: 'ant' } } }, _sort: ['by.name'], _limit: 1 },
		author: { _filter: PUBLISHED, articles: { _sort: ['-title'], _limit: 1 } },
		translations: { _filter: { languages_code: { _eq: 'de' } } },
		tags: { _filter: { tags_id: { name: { _neq: 'ant' } } }, _sort: ['-tags_id.name'], _limit: 2 },
		talk: { _filter: PUBLISHED, _search: 'a' },
	},
	authors: { articles: { _filter: { cover: { title: { _eq: 'ant' } } }, _sort: ['title'], _limit: 1 } },
};

type Pick = <T>(list: readonly T[]) => T;

function randomRead(random: () => number, pick: Pick, keys: (collection: string) => string[]): AskedRead {
	const collection = pick(Object.keys(FIELDS));
	const some = (list: readonly string[] | undefined) =>
		Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(list ?? ['id']));
	const query: AskedRead['query'] = { fields: [...new Set(some(FIELDS[collection]))] };
	const maybe = (chance: number) => random() < chance;
	if (maybe(0.5) && FILTERS[collection]) query.filter = pick(FILTERS[collection]);
	if (maybe(0.4) && SORTS[collection]) query.sort = [pick(SORTS[collection])];
	if (maybe(0.4)) query.limit = 1 + Math.floor(random() * 3);
	if (maybe(0.1)) query.search = 'ant';
	if (maybe(0.5) && DEEP[collection]) query.deep = DEEP[collection];
	if (collection === 'articles' && maybe(0.2)) {
		query.alias = { talk: 'comments' };
		(query.fields as string[]).push(pick(['talk.text', 'talk', 'talk.by.*']));
	}
	if (collection === 'home') return { collection, of: 'singleton', query: { fields: query.fields } };
	if (maybe(0.3))
		return { collection, of: { keys: [pick([...keys(collection), '999'])] }, query: { ...query, sort: ['id'] } };
	if (maybe(0.1)) {
		const aggregate = pick<Record<string, string[]>>([{ count: ['*'] }, { count: ['id'], max: ['id'] }]);
		return {
			collection,
			of: 'list',
			query: {
				filter: query.filter,
				aggregate,
				group:
					maybe(0.5) && collection !== 'articles_blocks'
						? [FIELDS[collection]?.includes('status') ? 'status' : 'id']
						: [],
			},
		};
	}
	return { collection, of: 'list', query };
}

test(`a read whose tags were not purged has not changed (PAGES_SEED=${SEED}, PAGES_WORLDS=${WORLDS})`, () => {
	const model = pageModel(PAGE_SCHEMA);
	let [edits, dropped, changed] = [0, 0, 0];
	for (let round = 0; round < WORLDS; round += 1) {
		const random = randomFrom(SEED * 1_000 + round);
		const world = createPageWorld(random);
		const limits = random() < 0.2 ? { tags: 8, bytes: 400 } : { tags: 500, bytes: 8_192 };
		const kept = Array.from({ length: READS }, () => {
			const filters = world.pick(READERS);
			const asked = randomRead(random, world.pick, (name) => [...(world.rows.get(name)?.keys() ?? [])]);
			return { asked, filters, read: createReader(world.rows, filters), text: '', tags: new Set<string>() };
		});
		const answer = (one: (typeof kept)[number]) => {
			const data = one.read(one.asked);
			const { tags, tooMany } = tagsOfRead({ ...one.asked, data }, model, one.filters, limits);
			one.text = JSON.stringify(data);
			// What does not fit must not be kept.
			one.tags = tooMany ? new Set(['never kept']) : new Set(tags);
		};
		for (const one of kept) answer(one);
		for (let count = 0; count < EDITS; count += 1) {
			const became = world.edit();
			if (became.length === 0) continue;
			edits += 1;
			const purged = became.flatMap((change) => tagsOfChange(change, model).tags);
			for (const one of kept) {
				const now = JSON.stringify(one.read(one.asked));
				const isDropped = one.tags.has('never kept') || purged.some((tag) => one.tags.has(tag));
				if (now !== one.text && !isDropped)
					expect.fail(
						`stale in world ${round} after ${JSON.stringify(became)}\nread ${JSON.stringify(one.asked)}\nby ${JSON.stringify([...one.filters])}\nwas ${one.text}\nis  ${now}\ntags ${[...one.tags].join(' ')}\npurged ${purged.join(' ')}`,
					);
				if (now !== one.text) changed += 1;
				if (isDropped) dropped += 1;
				if (isDropped) answer(one);
			}
		}
	}
	expect(edits).toBeGreaterThan((WORLDS * EDITS) / 2);
	expect(changed).toBeGreaterThan(edits);
	// A dense graph, and a fifth of the worlds with room for eight tags only: few edits leave anything alone here.
	expect(dropped / changed).toBeLessThan(4);
}, 120_000);
