import { describe, expect, it } from 'vitest';
import {
	ANSWER_WAIT_MS,
	createBackgroundBudget,
	FIRST_WAIT_MS,
	GATHER_MS,
	LONGEST_WAIT_MS,
	SPARSE_GAP_MS,
	STREAM_GAP_MS,
} from './background-budget.js';

/** How finely the time of these tests moves. */
const STEP_MS = 1;

/** Saves every `gap` ms for `length` ms beside a planner whose rounds take `round` ms each. */
async function live({ gap, round, length }: { gap: number; round: number; length: number }) {
	let now = 0;
	const budget = createBackgroundBudget(() => now);
	const waits: number[] = [];
	let oldest: number | null = null;
	let spent = 0;
	let nextSave = 0;
	const saveUntil = (end: number) => {
		for (; nextSave <= end && nextSave < length; nextSave += gap) {
			now = nextSave;
			budget.saved();
			oldest ??= nextSave;
		}
		now = end;
	};
	while (now < length) {
		if (oldest === null || budget.waitMs() > 0) {
			saveUntil(now + STEP_MS);
			continue;
		}
		waits.push(now - oldest);
		oldest = null;
		budget.planning();
		await budget.measure(async () => saveUntil(now + round));
		budget.planned();
		spent += round;
	}
	return { waits, share: spent / length };
}

describe('the budget for background work', () => {
	it.each([
		{ gap: 5, round: 10 },
		{ gap: 20, round: 20 },
		{ gap: 100, round: 30 },
		{ gap: 200, round: 5 },
	])('takes a tenth of the time at most while somebody saves every $gap ms, in rounds of $round ms', async (given) => {
		const { share, waits } = await live({ ...given, length: 60_000 });
		expect(share).toBeLessThanOrEqual(0.11);
		expect(Math.max(...waits)).toBeLessThanOrEqual(given.round + LONGEST_WAIT_MS + STEP_MS);
	});

	it.each([2, 10, 60])('plans what %s ms apart is saved together: a round is for 400 ms', async (gap) => {
		const { waits } = await live({ gap, round: 1, length: 10_000 });
		expect(Math.min(...waits.slice(1))).toBeGreaterThanOrEqual(GATHER_MS);
		expect(Math.max(...waits)).toBeLessThanOrEqual(GATHER_MS + STEP_MS);
	});

	it('plans a save after a quiet moment as soon as no other one has followed', async () => {
		const { waits } = await live({ gap: STREAM_GAP_MS + 50, round: 200, length: 20_000 });
		expect(Math.max(...waits)).toBeLessThanOrEqual(FIRST_WAIT_MS + STEP_MS);
	});

	it.each([SPARSE_GAP_MS + 10, 200, STREAM_GAP_MS - 1])(
		'does not wait for more where saves are %s ms apart, and yet takes a tenth of the time',
		async (gap) => {
			const { share, waits } = await live({ gap, round: 8, length: 20_000 });
			expect(Math.max(...waits.slice(2))).toBeLessThanOrEqual(FIRST_WAIT_MS + STEP_MS);
			expect(share).toBeLessThanOrEqual(0.1);
		},
	);

	it.each([1, 5, 10])('plans the rest at once when saves that came every %s ms have ended', (gap) => {
		let now = 0;
		const budget = createBackgroundBudget(() => now);
		for (; now < 200; now += gap) budget.saved();
		now -= gap;
		expect(budget.waitMs()).toBe(FIRST_WAIT_MS);
		now += FIRST_WAIT_MS;
		expect(budget.waitMs()).toBe(0);
	});

	it('waits for the saves of requests that are at work, and plans soon after the last answer', () => {
		let now = 0;
		const budget = createBackgroundBudget(() => now);
		// Sixteen at once: they are saved in waves, with gaps that none of them has by itself.
		const answers = Array.from({ length: 16 }, () => budget.requested());
		for (; now < 16; now += 1) budget.saved();
		now += 120;
		expect(budget.waitMs()).toBeGreaterThan(0);
		for (const answered of answers) expect(answered()).toBe(true);
		expect(budget.waitMs()).toBe(ANSWER_WAIT_MS);
		now += ANSWER_WAIT_MS;
		expect(budget.waitMs()).toBe(0);
	});

	it('does not wait for a request that goes on for long, nor for one that saves nothing', async () => {
		let now = 0;
		const budget = createBackgroundBudget(() => now);
		budget.requested();
		now += 2_000;
		budget.saved();
		expect(budget.waitMs()).toBe(FIRST_WAIT_MS);
		now += FIRST_WAIT_MS;
		expect(budget.waitMs()).toBe(0);
		budget.planning();
		await budget.measure(async () => {});
		budget.planned();
		for (let request = 0; request < 100; request += 1) {
			const answered = budget.requested();
			now += STREAM_GAP_MS;
			expect(answered()).toBe(false);
		}
		expect(budget.load()).toMatchObject({ share: 1, waiting_ms: 0 });
	});

	it('does not mistake one slow save for the end of saving', () => {
		let now = 0;
		const budget = createBackgroundBudget(() => now);
		for (; now < 300; now += 30) budget.saved();
		now += 40;
		expect(budget.waitMs()).toBeGreaterThan(0);
	});

	it('puts a round off for 600 ms at most, however long the last one took', async () => {
		const { waits } = await live({ gap: 20, round: 300, length: 20_000 });
		// A round that is under way does not hear of what is saved meanwhile.
		expect(Math.max(...waits)).toBeLessThanOrEqual(300 + LONGEST_WAIT_MS);
	});

	it('takes all its time again for a change that has waited for seconds', () => {
		let now = 0;
		const budget = createBackgroundBudget(() => now);
		const shares: number[] = [];
		for (; now <= 3_000; now += 100) {
			budget.saved();
			if (now > 0) shares.push(budget.load().share);
		}
		expect(shares[0]).toBe(0.1);
		expect(shares.at(-1)).toBe(1);
		expect(shares).toEqual(shares.toSorted((a, b) => a - b));
		expect(budget.waitMs()).toBe(0);
	});

	it('counts what is left of a backlog as waiting, and takes all its time for it', async () => {
		let now = 0;
		const budget = createBackgroundBudget(() => now);
		// A bulk edit of which a round plans a part, while others save on.
		for (let round = 0; round < 20; round += 1) {
			for (const end = now + 100; now < end; now += 10) budget.saved();
			budget.planning();
			await budget.measure(async () => {
				for (const end = now + 100; now < end; now += 10) budget.saved();
			});
		}
		expect(budget.load()).toMatchObject({ share: 1, waiting_ms: 4_000 });
		expect(budget.waitMs()).toBe(0);
		// Once all is planned, only what was saved meanwhile waits.
		budget.planning();
		now += 5;
		budget.saved();
		now += 7;
		budget.planned();
		expect(budget.load()).toMatchObject({ share: 0.1, waiting_ms: 7 });
	});

	it('counts a change as waiting on where a round failed', async () => {
		let now = 0;
		const budget = createBackgroundBudget(() => now);
		budget.saved();
		budget.planning();
		const failed = budget.measure(async () => {
			now += 50;
			throw new Error('the database is away');
		});
		await expect(failed).rejects.toThrow('away');
		expect(budget.load()).toMatchObject({ waiting_ms: 50, spent_ms: 50 });
	});

	it('counts what runs at the same time once', async () => {
		let now = 0;
		const budget = createBackgroundBudget(() => now);
		await Promise.all([
			budget.measure(async () => void (now += 10)),
			budget.measure(async () => {
				await Promise.resolve();
				now += 10;
			}),
		]);
		expect(budget.load()).toEqual({ share: 1, waiting_ms: 0, spent_ms: 20 });
	});
});
