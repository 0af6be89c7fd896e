import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { linkWorld } from '../../test/fixtures/link-world.js';
import { createSyncPeers } from './sync-peers.js';

/** `LINK_SEED=7` plays one world, and prints it. */
const ONLY = process.env['LINK_SEED'];
const SEEDS = ONLY === undefined ? Array.from({ length: 200 }, (_, index) => index + 1) : [Number(ONLY)];
const STEPS = 80;

async function played(seed: number) {
	const world = linkWorld(seed, createSyncPeers);
	await world.play(STEPS);
	if (ONLY !== undefined) process.stdout.write(`${world.trace.join('\n')}\n`);
	return world;
}

describe('links, in generated worlds with late answers, resumes and changing instances', () => {
	it('never treat a known instance as one without the extension', async () => {
		for (const seed of SEEDS) {
			const world = linkWorld(seed, createSyncPeers);
			for (let count = 0; count < STEPS; count++) {
				await world.play(1);
				for (const { id, instance, mode } of world.seen())
					if (instance !== null) expect(mode, `seed ${seed}, step ${count}, ${id}`).toBe('sync');
			}
		}
	});

	it('know which instance is there, and whether it has the extension, once they are resumed and all have answered', async () => {
		for (const seed of SEEDS) {
			const world = await played(seed);
			await world.calm();
			await world.resumeAll();
			for (const { id, url, instance, mode, stored } of world.seen()) {
				const server = world.servers.get(url);
				const about = `seed ${seed}, ${id} at ${url}, which is ${JSON.stringify(server)}`;
				if (server === 'plain') expect({ instance, mode, stored }, about).toEqual({ instance: null, mode: 'plain' });
				else expect(mode, about).toBe('sync');
				if (typeof server === 'object' && server.instance !== world.me())
					expect({ instance, stored }, about).toEqual({ instance: server.instance, stored: server.instance });
			}
		}
	});

	it('stay met while their first meeting takes long and the stored ones are read again', async () => {
		const world = linkWorld(1, createSyncPeers);
		void world.peers.met('r1', 'bbbbbbbbbbbb');
		void world.peers.refresh();
		await world.endAll('read');
		expect(world.seen()[0]).toMatchObject({ instance: 'bbbbbbbbbbbb', mode: 'sync' });
		await world.calm();
		expect(world.trace.filter((line) => line.endsWith('begins first meeting r1'))).toHaveLength(1);
		expect(world.seen()[0]).toMatchObject({ instance: 'bbbbbbbbbbbb', stored: 'bbbbbbbbbbbb' });
	});

	it('tell the other nodes of an instance that nobody knew, and of none that is only confirmed', async () => {
		const world = linkWorld(1, createSyncPeers);
		for (const told of [1, 1, 2]) {
			void world.peers.met('r1', told === 2 ? 'cccccccccccc' : 'bbbbbbbbbbbb');
			await world.calm();
			expect(world.nodesTold()).toBe(told);
		}
	});

	/** If this changes on purpose: `LINK_SEED=… vitest …` before and after shows the first step that differs; then `-u`. */
	it('take the same steps as before', async () => {
		const digests: string[] = [];
		for (const seed of SEEDS) {
			const { trace } = await played(seed);
			digests.push(`${seed} ${createHash('sha256').update(trace.join('\n')).digest('hex').slice(0, 12)}`);
		}
		if (ONLY === undefined) expect(digests.join('\n')).toMatchSnapshot();
	});
});
