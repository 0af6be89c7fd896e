import { describe, expect, it } from 'vitest';
import type { WireRequest } from '../src/kernel/core/wire.js';
import { WEEKDAYS, type SendWindows } from '../schema.js';
import { opensAt } from '../src/delivery/core/windows.js';
import { randomFrom } from './kit/random.js';
import { sendingWorld } from './sending-world.js';

const SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? Date.now() % 1_000_000);

const itemsOf = ({ body }: WireRequest) =>
	(JSON.parse(body ?? '[]') as { fields: { id: string } }[]).map(({ fields }) => fields.id);

describe(`a remote that is sent changes in some hours only (seed ${SEED})`, () => {
	it('is sent all of them, within these hours, and by hand at any time', async () => {
		const random = randomFrom(SEED);
		for (let run = 0; run < 8; run += 1) {
			// One hour, at least two hours from now.
			const windows: SendWindows = { time_zone: 'UTC', hours: [] };
			const hour = (new Date().getUTCHours() + 3 + Math.floor(random() * 19)) % 24;
			const time = (at: number) => `${String(at % 24).padStart(2, '0')}:00`;
			windows.hours.push({
				from: time(hour),
				to: time(hour + 1),
				...(random() < 0.5 ? { days: [WEEKDAYS[Math.floor(random() * 7)] ?? 'sun'] } : {}),
			});
			const sentAt: { items: string[]; at: number }[] = [];
			let failures = Math.floor(random() * 3);
			const world = await sendingWorld({ windows, batch_size: 3 }, (request) => {
				sentAt.push({ items: itemsOf(request), at: world.clock.now() });
				if (failures-- > 0) return { status: 500, headers: {}, body: '' };
				return { status: 200, headers: {}, body: '' };
			});
			const names = (count: number, as: string) => Array.from({ length: count }, (_, index) => `${as}${index}`);
			const create = (all: string[]) => all.map((item) => ({ item, event: 'create' as const }));
			const waiting = names(1 + Math.floor(random() * 8), 'w');
			for (const id of [...waiting, 'now']) world.items.set(id, { id, title: id });
			await world.add(create(waiting));
			const opens = opensAt(windows, world.clock.now());
			expect(await world.turn()).toBe(opens);
			expect(sentAt).toEqual([]);
			await world.add(create(['now']), 'by hand');
			await world.drain(() => sentAt.some(({ items }) => items.includes('now')));
			await world.drain();
			const told = JSON.stringify({ windows, sentAt });
			for (const { items, at } of sentAt)
				if (items.some((item) => item !== 'now')) expect(opensAt(windows, at), told).toBeNull();
			expect(
				(await world.rows()).map(({ status }) => status),
				told,
			).toEqual(Array(waiting.length + 1).fill('delivered'));
			expect(Math.min(...sentAt.filter(({ items }) => items.includes('now')).map(({ at }) => at)), told).toBeLessThan(
				opens ?? 0,
			);
			await world.stop();
		}
	});
});
