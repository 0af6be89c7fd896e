import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { DEEP, FIELDS, FILTERS, READERS, SORTS } from '../../../../test/fixtures/page-choices.js';
import { randomQuery } from '../../../../test/fixtures/page-queries.js';
import { randomFrom } from '../../../../test/kit/random.js';
import { createReader, type AskedRead } from '../../../../test/fixtures/page-reads.js';
import { createPageWorld, PAGE_SCHEMA } from '../../../../test/fixtures/page-world.js';
import { readsOfQuery } from './graphql-reads.js';
import { pageModel } from './page-model.js';
import { tagsOfChange } from './purged-tags.js';
import { tagsOfReads, type Read } from './read-tags.js';

const SEED = Number(process.env['PAGES_SEED'] ?? 1);
const WORLDS = Number(process.env['PAGES_WORLDS'] ?? 40);
const EDITS = 100;
const READS = 30;

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

interface Kept {
	asked: unknown;
	filters: ReadonlyMap<string, readonly unknown[]>;
	/** The answer as it is now. */
	answer(): unknown;
	/** What the answer was made from. */
	reads(answer: unknown): Read[];
}

type Asking = (world: ReturnType<typeof createPageWorld>, random: () => number) => Kept;

const keysIn = (world: ReturnType<typeof createPageWorld>) => (name: string) => [
	...(world.rows.get(name)?.keys() ?? []),
];

const byRest: Asking = (world, random) => {
	const filters = world.pick(READERS);
	const asked = randomRead(random, world.pick, keysIn(world));
	const read = createReader(world.rows, filters);
	return { asked, filters, answer: () => read(asked), reads: (data) => [{ ...asked, data }] };
};

const byGraphql: Asking = (world, random) => {
	const filters = world.pick(READERS);
	const { text, variables, answer } = randomQuery(random, world.pick, keysIn(world));
	const document = parse(text);
	const read = createReader(world.rows, filters);
	const asked = { document, variables, operationName: undefined, scope: 'items' as const, user: null };
	const reads = (payload: unknown) => readsOfQuery({ ...asked, payload }, PAGE_SCHEMA, MODEL)?.reads ?? [];
	return { asked: { text, variables }, filters, answer: () => answer(read), reads };
};

const MODEL = pageModel(PAGE_SCHEMA);

test.each([
	['REST', byRest, WORLDS],
	// Its answers are put together of many of REST's, which takes long.
	['GraphQL', byGraphql, Math.ceil(WORLDS / 5)],
])(
	`a read by %s whose tags were not purged has not changed (PAGES_SEED=${SEED}, PAGES_WORLDS=${WORLDS})`,
	(_way, asking, worlds) => {
		let [edits, dropped, changed] = [0, 0, 0];
		for (let round = 0; round < worlds; round += 1) {
			const random = randomFrom(SEED * 1_000 + round);
			const world = createPageWorld(random);
			const limits = random() < 0.2 ? { tags: 8, bytes: 400 } : { tags: 500, bytes: 8_192 };
			const kept = Array.from({ length: READS }, () => ({
				...asking(world, random),
				text: '',
				tags: new Set<string>(),
			}));
			const keep = (one: (typeof kept)[number]) => {
				const answer = one.answer();
				const { tags, tooMany } = tagsOfReads(one.reads(answer), MODEL, one.filters, limits);
				one.text = JSON.stringify(answer);
				// What does not fit must not be kept.
				one.tags = tooMany ? new Set(['never kept']) : new Set(tags);
			};
			for (const one of kept) keep(one);
			for (let count = 0; count < EDITS; count += 1) {
				const became = world.edit();
				if (became.length === 0) continue;
				edits += 1;
				const purged = became.flatMap((change) => tagsOfChange(change, MODEL).tags);
				for (const one of kept) {
					const now = JSON.stringify(one.answer());
					const isDropped = one.tags.has('never kept') || purged.some((tag) => one.tags.has(tag));
					if (now !== one.text && !isDropped)
						expect.fail(
							`stale in world ${round} after ${JSON.stringify(became)}\nread ${JSON.stringify(one.asked)}\nby ${JSON.stringify([...one.filters])}\nwas ${one.text}\nis  ${now}\ntags ${[...one.tags].join(' ')}\npurged ${purged.join(' ')}`,
						);
					if (now !== one.text) changed += 1;
					if (isDropped) dropped += 1;
					if (isDropped) keep(one);
				}
			}
		}
		expect(edits).toBeGreaterThan((worlds * EDITS) / 2);
		expect(changed).toBeGreaterThan(edits);
		// A dense graph, and a fifth of the worlds with room for eight tags only: few edits leave anything alone here.
		expect(dropped / changed).toBeLessThan(4);
	},
	Math.max(120_000, WORLDS * 3_000),
);
