import { expect, test } from 'vitest';
import { randomFrom } from '../../../../test/kit/random.js';
import { inHeaders, judgePage, UNKNOWN_MADE, whenMade, type SeenPage } from './judge-page.js';

const page = (headers: Record<string, string>, more: Partial<SeenPage> = {}): SeenPage => ({
	status: 200,
	headers,
	digest: 'new',
	askedAt: 10_000,
	answeredAt: 10_050,
	...more,
});

const judged = (seen: SeenPage, changedAt: number, before: string | null = null) =>
	judgePage(seen, whenMade(UNKNOWN_MADE, seen), changedAt, before);

test('an age says to a second when a page was made', () => {
	expect(judged(page({ age: '3' }), 5_900)).toBe('fresh');
	expect(judged(page({ age: '3' }), 7_100)).toBe('stale');
	expect(judged(page({ age: '3' }), 6_500)).toBe('unsure');
});

test.each([
	['x-cache', 'MISS', 'fresh'],
	['cf-cache-status', 'DYNAMIC', 'fresh'],
	['cache-status', 'Nginx; fwd=miss', 'fresh'],
	['x-cache', 'HIT', 'unsure'],
	['x-cache', 'MISS, HIT', 'unsure'],
	['x-nextjs-cache', 'STALE', 'unsure'],
])('a cache that says "%s: %s" makes a page %s', (name, value, verdict) => {
	expect(judged(page({ [name]: value }), 9_000)).toBe(verdict);
});

test('without either, another body than before says so', () => {
	expect(judged(page({}), 9_000, 'old')).toBe('fresh');
	expect(judged(page({}), 9_000, 'new')).toBe('unsure');
	expect(judged(page({}), 9_000)).toBe('unsure');
	expect(judged(page({}, { status: 502 }), 9_000, 'old')).toBe('unsure');
});

test('what a person looks at is named', () => {
	expect(inHeaders(page({ age: '300', 'x-cache': 'HIT', 'set-cookie': 'secret' }))).toBe(
		'status 200, age: 300, x-cache: HIT',
	);
});

test('several ages narrow it down, and never say the wrong thing (seed 5)', () => {
	const random = randomFrom(5);
	for (let round = 0; round < 500; round += 1) {
		let madeAt = random() * 10_000;
		const changedAt = random() * 20_000;
		let made = UNKNOWN_MADE;
		let [now, verdict] = [Math.max(madeAt, changedAt), 'unsure'];
		for (let look = 0; look < 60; look += 1) {
			now += 37 + random() * 400;
			if (random() < 0.02) madeAt = now - random() * 20;
			const way = random() * 80;
			const age = String(Math.floor((now - madeAt) / 1_000));
			const seen = page({ age }, { askedAt: now - way * random(), answeredAt: now + way });
			made = whenMade(made, seen);
			verdict = judgePage(seen, made, changedAt, null);
			if (verdict === 'fresh') expect(madeAt).toBeGreaterThanOrEqual(changedAt - 80);
			if (verdict === 'stale') expect(madeAt).toBeLessThan(changedAt);
		}
		if (Math.abs(madeAt - changedAt) > 400) expect(verdict).toBe(madeAt < changedAt ? 'stale' : 'fresh');
	}
});
