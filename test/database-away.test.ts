import { expect, it } from 'vitest';
import { sendingWorld } from './sending-world.js';

const OK = { status: 200, headers: {}, body: '' };

it.each([
	['ends the connection', new Error('Connection terminated unexpectedly')],
	['shuts down', Object.assign(new Error('the database system is shutting down'), { code: '57P03' })],
	['has no connection left', Object.assign(new Error('Knex: Timeout'), { name: 'KnexTimeoutError' })],
])('sends nothing twice when the database %s before the answer is written', async (_what, error) => {
	const { add, drain, failWrites, requests, rows, attempts, stop } = await sendingWorld({}, () => OK);
	await add([{ item: '1', event: 'update' }]);
	failWrites(error, error, error, error);
	await drain();
	expect(requests).toHaveLength(1);
	expect((await rows()).map(({ status, tries }) => ({ status, tries }))).toEqual([{ status: 'delivered', tries: 1 }]);
	expect(await attempts()).toHaveLength(1);
	await stop();
});
