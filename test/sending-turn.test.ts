import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { WireRequest } from '../src/kernel/core/wire.js';
import { sendingWorld } from './sending-world.js';

const taken = { status: 200, headers: {}, body: '' };
const firstItem = ({ body }: WireRequest) => (JSON.parse(body ?? '[]') as { fields: { id: string } }[])[0]?.fields.id;

describe('a target that is busy', () => {
	it('is sent nothing twice when the database fails while its answer is awaited', async () => {
		let release: () => void = () => {};
		const slow = new Promise<void>((resolve) => (release = resolve));
		const world = await sendingWorld({ concurrency: 2 }, async () => {
			await slow;
			return taken;
		});
		let woken: () => boolean = () => false;
		let isOver = false;
		await world.add([{ item: 'slow', event: 'update' }]);
		const turn = world
			.turn((wake) => (woken = wake))
			.catch((error: unknown) => error)
			.finally(() => (isOver = true));
		while (world.requests.length < 1) await pause(1);
		let isAsked = false;
		world.queue.claim = async () => {
			isAsked = true;
			throw new Error('the database is away');
		};
		expect(woken()).toBe(true);
		while (!isAsked) await pause(1);
		await pause(20);
		expect(isOver).toBe(false);
		release();
		expect(String(await turn)).toContain('the database is away');
		expect(await world.rows()).toMatchObject([{ item: 'slow', status: 'delivered' }]);
		expect(world.requests).toHaveLength(1);
		await world.stop();
	});

	it('is sent later changes meanwhile, if it may have more requests at once', async () => {
		let release: () => void = () => {};
		const slow = new Promise<void>((resolve) => (release = resolve));
		const world = await sendingWorld({ concurrency: 2 }, async (request) => {
			if (firstItem(request) === 'slow') await slow;
			return taken;
		});
		let woken: () => boolean = () => false;
		await world.add([{ item: 'slow', event: 'update' }]);
		const turn = world.turn((wake) => (woken = wake));
		while (world.requests.length < 1) await pause(1);
		await world.add([
			{ item: 'quick', event: 'update' },
			{ item: 'slow', event: 'update' },
		]);
		expect(woken()).toBe(true);
		const statusOf = async (item: string) =>
			(await world.rows()).filter((row) => row['item'] === item).map((row) => row['status']);
		while ((await statusOf('quick'))[0] !== 'delivered') await pause(1);
		expect(await statusOf('slow')).toEqual(['sending', 'pending']);
		release();
		await turn;
		expect(await statusOf('slow')).toEqual(['delivered', 'delivered']);
		await world.stop();
	});
});

describe('a turn that stops', () => {
	it('refuses to be woken at that moment', async () => {
		const world = await sendingWorld({}, () => taken);
		await world.add([{ item: 'a', event: 'update' }]);
		let woken: () => boolean = () => true;
		let isTaken = true;
		const turn = world.turn(
			(wake) => (woken = wake),
			() => {
				queueMicrotask(() => (isTaken = woken()));
				return true;
			},
		);
		expect(await turn).toBeNull();
		expect(isTaken).toBe(false);
		expect(world.requests).toEqual([]);
		await world.stop();
	});
});
