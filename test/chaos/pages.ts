import fc from 'fast-check';
import { apply, anEdit, seed as fill } from '../e2e/random-edits.js';
import { publish, type Entry } from '../e2e/flush-target.js';
import { graphql, letEverybodyRead, readTagged } from '../e2e/tagged-reads.js';
import type { Directus } from '../kit/directus.js';
import { randomFrom } from '../kit/random.js';
import type { Receiver } from '../kit/receiver.js';

/** How many pages are kept at a time, and after how many edits others take their place. */
const [PAGES, EDITS_EACH] = [30, 250];

const READABLE =
	'authors categories tags articles articles_tags articles_translations articles_blocks block_text block_quote comments languages site directus_files';

export interface PagesOutcome {
	edits: number;
	/** Answers that were another one after an edit, and those that were dropped. */
	changed: number;
	dropped: number;
	/** What changed and was not dropped, each in a few lines. */
	stale: string[];
}

/** A target with automatic tags, and content that everybody may read. */
export async function preparePages(directus: Directus, receiver: Receiver): Promise<void> {
	await fill(directus);
	for (const collection of READABLE.split(' ')) await letEverybodyRead(directus, collection);
	await publish(directus, { url: receiver.url, schema: [], options: { tags: 'automatic', concurrency: 1 } });
}

/**
 * Keeps the answers of random reads until one of their tags is sent, edits at random, and reads everything again: what is
 * another answer now must have been dropped.
 */
export async function runPages(
	directus: Directus,
	receiver: Receiver,
	{ edits, seed, tell }: { edits: number; seed: number; tell?: (outcome: PagesOutcome) => void },
): Promise<PagesOutcome> {
	const random = randomFrom(seed);
	const outcome: PagesOutcome = { edits: 0, changed: 0, dropped: 0, stale: [] };
	const planned = fc.sample(anEdit, { numRuns: edits, seed });
	let marks = 0;
	/** What was sent up to now: a mark is made, and what came before it is what there is. */
	const purged = async (): Promise<Set<string>> => {
		const code = `mark-${seed}-${(marks += 1)}`;
		await directus.data('POST', '/items/countries', { code });
		const isMark = ({ collection, fields }: Entry) => collection === 'countries' && fields['code'] === code;
		await receiver.waitFor(({ json }) => (json as Entry[]).some(isMark), 60_000);
		const entries = receiver.requests.flatMap(({ json }) => json as Entry[]);
		receiver.clear();
		return new Set(entries.filter(({ collection }) => collection !== 'countries').flatMap(({ tags = [] }) => tags));
	};
	let kept = new Map<string, { text: string; tags: string[] }>();
	const keep = async (paths: readonly string[]) => {
		const read = await Promise.all(paths.map(async (path) => [path, await readTagged(directus, path)] as const));
		for (const [path, { status, text, tags }] of read) {
			// Directus itself fails at a search beside a filter of a many-to-any on MariaDB.
			if (status >= 500 && path.includes('search=')) continue;
			if (status >= 500 || (status === 400 && !/FORBIDDEN/.test(text))) throw new Error(`${path}: ${status} ${text}`);
			kept.set(path, { text, tags });
		}
	};
	while (outcome.edits < planned.length) {
		if (outcome.edits % EDITS_EACH === 0 || kept.size === 0) {
			kept = new Map();
			const ids = await keysOf(directus);
			await keep([...new Set(Array.from({ length: PAGES }, () => randomRead(random, ids)))]);
			await purged();
		}
		const room = EDITS_EACH - (outcome.edits % EDITS_EACH);
		const some = planned.slice(outcome.edits, outcome.edits + Math.min(room, 1 + Math.floor(random() * 5)));
		const done: string[] = [];
		for (const edit of some) done.push(await apply(directus, edit));
		outcome.edits += some.length;
		const tags = await purged();
		const now = await Promise.all(
			[...kept].map(async ([path, before]) => ({ path, before, after: await readTagged(directus, path) })),
		);
		for (const { path, before, after } of now) {
			const isDropped = before.tags.some((tag) => tags.has(tag));
			if (after.text !== before.text) outcome.changed += 1;
			if (isDropped) outcome.dropped += 1;
			if (after.text !== before.text && !isDropped)
				outcome.stale.push(
					`${done.join('; ')}\n  ${path}\n  was ${before.text}\n  is  ${after.text}\n  tags ${before.tags.join(' ')}\n  sent ${[...tags].join(' ')}`,
				);
			if (isDropped || after.text !== before.text) kept.set(path, after);
		}
		tell?.(outcome);
	}
	return outcome;
}

type Keys = Record<string, (string | number)[]>;

async function keysOf(directus: Directus): Promise<Keys> {
	const keys: Keys = {};
	for (const collection of ['articles', 'authors', 'tags', 'comments'])
		keys[collection] = (
			await directus.data<{ id: number }[]>('GET', `/items/${collection}?fields=id&limit=-1&sort=id`)
		).map(({ id }) => id);
	return keys;
}

const FIELDS: Record<string, string[]> = {
	articles:
		'id title status author.name author.id category.name cover.title cover.id tags.tags_id.name tags.tags_id.id tags.id translations.title translations.languages_code.name comments.text comments.id blocks.collection blocks.item:block_text.text blocks.item:block_quote.quote blocks.item:block_text.id blocks.id count(comments) author.articles.title * *.*'.split(
			' ',
		),
	authors:
		'id name articles.title articles.id articles.comments.text articles.tags.tags_id.name count(articles) *'.split(' '),
	tags: 'id name *'.split(' '),
	comments: 'id text article.title article.author.name article.id *'.split(' '),
	articles_blocks: 'id collection item:block_text.text item:block_quote.quote item:block_text.id'.split(' '),
};

const FILTERS: Record<string, unknown[]> = {
	articles: [
		{ status: { _eq: 'published' } },
		{ author: { name: { _contains: 'a' } } },
		{ author: { _null: true } },
		{ comments: { text: { _contains: 'b' } } },
		{ comments: { _none: { text: { _contains: 'c' } } } },
		{ tags: { tags_id: { name: { _contains: 'a' } } } },
		{ blocks: { 'item:block_text': { text: { _contains: 'e' } } } },
		{ cover: { title: { _contains: 'o' } } },
		{ 'count(comments)': { _gt: 0 } },
		{ _or: [{ status: { _eq: 'published' } }, { category: { name: { _contains: 'n' } } }] },
	],
	authors: [{ articles: { status: { _eq: 'published' } } }, { name: { _contains: 'b' } }],
	tags: [{ name: { _contains: 'x' } }],
	comments: [{ article: { author: { name: { _contains: 'a' } } } }, { article: { status: { _eq: 'draft' } } }],
	articles_blocks: [
		{ 'item:block_text': { text: { _contains: 'a' } } },
		{ 'item:block_quote': { quote: { _contains: 'q' } } },
		{ collection: { _eq: 'block_text' } },
	],
};

const SORTS: Record<string, string[]> = {
	articles: ['title', '-status', 'author.name', '-category.name'],
	authors: ['-name'],
	tags: ['name'],
	comments: ['-article.title', 'text'],
};

const DEEP: Record<string, unknown[]> = {
	articles: [
		{ comments: { _filter: { text: { _contains: 'a' } }, _sort: ['-text', 'id'], _limit: 1 } },
		{ translations: { _filter: { languages_code: { _eq: 'nl-NL' } } } },
		{ tags: { _filter: { tags_id: { name: { _contains: 't' } } }, _sort: ['tags_id.name', 'id'] } },
		{ blocks: { _filter: { 'item:block_text': { text: { _contains: 'a' } } } } },
	],
	authors: [{ articles: { _filter: { status: { _eq: 'published' } }, _sort: ['-title', 'id'], _limit: 2 } }],
};

const QUERIES = [
	'articles(sort: ["title", "id"], filter: { status: { _eq: "published" } }) { id title by: author { id name } comments_func { count } }',
	'articles(sort: ["id"]) { ...shown } fragment shown on articles { title tags { tags_id { id name } } translations { title } }',
	'articles(sort: ["id"], limit: 3) { id blocks { collection item { ... on block_text { id text } ... on block_quote { quote } } } }',
	'authors(sort: ["name", "id"]) { name articles(filter: { status: { _eq: "published" } }, sort: ["id"]) { id title } }',
	'articles_aggregated(groupBy: ["status"]) { group count { id } }',
	'articles(filter: { tags: { tags_id: { name: { _contains: "a" } } } }, sort: ["id"]) { id }',
];

function randomRead(random: () => number, keys: Keys): string {
	const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
	const maybe = (chance: number) => random() < chance;
	if (maybe(0.15)) return graphql(queryOf(pick(QUERIES)));
	const collection = pick(['articles', 'articles', 'articles', ...Object.keys(FIELDS)]);
	if (maybe(0.05)) return '/items/site';
	const fields = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(FIELDS[collection] ?? ['id']));
	const query = new URLSearchParams({ fields: [...new Set(fields)].join(',') });
	const deep = DEEP[collection];
	if (deep && maybe(0.4)) query.set('deep', JSON.stringify(pick(deep)));
	const known = keys[collection];
	if (known && maybe(0.35)) return `/items/${collection}/${pick([...known, 999_999])}?${query}`;
	const filters = FILTERS[collection];
	if (filters && maybe(0.6)) query.set('filter', JSON.stringify(pick(filters)));
	const group = pick(['status', 'author']);
	if (collection === 'articles' && maybe(0.1))
		return `/items/articles?aggregate[count]=*&groupBy[]=${group}&sort=${group}`;
	const sorts = SORTS[collection];
	query.set('sort', [...(sorts && maybe(0.5) ? [pick(sorts)] : []), 'id'].join(','));
	if (maybe(0.4)) query.set('limit', String(1 + Math.floor(random() * 4)));
	if (maybe(0.08)) query.set('search', pick(['ann', 'x', 'a1']));
	return `/items/${collection}?${query}`;
}

/** A query whose fragments stand behind it. */
function queryOf(text: string): string {
	const [root = '', ...fragments] = text.split(/(?=fragment )/);
	return `{ ${root} } ${fragments.join(' ')}`;
}
