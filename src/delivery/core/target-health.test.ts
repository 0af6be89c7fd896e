import { describe, expect, it } from 'vitest';
import { afterAttempt, gate, HEALTHY, percentile, type Health } from './target-health.js';
import type { Verdict } from './verdict.js';

const delivered: Verdict = { kind: 'delivered' };
const broken: Verdict = { kind: 'retry', code: 'HTTP_500', message: 'down', retryAfterMs: null };
const refused: Verdict = { kind: 'failed', code: 'HTTP_400', message: 'bad item' };
const tooMany: Verdict = { kind: 'retry', code: 'HTTP_429', message: 'slow down', retryAfterMs: 5_000 };

const after = (verdicts: Verdict[], from: Health = HEALTHY, start = 0) =>
	verdicts.reduce(
		(health, verdict, index) => afterAttempt(health, { verdict, durationMs: 1, held: null }, start + index * 10, 0.5),
		from,
	);

describe('the breaker', () => {
	it('opens after five failures in a row, and not before', () => {
		expect(after([broken, broken, broken, broken]).openedAt).toBeNull();
		expect(after([broken, broken, broken, broken, delivered, broken]).openedAt).toBeNull();
		expect(after([broken, broken, broken, broken, broken]).openedAt).toBe(40);
	});
	it('does not open for items that the target refuses, nor for being too fast', () => {
		expect(after(Array.from({ length: 20 }, () => refused)).openedAt).toBeNull();
		expect(after(Array.from({ length: 20 }, () => tooMany)).openedAt).toBeNull();
	});
	it('lets one probe through when its time has come, later each time, never more than five minutes', () => {
		let health = after([broken, broken, broken, broken, broken]);
		let last = 0;
		for (let probe = 0; probe < 30; probe += 1) {
			const now = health.probeAt ?? 0;
			expect(gate(health, now - 1)).toEqual({ allow: 'nothing', until: now });
			expect(gate(health, now)).toEqual({ allow: 'probe' });
			health = afterAttempt(health, { verdict: broken, durationMs: 1, held: null }, now + 1, 0.5);
			const wait = (health.probeAt ?? 0) - now;
			expect(wait).toBeGreaterThanOrEqual(last);
			expect(wait).toBeLessThanOrEqual(300_000 + 1);
			last = wait;
		}
	});
	it('does not count requests in flight when it opened', () => {
		const open = after([broken, broken, broken, broken, broken]);
		const late = afterAttempt(open, { verdict: broken, durationMs: 5_000, held: null }, 4_000, 0.5);
		expect(late.probeAt).toBe(open.probeAt);
	});
	it('closes with the first success', () => {
		expect(gate(after([broken, broken, broken, broken, broken, delivered]), 100)).toEqual({ allow: 'all' });
	});
});

it('leaves the target alone for as long as it asked', () => {
	const health = afterAttempt(HEALTHY, { verdict: delivered, durationMs: 1, held: 3_000 }, 1_000, 0.5);
	expect(gate(health, 2_000)).toEqual({ allow: 'nothing', until: 4_000 });
	expect(gate(health, 4_000)).toEqual({ allow: 'all' });
});

it('does not believe in times that a wrong clock has written', () => {
	const open = { ...after([broken, broken, broken, broken, broken]), probeAt: 10 ** 12 };
	expect(gate(open, 1_000)).toEqual({ allow: 'probe' });
	expect(gate({ ...HEALTHY, holdUntil: 1_795_224_103_627_000 }, 1_000)).toEqual({ allow: 'all' });
});

it('finds percentiles', () => {
	expect(percentile([], 0.5)).toBeNull();
	expect(percentile([5], 0.95)).toBe(5);
	expect(
		percentile(
			Array.from({ length: 100 }, (_, index) => 100 - index),
			0.95,
		),
	).toBe(95);
});
