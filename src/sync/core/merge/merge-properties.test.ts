import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConflictPolicy, DeletePolicy } from '../../../contract/vocabulary.js';
import { ExampleNetwork, exampleInstance } from '../../../../test/fixtures/example-instances.js';
import { groupsOf, knowsAllOf, valuesOf, versionsOf } from './stamp-edits.js';

/** The rows were first equal everywhere; then these things happen, some of the post arriving between them. */
type Step =
	| { do: 'edit'; at: number; field: string; value: number }
	| { do: 'delete'; at: number }
	| { do: 'deliver'; which: number; again: boolean };

interface Case {
	count: number;
	shape: 'mesh' | 'ring' | 'chain';
	skews: number[];
	conflicts: ConflictPolicy[];
	deletes: DeletePolicy[];
	steps: Step[];
	order: number[];
}

const at = fc.nat(4);
const edit = fc.record({
	do: fc.constant('edit' as const),
	at,
	field: fc.constantFrom('title', 'body', 'slug'),
	value: fc.nat(3),
});
const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 5, arbitrary: edit },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), at }) },
	{
		weight: 5,
		arbitrary: fc.record({ do: fc.constant('deliver' as const), which: fc.nat(30), again: fc.boolean() }),
	},
);

function cases(conflict: readonly ConflictPolicy[], onDelete: readonly DeletePolicy[]): fc.Arbitrary<Case> {
	const five = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { minLength: 5, maxLength: 5 });
	return fc.record({
		count: fc.integer({ min: 2, max: 5 }),
		shape: fc.constantFrom('mesh' as const, 'ring' as const, 'chain' as const),
		skews: five(fc.integer({ min: -50, max: 50 })),
		conflicts: five(fc.constantFrom(...conflict)),
		deletes: five(fc.constantFrom(...onDelete)),
		steps: fc.array(step, { minLength: 1, maxLength: 25 }),
		order: fc.array(fc.nat(50), { minLength: 1, maxLength: 20 }),
	});
}

function networkOf({ count, shape, skews, conflicts, deletes }: Case): ExampleNetwork {
	const linked = (a: number, b: number): boolean => {
		if (a === b) return false;
		if (shape === 'mesh') return true;
		return Math.abs(a - b) === 1 || (shape === 'ring' && Math.abs(a - b) === count - 1);
	};
	const indexes = Array.from({ length: count }, (_, index) => index);
	const network = new ExampleNetwork(
		indexes.map((index) =>
			exampleInstance(index, {
				skew: skews[index] ?? 0,
				links: indexes.filter((other) => linked(index, other)),
				policies: { conflict: conflicts[index] ?? 'newest', onDelete: deletes[index] ?? 'update' },
			}),
		),
	);
	network.edit(0, { title: 0, body: 0, slug: 0 });
	drain(network, [0]);
	return network;
}

/** All post arrives, in the given order; a network that never becomes quiet fails here. */
function drain(network: ExampleNetwork, order: number[]): void {
	let turn = 0;
	while (network.letters.length > 0) {
		network.deliver(order[turn % order.length] ?? 0);
		if (++turn > 3_000) throw new Error('the instances do not become quiet');
	}
}

function play(network: ExampleNetwork, steps: Step[]): void {
	for (const step of steps) {
		if (step.do === 'edit') network.edit(step.at, { [step.field]: step.value });
		else if (step.do === 'delete') network.delete(step.at);
		else network.deliver(step.which, step.again);
	}
}

const contentOf = (network: ExampleNetwork) => network.instances.map(({ row }) => row);

function expectEqual(network: ExampleNetwork): void {
	const [first, ...others] = contentOf(network);
	for (const other of others) expect(other).toEqual(first);
	for (const { state, row } of network.instances) {
		expect(row).toEqual(state.deleted ? null : valuesOf(state));
		expect(new Set(state.groups.map((group) => Object.keys(group.values)).flat()).size).toBe(versionsOf(state).size);
	}
}

/** Whatever is sent once more to anybody, nothing happens. */
function expectQuiet(network: ExampleNetwork): void {
	const states = network.instances.map(({ state }) => state);
	for (const [to, instance] of network.instances.entries()) {
		for (const state of states) {
			const merge = network.receive({ to, state, seenBy: [] });
			expect([merge.write, merge.deletes, merge.recreates, merge.decisions]).toEqual([{}, false, false, []]);
			expect(instance.state.deleted === null).toBe(states[to]?.deleted === null);
		}
	}
}

const runs = { numRuns: 300 };

describe('any edits, deletes and re-creations, in any order, late and twice', () => {
	for (const onDelete of ['update', 'delete'] as const) {
		it(`end in equal states where the newest wins, deletes: ${onDelete}`, () => {
			fc.assert(
				fc.property(cases(['newest'], [onDelete]), (one) => {
					const network = networkOf(one);
					play(network, one.steps);
					drain(network, one.order);
					expectEqual(network);
					expectQuiet(network);
				}),
				runs,
			);
		});
	}

	it('end in the same state whatever the order was, where the newest wins', () => {
		const same = fc.tuple(cases(['newest'], ['update']), fc.array(fc.nat(50), { minLength: 1, maxLength: 20 }));
		fc.assert(
			fc.property(same, ([one, order]) => {
				const edits = one.steps.filter((step) => step.do === 'edit');
				const [first, second] = [networkOf(one), networkOf(one)];
				for (const network of [first, second]) play(network, edits);
				drain(first, one.order);
				drain(second, order);
				expect(first.instances[0]?.state).toEqual(second.instances[0]?.state);
				for (const { state } of first.instances) expect(groupsOf(versionsOf(state))).toEqual(state.groups);
			}),
			runs,
		);
	});

	it('end in equal rows and in silence, whatever each instance decides by', () => {
		fc.assert(
			fc.property(cases(['newest', 'local', 'remote'], ['update', 'delete']), (one) => {
				const network = networkOf(one);
				play(network, one.steps);
				drain(network, one.order);
				expectEqual(network);
				expectQuiet(network);
			}),
			{ numRuns: 1_000 },
		);
	});

	it('need no more letters than links for one edit', () => {
		fc.assert(
			fc.property(cases(['newest'], ['update']), edit, (one, { at, field, value }) => {
				const network = networkOf(one);
				const before = network.delivered;
				network.edit(at, { [field]: value + 1 });
				drain(network, one.order);
				const links = network.instances.reduce((sum, { links }) => sum + links.length, 0);
				expect(network.delivered - before).toBeLessThanOrEqual(links);
				expectEqual(network);
			}),
			runs,
		);
	});
});

describe('conflicts that wait for somebody', () => {
	it('hold nothing else back, and end in equal rows once decided', () => {
		fc.assert(
			fc.property(
				// Rules that agree: instances that answer a deletion otherwise may, once in ten thousand, not end equal.
				cases(['manual', 'manual', 'newest', 'local'], ['park']),
				fc.array(fc.constantFrom('here' as const, 'there' as const), { minLength: 1, maxLength: 5 }),
				(one, choices) => {
					const network = networkOf(one);
					play(network, one.steps);
					drain(network, one.order);
					const waiting = () => network.instances.findIndex(({ held, parked }) => held.size > 0 || parked);
					for (let turn = 0; waiting() >= 0; turn++) {
						if (turn > 200) throw new Error('decided conflicts come back');
						network.resolve(waiting(), choices[turn % choices.length] ?? 'here');
						drain(network, one.order);
					}
					expectEqual(network);
				},
			),
			{ numRuns: 1_000 },
		);
	});

	it('are not taken to be known by a row that is kept although it was deleted elsewhere', () => {
		// Found by chance: title and body of one row, set apart, while two others delete it.
		const network = networkOf({
			count: 3,
			shape: 'chain',
			skews: [0, 0, 0],
			conflicts: ['manual', 'manual', 'manual'],
			deletes: ['park', 'update', 'update'],
			steps: [],
			order: [],
		});
		play(network, [
			{ do: 'edit', at: 0, field: 'title', value: 1 },
			{ do: 'edit', at: 1, field: 'body', value: 1 },
			{ do: 'edit', at: 0, field: 'body', value: 2 },
			{ do: 'deliver', which: 0, again: false },
			{ do: 'delete', at: 2 },
			{ do: 'delete', at: 0 },
		]);
		const order = [36, 0, 0, 33, 0];
		drain(network, order);
		const waiting = () => network.instances.findIndex(({ held, parked }) => held.size > 0 || parked);
		for (let turn = 0; waiting() >= 0 && turn < 20; turn++) {
			network.resolve(waiting(), 'here');
			drain(network, order);
		}
		expectEqual(network);
	});

	it('hold back their fields only', () => {
		fc.assert(
			fc.property(cases(['manual'], ['update']), (one) => {
				const network = networkOf(one);
				play(
					network,
					one.steps.filter((step) => step.do !== 'delete'),
				);
				drain(network, one.order);
				const held = new Set(network.instances.flatMap((instance) => [...instance.held.keys()]));
				for (const field of ['title', 'body', 'slug'].filter((name) => !held.has(name))) {
					expect(new Set(network.instances.map(({ row }) => row?.[field])).size).toBe(1);
				}
			}),
			runs,
		);
	});
});

describe('deletes', () => {
	it('never happen where nobody deleted', () => {
		fc.assert(
			fc.property(cases(['newest', 'local', 'remote', 'manual'], ['park', 'update', 'delete']), (one) => {
				const network = networkOf(one);
				play(
					network,
					one.steps.filter((step) => step.do !== 'delete'),
				);
				drain(network, one.order);
				expect(contentOf(network).includes(null)).toBe(false);
			}),
			runs,
		);
	});

	it('never take a value that who deleted had not seen, unless the policy says so', () => {
		fc.assert(
			fc.property(cases(['newest'], ['update']), (one) => {
				const network = networkOf(one);
				play(network, one.steps);
				for (let turn = 0; network.letters.length > 0; turn++) {
					const letter = network.letters[(one.order[turn % one.order.length] ?? 0) % network.letters.length];
					const to = letter ? network.instances[letter.to] : undefined;
					const before = to?.state;
					const merge = network.deliver(one.order[turn % one.order.length] ?? 0);
					if (merge?.deletes && before) expect(knowsAllOf(merge.state, before)).toBe(true);
					if (merge?.deletes) expect(letter?.state.deleted).not.toBeNull();
					if (turn > 3_000) throw new Error('the instances do not become quiet');
				}
			}),
			runs,
		);
	});
});
