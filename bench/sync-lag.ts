import { randomUUID } from 'node:crypto';
import type { Directus } from '../test/kit/directus.js';
import { pause, until } from '../test/kit/wait.js';
import { freshValues, type Bench } from './bench.js';
import type { PlannedRequest } from './workers.js';
import { quantile, rounded } from './statistics.js';
import { COLLECTION, countOf, type Pair } from './sync-changes.js';

/**
 * A hundred changes a second, as so many requests; one after the other, however long each takes. A hundred requests are
 * about what Directus on SQLite bears on two cores, without anybody to be told of them: see what is said of "no link".
 */
export const PACES = [
	{ said: 'one every 10 ms', perRequest: 1, everyMs: 10 },
	{ said: 'ten at a time, every 100 ms', perRequest: 10, everyMs: 100 },
];
type Pace = (typeof PACES)[number];

/** What the load costs before there is a link: what Directus itself can bear on this machine. */
export async function loadAlone({ database, load, report, quick }: Bench, here: Directus, pace: Pace): Promise<void> {
	const { count, requests } = await changesToMake(here, quick, pace);
	const { latencies } = await load.run({ base: here.url, token: here.token, requests, ...steady(pace) });
	report.add({
		scenario: 'sync',
		database,
		measure: `${count} items changed, ${pace.said}`,
		contestant: 'no link',
		values: mutations(latencies),
	});
}

/** How much later than the answer each change is there. */
export async function lag({ database, load, report, quick }: Bench, { here, there }: Pair, pace: Pace): Promise<void> {
	const { mark, count, titles, requests } = await changesToMake(here, quick, pace);
	await until(async () => (await countOf(there, { slug: mark })) === count, { timeout: 120_000 });
	const seen = new Map<string, number>();
	let done = false;
	const watching = (async () => {
		while (!done || seen.size < count) {
			const rows: { title: string }[] = await there.sql(COLLECTION).where({ slug: mark }).select('title');
			const now = Date.now();
			for (const { title } of rows) if (title !== 'before' && !seen.has(title)) seen.set(title, now);
			await pause(20);
		}
	})();
	const { answeredAt, latencies } = await load.run({
		base: here.url,
		token: here.token,
		requests,
		...steady(pace),
	});
	done = true;
	await watching;
	const lags = titles.map(
		(title, index) => (seen.get(title) ?? Number.NaN) - (answeredAt[Math.floor(index / pace.perRequest)] ?? Number.NaN),
	);
	const took = (Math.max(...answeredAt) - Math.min(...answeredAt)) / 1000;
	report.add({
		scenario: 'sync',
		database,
		measure: `${count} items changed, ${pace.said}`,
		contestant: 'Downstream',
		values: {
			'lag p50 ms': Math.round(quantile(lags, 0.5)),
			'lag p95 ms': Math.round(quantile(lags, 0.95)),
			'lag max ms': Math.round(Math.max(...lags)),
			'changes per second': rounded(count / took, 0),
			...mutations(latencies),
		},
		bar: { text: 'lag p95 < 2 s', reached: quantile(lags, 0.95) < 2_000 },
	});
}

const steady = ({ everyMs }: Pace) => ({ concurrency: 1, everyMs });

const mutations = (latencies: number[]) => ({
	'mutation p50 ms': rounded(quantile(latencies, 0.5), 1),
	'mutation p95 ms': rounded(quantile(latencies, 0.95), 1),
});

/** Items that are there, and requests that change each of them once, to a title that comes once. */
async function changesToMake(here: Directus, quick: boolean, { perRequest }: Pace) {
	const count = quick ? 300 : 1_000;
	const mark = randomUUID();
	const items = Array.from({ length: count }, () => ({ title: 'before', slug: mark }));
	const made = await here.data<{ id: number }[]>('POST', `/items/${COLLECTION}?fields=id&limit=-1`, items);
	const changes = made.map(({ id }) => ({ id, title: freshValues().title }));
	const requests = Array.from({ length: Math.ceil(count / perRequest) }, (_, index): PlannedRequest => {
		const some = changes.slice(index * perRequest, (index + 1) * perRequest);
		const [only] = some;
		return perRequest === 1 && only
			? { method: 'PATCH', path: `/items/${COLLECTION}/${only.id}`, body: { title: only.title } }
			: { method: 'PATCH', path: `/items/${COLLECTION}`, body: some };
	});
	return { mark, count, titles: changes.map(({ title }) => title), requests };
}
