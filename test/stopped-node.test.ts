import { describe, expect, it } from 'vitest';
import type { WireResponse } from '../src/kernel/core/wire.js';
import { acquireLease } from '../src/kernel/database/leases.js';
import { until } from './kit/wait.js';
import { sendingWorld } from './sending-world.js';

const say = (status: number): WireResponse => ({ status, headers: {}, body: '' });
const names = (count: number) => Array.from({ length: count }, (_, index) => `item-${index}`);

describe('a node that was stopped while another one took over', () => {
	it('sends nothing more of it, and overwrites neither what became of it nor what is known of the target', async () => {
		let isOurs = true;
		let answered = 0;
		let takeOver: () => Promise<void> = async () => {};
		const answer = async () => {
			answered += 1;
			if (answered !== 2) return say(200);
			await takeOver();
			return say(500);
		};
		const world = await sendingWorld({ batch_size: 1, concurrency: 1 }, answer, [], 'this-node');
		await acquireLease(world.database, 'target', 'this-node', 60_000, world.clock.now());
		await world.add(names(5).map((item) => ({ item, event: 'update' })));
		takeOver = async () => {
			// While the second request is under way, this node stands still and another one does all the rest.
			await until(async () => (await world.rows())[0]?.['status'] === 'delivered', { interval: 5 });
			isOurs = false;
			await world.database('downstream_meta').where({ key: 'lease:target' }).update({ holder: 'another-node' });
			await world.queue.recover('target');
			await world.database('downstream_deliveries').where({ status: 'retrying' }).update({ next_at: 0 });
			await world.turn();
			await world.database('downstream_targets').where({ target: 'target' }).update({ failures: 3 });
			await world.database('downstream_meta').where({ key: 'lease:target' }).update({ holder: null });
		};
		await world.turn(
			() => {},
			() => !isOurs,
			() => isOurs,
		);
		// One before, one under way, and the four that were left, by the other node.
		expect(world.requests).toHaveLength(2 + 4);
		expect((await world.rows()).map(({ status }) => status)).toEqual(Array(5).fill('delivered'));
		expect((await world.health()).failures).toBe(3);
		await world.stop();
	});

	it('gives no name to deliveries that another one has sent under its own', async () => {
		const world = await sendingWorld({}, () => say(200));
		await world.add(names(2).map((item) => ({ item, event: 'update' })));
		const asked = { now: world.clock.now(), window: 0, batchSize: 10, limit: 10, onlyFull: false };
		const { claimed } = await world.queue.claim('target', { ...asked, token: 'stopped' });
		await world.queue.recover('target');
		await world.drain();
		const sent = (await world.rows()).map(({ batch }) => batch);
		await world.queue.nameBatches([{ batch: 'of-the-stopped-one', deliveries: claimed }]);
		expect((await world.rows()).map(({ batch }) => batch)).toEqual(sent);
		await world.stop();
	});

	it('leaves nothing behind that waits for a retry without a batch', async () => {
		const world = await sendingWorld({}, () => say(200));
		await world.add(names(3).map((item) => ({ item, event: 'update' })));
		await world.database('downstream_deliveries').limit(2).update({ status: 'retrying', next_at: 0 });
		await world.turn();
		expect((await world.rows()).map(({ status }) => status)).toEqual(Array(3).fill('delivered'));
		await world.stop();
	});
});
