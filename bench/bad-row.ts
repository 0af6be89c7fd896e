import { randomUUID } from 'node:crypto';
import { startDirectus } from '../test/kit/directus.js';
import { ADMIN } from '../test/kit/settings.js';
import { until } from '../test/kit/wait.js';
import { freshValues, type Bench } from './bench.js';
import { COLLECTION, countOf } from './sync-changes.js';
import { quantile } from './statistics.js';

const ROWS = 1_000;

/** How much later a thousand rows arrive when one of them, somewhere, can never be there. */
export async function badRow({ database, report, quick }: Bench): Promise<void> {
	const start = () => startDirectus({ version: '12', database, content: true });
	const [here, there] = await Promise.all([start(), start()]);
	try {
		await there.request('PATCH', `/fields/${COLLECTION}/title`, {
			meta: { validation: { _and: [{ title: { _neq: 'forbidden' } }] } },
		});
		const { id } = await here.data<{ id: string }>('POST', '/items/data_sync_remote_sources', {
			status: 'published',
			name: 'there',
			url: there.url,
			api_key: ADMIN.token,
			schema: [{ collection: COLLECTION, fields: ['title', 'slug'] }],
			options: {},
		});
		/** @returns ms from the moment in which the link may go until all others are there */
		const arrive = async (bad: number | null): Promise<number> => {
			const mark = randomUUID();
			await here.request('POST', `/downstream/targets/${id}/pause`, {});
			const rows = Array.from({ length: ROWS }, (_, index) => ({
				title: index === bad ? 'forbidden' : freshValues().title,
				slug: mark,
			}));
			await here.request('POST', `/items/${COLLECTION}`, rows);
			await until(async () => (await here.sql('downstream_outbox').select('id')).length === 0, { timeout: 120_000 });
			const began = performance.now();
			await here.request('POST', `/downstream/targets/${id}/resume`, {});
			const expected = bad === null ? ROWS : ROWS - 1;
			await until(async () => (await countOf(there, { slug: mark })) === expected, { timeout: 120_000, interval: 20 });
			return performance.now() - began;
		};
		await arrive(null);
		const [without, withOne]: [number[], number[]] = [[], []];
		for (let round = 0; round < (quick ? 3 : 7); round += 1) {
			without.push(await arrive(null));
			withOne.push(await arrive(Math.floor(Math.random() * ROWS)));
		}
		const [plain, bad] = [quantile(without, 0.5), quantile(withOne, 0.5)];
		for (const [measure, values] of [
			[`${ROWS} rows`, without],
			[`${ROWS} rows, one of them refused there: the others`, withOne],
		] as const)
			report.add({
				scenario: 'bad-row',
				database,
				measure,
				contestant: 'Downstream',
				values: { 'p50 ms': Math.round(quantile(values, 0.5)), 'max ms': Math.round(Math.max(...values)) },
				...(values === withOne ? { bar: { text: 'within 2 × the time without it', reached: bad <= 2 * plain } } : {}),
			});
	} finally {
		await Promise.all([here.stop(), there.stop()]);
	}
}
