import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LIMITS } from '../../schema.js';
import { collection, field, relation } from '../../test/schema-overview.js';
import { resolveVia, type Hop } from '../kernel/filter/field-path.js';
import { climb } from './climb.js';

const schema = {
	collections: {
		pages: collection('pages', [
			field('id', 'integer'),
			field('parent', 'integer'),
			field('children', 'alias', ['o2m']),
			field('author', 'integer'),
		]),
		authors: collection('authors', [field('id', 'integer')]),
		articles: collection('articles', [field('id', 'integer'), field('page', 'integer')]),
	},
	relations: [
		relation(['pages', 'parent'], 'pages', { one_field: 'children' }),
		relation(['pages', 'author'], 'authors'),
		relation(['articles', 'page'], 'pages'),
	],
};
const hopsOf = (from: string, path: string): Hop[] => {
	const via = resolveVia(schema, from, path);
	if (!via.ok) throw new Error(via.problem.message);
	return via.chains[0] ?? [];
};

/** Rows as the database has them: which item shows which, over one hop. */
const tree = (parents: (number | null)[], articles: number[] = []) => ({
	queries: 0,
	async showing(hop: Hop, keys: string[], limit: number) {
		this.queries += 1;
		const wanted = new Set(keys);
		const pairs =
			hop.from === 'articles'
				? articles.map((page, index) => ({ shows: `a${index}`, shown: String(page) }))
				: parents.flatMap((parent, index) =>
						parent === null
							? []
							: [
									hop.type === 'o2m'
										? { shows: String(parent), shown: String(index) }
										: { shows: String(index), shown: String(parent) },
								],
					);
		return pairs.filter(({ shown }) => wanted.has(shown)).slice(0, limit);
	},
});

/** Everything that is reached by steps along the edges, one or more of them. */
function reached(edges: [number, number][], from: number): string[] {
	const found = new Set<number>();
	walk(from);
	return [...found].map(String).toSorted();

	function walk(at: number): void {
		for (const [one, next] of edges)
			if (one === at && !found.has(next)) {
				found.add(next);
				walk(next);
			}
	}
}

const graph = fc
	.integer({ min: 1, max: 25 })
	.chain((size) => fc.array(fc.option(fc.nat(size - 1)), { minLength: size, maxLength: size }));

it('reaches all descendants and all ancestors in any tree, circles included', async () => {
	await fc.assert(
		fc.asyncProperty(graph, fc.nat(), async (parents, pick) => {
			const at = pick % parents.length;
			const up = parents.flatMap((parent, child): [number, number][] => (parent === null ? [] : [[child, parent]]));
			const down = up.map(([child, parent]): [number, number] => [parent, child]);
			for (const [path, edges] of [
				['parent*', down],
				['children*', up],
			] as const) {
				const above = await climb(
					{ path, hops: hopsOf('pages', path) },
					{ item: String(at), before: [] },
					tree(parents),
				);
				expect('keys' in above && above.keys.toSorted()).toEqual(reached(edges, at));
			}
		}),
	);
});

it('reaches what shows any of the subtree, and what is above the place that an item came from', async () => {
	// 0 ─ 1 ─ 2, and 3 ─ 4.
	const rows = tree([null, 0, 1, null, 3], [2, 4, 0]);
	const path = 'page.parent*';
	expect(await climb({ path, hops: hopsOf('articles', path) }, { item: '0', before: [] }, rows)).toEqual({
		keys: ['a0'],
	});
	const moved = { item: '2', before: [{ parent: 4 }] };
	const above = await climb({ path: 'children*', hops: hopsOf('pages', 'children*') }, moved, rows);
	expect('keys' in above && above.keys.toSorted()).toEqual(['0', '1', '3', '4']);
});

it('stands for the whole collection, and says why, where there are too many levels or items', async () => {
	const chain = Array.from({ length: LIMITS.viaLevels + 50 }, (_, index) => (index === 0 ? null : index - 1));
	const hops = hopsOf('pages', 'parent*');
	const deep = tree(chain);
	expect(await climb({ path: 'parent*', hops }, { item: '0', before: [] }, deep)).toEqual({
		whole: expect.stringContaining('"parent*" goes on for more than 100 levels'),
	});
	expect(deep.queries).toBeLessThanOrEqual(LIMITS.viaLevels);
	expect(await climb({ path: 'parent*', hops }, { item: '60', before: [] }, deep)).toMatchObject({
		keys: expect.arrayContaining(['61', '149']),
	});
	const wide = tree(Array.from({ length: LIMITS.fanOut + 2 }, (_, index) => (index === 0 ? null : 0)));
	expect(await climb({ path: 'parent*', hops }, { item: '0', before: [] }, wide)).toEqual({
		whole: expect.stringContaining('more than 10000 items show it through "parent*"'),
	});
});

it('repeats only relations of a collection with itself', () => {
	expect(resolveVia(schema, 'pages', 'author*')).toMatchObject({
		ok: false,
		problem: { code: 'not_recursive', message: expect.stringContaining('leads from pages to authors') },
	});
	expect(resolveVia(schema, 'pages', 'nothing*')).toMatchObject({ ok: false, problem: { code: 'unknown_field' } });
	expect(resolveVia(schema, 'pages', 'parent')).toMatchObject({ ok: true, chains: [[{ name: 'parent' }]] });
	expect(hopsOf('pages', 'parent')[0]?.repeats).toBeUndefined();
});
