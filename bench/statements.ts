import { fileURLToPath } from 'node:url';
import { startDirectus } from '../test/kit/directus.js';
import { pause } from '../test/kit/wait.js';
import { freshValues, type Bench } from './bench.js';
import { COLLECTION } from './contestants.js';
import { median, rounded } from './statistics.js';

interface Probed {
	statements: number;
	commits: number;
	delayMs: number;
}

/** In ms: what a change leads to is over by then, and what is looked after every second adds little. */
const OVER = 800;

/**
 * What one change asks of the database: statements until the answer, and statements and commits until all is sent, less
 * what the process asks while nobody does anything.
 */
export async function statements({ database, report, sink, quick, env }: Bench): Promise<void> {
	for (const targets of [null, 0, 1, 10]) {
		const directus = await startDirectus({
			version: '12',
			database,
			content: true,
			extension: targets !== null,
			extraExtensions: [fileURLToPath(new URL('./probe', import.meta.url))],
			env: { ...env, LOG_LEVEL: 'error' },
		});
		const begin = () => directus.request('POST', '/bench-probe');
		const read = () => directus.request<Probed>('GET', '/bench-probe');
		try {
			const rows = Array.from({ length: targets ?? 0 }, (_, index) => ({
				name: `Target ${index}`,
				url: `${sink.url}/statements/${index}`,
				status: 'published',
				auth_header: 'no-auth',
				schema: [{ collection: COLLECTION, events: ['create', 'update', 'delete'], payload: ['id', 'slug', 'title'] }],
			}));
			if (rows.length > 0) await directus.request('POST', '/items/cache_flush_targets', rows);
			const { id } = await directus.data<{ id: number }>('POST', `/items/${COLLECTION}`, freshValues());
			await pause(2_000);
			const samples: { answered: Probed; over: Probed; idle: Probed }[] = [];
			for (let round = 0; round < (quick ? 3 : 9); round++) {
				await begin();
				await pause(OVER);
				const idle = await read();
				await begin();
				await directus.request('PATCH', `/items/${COLLECTION}/${id}`, freshValues());
				const answered = await read();
				await pause(OVER);
				samples.push({ idle, answered, over: await read() });
			}
			const middle = (of: (sample: (typeof samples)[number]) => number) => rounded(median(samples.map(of)));
			report.add({
				scenario: 'statements',
				database,
				measure: 'PATCH one',
				contestant: targets === null ? 'no extension' : `Downstream, ${targets} targets`,
				values: {
					'statements until the answer': middle(({ answered }) => answered.statements),
					'statements in all': middle(({ over, idle }) => over.statements - idle.statements),
					'commits in all': middle(({ over, idle }) => over.commits - idle.commits),
					'longest delay of the loop, ms': middle(({ over }) => over.delayMs),
				},
			});
		} finally {
			await directus.stop();
		}
	}
	await sink.clear();
}
