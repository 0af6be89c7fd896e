import { expect, it } from 'vitest';
import { randomFrom } from './kit/random.js';
import { sendingWorld } from './sending-world.js';

type Event = 'create' | 'update' | 'delete';

const WORLDS = 30;
const SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? Date.now() % 1_000_000);

it(`tells last what happened last, by whichever node's clock it was planned (seed ${SEED})`, async () => {
	for (let world = 0; world < WORLDS; world++) {
		const random = randomFrom(SEED + world);
		const told = new Map<string, Event>();
		let left = 12;
		let busy: Promise<unknown> | null = null;
		const { add, items, makeIdsBy, drain, rows, stop } = await sendingWorld(
			{ batch_size: 2, concurrency: 3 },
			async (request) => {
				if (left > 0 && random() < 0.7) {
					busy ??= change().finally(() => (busy = null));
					await busy;
				}
				if (random() < 0.4) return { status: 503, headers: {}, body: '' };
				const changes = JSON.parse(String(request.body)) as { event: Event; fields: { id: string } }[];
				for (const { event, fields } of changes) told.set(fields.id, event);
				return { status: 200, headers: {}, body: '' };
			},
		);
		/** What any node may do while others are at work: each has its own idea of the time. */
		async function change(): Promise<void> {
			left -= 1;
			makeIdsBy(Math.floor(random() * 20_000));
			const item = `item-${Math.floor(random() * 3)}`;
			const event: Event = !items.has(item) ? 'create' : random() < 0.4 ? 'delete' : 'update';
			if (event === 'delete') items.delete(item);
			else items.set(item, { id: item, title: String(random()) });
			await add([{ item, event }]);
		}
		for (let first = 0; first < 3; first++) await change();
		// What is added at the very end of a turn is for the next one.
		do await drain();
		while ((await rows()).some(({ status }) => status !== 'delivered' && status !== 'cancelled'));
		const wrong = [...told].filter(([item, event]) => (event === 'delete') === items.has(item));
		expect(wrong, `world ${world}: ${JSON.stringify(await rows())}`).toEqual([]);
		await stop();
	}
}, 240_000);
