import { expect, it } from 'vitest';
import { acquireLease } from '../src/kernel/database/leases.js';
import { fixTimes } from '../src/kernel/database/fix-times.js';
import { sendingWorld } from './sending-world.js';

const HOUR = 3_600_000;
const NOW = 1_795_000_000_000;

it('takes a lease that a clock an hour ahead has left, and no other that is held', async () => {
	const { database, stop } = await sendingWorld({}, () => ({ status: 200, headers: {}, body: '' }));
	expect(await acquireLease(database, 'target', 'early', 10_000, NOW + HOUR)).toBe(true);
	expect(await acquireLease(database, 'target', 'other', 10_000, NOW)).toBe(true);
	expect(await acquireLease(database, 'target', 'third', 10_000, NOW + 5_000)).toBe(false);
	expect(await acquireLease(database, 'target', 'third', 10_000, NOW + 10_001)).toBe(true);
	await stop();
});

it('makes due what was made in the future, and nothing else that waits', async () => {
	const { database, add, stop } = await sendingWorld({}, () => ({ status: 200, headers: {}, body: '' }));
	await add([
		{ item: 'future', event: 'update' },
		{ item: 'waiting', event: 'update' },
		{ item: 'overdue', event: 'update' },
	]);
	const row = (item: string) => database('downstream_deliveries').where({ item });
	await row('future').update({ created_at: NOW + HOUR, next_at: NOW + HOUR });
	await row('waiting').update({ status: 'retrying', created_at: NOW - HOUR, next_at: NOW + HOUR });
	await row('overdue').update({ status: 'retrying', created_at: NOW - HOUR, next_at: NOW + 100 * HOUR });
	await fixTimes(database, NOW, [{ id: 'target', options: { hold_max_ms: HOUR, retry: { max_ms: 2 * HOUR } } }]);
	const times = await database('downstream_deliveries').select<{ item: string; next_at: number }[]>('item', 'next_at');
	expect(Object.fromEntries(times.map(({ item, next_at }) => [item, next_at]))).toEqual({
		future: NOW,
		waiting: NOW + HOUR,
		overdue: NOW,
	});
	await stop();
});
