import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { anEdit, apply, seed } from './random-edits.js';

/**
 * A brute-force oracle for the fan-out over relations: every page of the site is rendered before and after random
 * edits of a random content graph. Whatever differs must have been flushed (recall, always 100 %); what was flushed
 * without differing is counted (precision, reported).
 */
const EDITS = Number(process.env['ORACLE_EDITS'] ?? 120);
const SEED = Number(process.env['ORACLE_SEED'] ?? Date.now() % 1_000_000);

interface Article {
	id: number;
	slug: string | null;
	title: string;
	author: { name: string } | null;
	category: { name: string } | null;
	cover: { title: string } | null;
	comments: { text: string }[];
	tags: { tags_id: { name: string } | null }[];
	translations: { languages_code: string | null; title: string | null }[];
	blocks: { collection: string; sort: number | null; item: Record<string, unknown> | null }[];
}

const FIELDS =
	'id,slug,title,author.name,category.name,cover.title,comments.id,comments.text,tags.id,tags.tags_id.name,translations.id,translations.languages_code,translations.title,blocks.id,blocks.collection,blocks.sort,blocks.item:block_text.text,blocks.item:block_quote.quote';

const RULE = {
	collection: 'articles',
	events: ['create', 'update', 'delete'],
	payload: ['id', 'slug', 'title', 'author.name'],
	when: { status: { _eq: 'published' } },
	via: [
		'author',
		'category',
		'cover',
		'comments',
		'tags',
		'translations',
		'blocks',
		'blocks.item:block_text',
		'blocks.item:block_quote',
	],
	paths: ['/blog/{{slug}}', '/{{translations.languages_code}}/blog/{{slug}}', '/tag/{{tags.tags_id.name}}/{{id}}'],
};

describe('every page that an edit changes is flushed', () => {
	let directus: Directus;
	let receiver: Receiver;

	beforeAll(async () => {
		receiver = await startReceiver();
		directus = await startDirectus({ version: '12', database: 'sqlite', content: true });
		await seed(directus);
		await directus.data('POST', '/items/cache_flush_targets', {
			name: 'Site',
			status: 'published',
			url: receiver.url,
			schema: [RULE],
			options: { max_wait_ms: 0 },
		});
	});

	afterAll(async () => {
		await directus?.stop();
		await receiver?.stop();
	});

	it(`finds all of them over ${EDITS} random edits (seed ${SEED})`, async () => {
		const edits = fc.sample(anEdit, { numRuns: EDITS, seed: SEED });
		let [stale, flushed, needed] = [0, 0, 0];
		for (const [index, edit] of edits.entries()) {
			const before = await render(directus);
			receiver.clear();
			const what = await apply(directus, edit);
			await quiet(directus);
			const after = await render(directus);
			const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
				(path) => before.get(path) !== after.get(path),
			);
			const sent = new Set(
				receiver.requests.flatMap(({ json }) => (json as { paths?: string[] }[]).flatMap(({ paths = [] }) => paths)),
			);
			const missed = changed.filter((path) => !sent.has(path));
			expect(missed, `edit ${index} (seed ${SEED}): ${what}; sent ${[...sent].join(' ')}`).toEqual([]);
			stale += changed.length;
			flushed += sent.size;
			needed += changed.filter((path) => sent.has(path)).length;
		}
		expect(stale).toBeGreaterThan(0);
		console.log(
			`oracle: ${EDITS} edits, ${stale} pages changed, ${flushed} flushed, recall 100 %, precision ${Math.round((needed / flushed) * 100)} %`,
		);
	}, 600_000);
});

/** Every page: its path, and all that it shows. */
async function render(directus: Directus): Promise<Map<string, string>> {
	const articles = await directus.data<Article[]>(
		'GET',
		`/items/articles?fields=${FIELDS}&limit=-1&filter[status][_eq]=published&deep[comments][_sort]=id&deep[translations][_sort]=id&deep[tags][_sort]=id&deep[blocks][_sort]=sort,id`,
	);
	const pages = new Map<string, string>();
	for (const article of articles) {
		const { slug, translations, tags, ...shown } = article;
		const names = tags.map(({ tags_id }) => tags_id?.name ?? null);
		if (slug)
			pages.set(`/blog/${slug}`, JSON.stringify({ ...shown, names, titles: translations.map(({ title }) => title) }));
		for (const { languages_code: code, title } of translations)
			if (slug && code) pages.set(`/${code}/blog/${slug}`, JSON.stringify({ ...shown, title }));
		for (const name of names)
			if (name)
				pages.set(`/tag/${name}/${article.id}`, JSON.stringify({ title: article.title, author: article.author, name }));
	}
	return pages;
}

/** Nothing waits any more, anywhere between the commit and the answer of the target. */
async function quiet(directus: Directus): Promise<void> {
	await until(
		async () => {
			const { outbox, deliveries } = await directus.data<{
				outbox: { pending: number };
				deliveries: Record<string, number>;
			}>('GET', '/downstream/status');
			return outbox.pending === 0 && deliveries['sending'] === 0 && deliveries['retrying'] === 0;
		},
		{ message: 'the outbox to be empty', interval: 10 },
	);
}
