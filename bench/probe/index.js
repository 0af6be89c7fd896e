/**
 * Counts what a Directus process asks of its database, for the bench: `POST /bench-probe` begins anew, `GET /bench-probe`
 * answers with the number of statements, of commits, and the longest delay of the event loop.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export default {
	id: 'bench-probe',
	handler(router, { database }) {
		const delay = monitorEventLoopDelay({ resolution: 5 });
		delay.enable();
		let [statements, commits] = [0, 0];
		database.client.on('query', ({ sql, __knexTxId: transaction }) => {
			statements += 1;
			// A write outside a transaction commits itself.
			if (/^\s*commit/i.test(sql) || (!transaction && /^\s*(insert|update|delete)/i.test(sql))) commits += 1;
		});
		router.post('/', (_request, response) => {
			[statements, commits] = [0, 0];
			delay.reset();
			response.status(204).end();
		});
		router.get('/', (_request, response) => {
			response.json({ statements, commits, delayMs: delay.max / 1e6 });
		});
	},
};
