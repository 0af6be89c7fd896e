import { expect, it } from 'vitest';
import { createPace, type Allowances } from '../pace.js';
import { allowanceNote, takeOverAllowances } from './allowance-note.js';

const RATE = { perSecond: 2, burst: 2 };

/** Nodes that take turns at one target, each with a memory of its own. */
function nodesAt(clock: { at: number }) {
	const memories: Allowances[] = [new Map(), new Map(), new Map()];
	return {
		memories,
		take: (node: number) =>
			createPace('target', RATE, {
				clock: { now: () => clock.at, random: () => 0, id: () => '' },
				allowances: memories[node] as Allowances,
			}).take(),
		handOver: (from: number, to: number, note = allowanceNote(memories[from] as Allowances, 'target')) =>
			takeOverAllowances(memories[to] as Allowances, 'target', { note, lost: 'lost', now: clock.at }),
	};
}

it('keeps to the rate limit of a target when nodes take turns', () => {
	const clock = { at: 1_000_000 };
	const { take, handOver } = nodesAt(clock);
	let sent = 0;
	for (let turn = 0; turn < 300; turn++) {
		const node = turn % 3;
		while (take(node) === 0) sent += 1;
		handOver(node, (node + 1) % 3);
		clock.at += 10;
	}
	// Three seconds at two a second, and what may come at once at first.
	expect(sent).toBeGreaterThanOrEqual(7);
	expect(sent).toBeLessThanOrEqual(8);
});

it('supposes nothing to be left where a node has died', () => {
	const clock = { at: 1_000_000 };
	const { take, handOver } = nodesAt(clock);
	handOver(0, 1, 'lost');
	expect(take(1)).toBe(500);
	clock.at += 500;
	expect(take(1)).toBe(0);
	expect(take(1)).toBe(500);
});

it('leaves other targets alone', () => {
	const clock = { at: 1_000_000 };
	const { memories, handOver } = nodesAt(clock);
	memories[1]?.set('target-2', { left: 1, at: 0 });
	handOver(0, 1, null);
	handOver(0, 1, '{"target":{"left":0,"at":5}}');
	expect([...(memories[1] ?? [])]).toEqual([
		['target-2', { left: 1, at: 0 }],
		['target', { left: 0, at: 5 }],
	]);
});
