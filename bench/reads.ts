import { seed } from '../test/e2e/random-edits.js';
import { startDirectus, type Directus } from '../test/kit/directus.js';
import type { Bench } from './bench.js';
import { preciseCpuOf, untilIdle } from './process-cost.js';
import { keeps, ratioOver, rounded, shown } from './statistics.js';

/** What tags on reads may cost: the CPU of the same read without them, times this. */
const LIMIT = 1.03;

const FIELDS = 'id,title,slug,author.id,author.name,tags.tags_id.id,tags.tags_id.name,translations.title';

const READS: Record<string, string> = {
	'one item with its relations': `/items/articles/1?fields=${FIELDS}`,
	'list of 10 with relations': `/items/articles?fields=${FIELDS}&filter[status][_eq]=published&sort=-title&limit=10`,
	'list of 100, columns': '/items/posts?fields=id,title,slug&sort=-title&limit=100',
	'GraphQL, 10 with relations': `/graphql?query=${encodeURIComponent(
		'{ articles(limit: 10, sort: ["-title"]) { id title author { id name } tags { tags_id { id name } } translations { title } } }',
	)}`,
};

interface Round {
	without: number;
	tagged: number;
}

/**
 * What tags cost a read: CPU of one process, asked for them and not, in turn. Nothing is taken from a cache, so that the
 * read itself is as dear as it can be; the reads are one after the other.
 */
export async function reads({ database, report, quick, env, seconds }: Bench): Promise<void> {
	const directus = await startDirectus({ version: '12', database, content: true, env: { ...env, LOG_LEVEL: 'error' } });
	try {
		await seed(directus);
		const rows = Array.from({ length: 200 }, (_, index) => ({ title: `Post ${index}`, slug: `post-${index}` }));
		await directus.request('POST', '/items/posts', rows);
		const pid = directus.process.pid ?? 0;
		for (const [measure, path] of Object.entries(READS)) {
			for (const tags of [false, true, false, true]) await ask(directus, path, tags, 50);
			await untilIdle(pid);
			const each = quick ? 40 : 100;
			const measured: Round[] = [];
			const end = Date.now() + (quick ? 5 : seconds) * 1_000;
			while (measured.length < 8 || Date.now() < end) {
				const round: Round = { without: 0, tagged: 0 };
				// Whatever comes second finds warmer caches: they take turns.
				const order = measured.length % 2 === 0 ? ([false, true] as const) : ([true, false] as const);
				for (const tags of order) {
					const before = preciseCpuOf(pid);
					await ask(directus, path, tags, each);
					round[tags ? 'tagged' : 'without'] = (preciseCpuOf(pid) - before) / each;
				}
				measured.push(round);
			}
			const mean = (of: keyof Round) => (some: readonly Round[]) =>
				some.reduce((sum, round) => sum + round[of], 0) / some.length;
			const ratio = ratioOver(measured, mean('tagged'), mean('without'));
			report.add({
				scenario: 'reads',
				database,
				measure,
				contestant: 'Downstream, with tags to without',
				values: {
					'CPU ratio': shown(ratio),
					'ms with': rounded(mean('tagged')(measured), 3),
					'ms without': rounded(mean('without')(measured), 3),
					rounds: measured.length,
				},
				bar: { text: `at most ${LIMIT}`, reached: keeps(ratio, LIMIT) },
			});
		}
	} finally {
		await directus.stop();
	}
}

async function ask({ url, token }: Directus, path: string, tags: boolean, times: number): Promise<void> {
	const headers = { authorization: `Bearer ${token}`, ...(tags ? { 'x-downstream-tags': '1' } : {}) };
	for (let count = 0; count < times; count += 1) {
		const response = await fetch(url + path, { headers });
		await response.arrayBuffer();
		if (response.status !== 200 || response.headers.has('x-downstream-tags') !== tags)
			throw new Error(`${path}: ${response.status}, ${tags ? 'without' : 'with'} tags`);
	}
}
