import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_STATE } from './row-state.js';
import { instanceOf, newestStamp, nextStamp, timeOf } from './stamp.js';

const A = 'aaaaaaaaaaaa';
const B = 'bbbbbbbbbbbb';
const NOW = Date.UTC(2026, 0, 1);

describe('nextStamp', () => {
	it('says when and where', () => {
		const stamp = nextStamp(NOW, null, A);
		expect(stamp).toMatch(/^[0-9a-z]{9}00-a{12}$/);
		expect([timeOf(stamp), instanceOf(stamp)]).toEqual([NOW, A]);
	});

	it('is later than the newest of the row, even where that came from a clock ahead of ours', () => {
		const ahead = nextStamp(NOW + 60_000, null, B);
		const stamp = nextStamp(NOW, ahead, A);
		expect(stamp > ahead).toBe(true);
		expect([timeOf(stamp), instanceOf(stamp)]).toEqual([NOW + 60_000, A]);
	});

	it('carries a full counter into the next millisecond', () => {
		const full = `${nextStamp(NOW, null, A).slice(0, 9)}zz-${A}`;
		const stamp = nextStamp(NOW, full, A);
		expect(timeOf(stamp)).toBe(NOW + 1);
		expect(stamp > full).toBe(true);
	});

	it('makes stamps whose order as texts is their order in time, for any clocks', () => {
		const turn = fc.tuple(fc.integer({ min: 0, max: 36 ** 9 - 2 }), fc.constantFrom(A, B));
		fc.assert(
			fc.property(fc.array(turn, { minLength: 1 }), (turns) => {
				let newest: string | null = null;
				for (const [now, instance] of turns) {
					const stamp: string = nextStamp(now, newest, instance);
					expect(stamp).toMatch(/^[0-9a-z]{11}-[0-9a-z]{12}$/);
					expect(timeOf(stamp)).toBeGreaterThanOrEqual(now);
					if (newest !== null) expect(stamp > newest).toBe(true);
					newest = stamp;
				}
			}),
		);
	});
});

describe('newestStamp', () => {
	it('is none of a row never stamped', () => {
		expect(newestStamp(NO_STATE)).toBeNull();
	});

	it('looks at values, at what they know, and at the tombstone', () => {
		const [one, two, three] = [1, 2, 3].map((ms) => nextStamp(NOW + ms, null, ms === 2 ? B : A)) as [
			string,
			string,
			string,
		];
		const group = { stamp: one, knows: { [A]: one, [B]: two }, values: { title: 'x' } };
		expect(newestStamp({ groups: [group], deleted: null })).toBe(two);
		expect(newestStamp({ groups: [group], deleted: { stamp: three, knows: { [A]: three } } })).toBe(three);
	});
});
