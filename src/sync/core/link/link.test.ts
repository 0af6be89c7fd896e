import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterEvent, isTimeToAsk, NEW_LINK, stateOf, type Link, type LinkEvent } from './link.js';

const URL = 'https://remote.example';
const NOW = 1_000_000;
const after = (events: LinkEvent[], link: Link = NEW_LINK) =>
	events.reduce((before, event) => afterEvent(before, event, URL), link);
const stateAfter = (...events: LinkEvent[]) => stateOf(after(events), URL);

const introduced: LinkEvent = { kind: 'introduced', instance: 'a' };
const plain: LinkEvent = { kind: 'plain', url: URL, at: NOW };
const asked: LinkEvent = { kind: 'asked', at: NOW };

describe('a link', () => {
	it('goes from unknown through its first meeting to known', () => {
		expect(stateAfter()).toBe('unknown');
		expect(stateAfter(introduced)).toBe('meeting');
		expect(stateAfter(introduced, { kind: 'met' })).toBe('known');
	});

	it('falls back to what it was when its first meeting fails', () => {
		expect(stateAfter(introduced, { kind: 'not-met' })).toBe('unknown');
		expect(stateAfter(plain, introduced, { kind: 'not-met' })).toBe('plain');
	});

	it('forgets that it was plain once an instance has answered', () => {
		const forgotten: LinkEvent = { kind: 'loaded', instance: null };
		expect(stateAfter(plain, introduced, { kind: 'met' }, forgotten)).toBe('unknown');
		expect(stateAfter(plain, { kind: 'confirmed', instance: 'a' }, forgotten)).toBe('unknown');
		expect(stateAfter(plain, { kind: 'loaded', instance: 'a' }, forgotten)).toBe('plain');
	});

	it('is plain at one address only, and until it is resumed', () => {
		expect(stateOf(after([plain]), URL)).toBe('plain');
		expect(stateOf(after([plain]), 'https://other.example')).toBe('unknown');
		expect(stateOf(after([plain]), null)).toBe('unknown');
		expect(stateAfter(plain, { kind: 'resumed' })).toBe('unknown');
	});

	it('stays known when it is resumed, and becomes plain when its extension is gone', () => {
		const known: LinkEvent[] = [introduced, { kind: 'met' }];
		expect(stateAfter(...known, { kind: 'resumed' })).toBe('known');
		expect(stateAfter(...known, { kind: 'without-extension' }, plain)).toBe('plain');
		expect(stateAfter(...known, { kind: 'introduced', instance: 'b' })).toBe('meeting');
	});

	it('is asked every 10 s while it is unknown, every 60 s while it is plain, and never once it is known', () => {
		const dueIn = (link: Link) => [9_999, 10_000, 59_999, 60_000].filter((ms) => isTimeToAsk(link, NOW + ms));
		expect(dueIn(after([asked]))).toEqual([10_000, 59_999, 60_000]);
		expect(dueIn(after([plain, asked]))).toEqual([60_000]);
		expect(dueIn(after([asked, introduced, { kind: 'met' }]))).toEqual([]);
	});

	it('refuses an event that cannot happen', () => {
		expect(() => after([introduced, { kind: 'met' }, { kind: 'met' }])).toThrow('must not');
		expect(() => after([plain, { kind: 'without-extension' }])).toThrow('must not');
	});

	it('goes only where its table leads, in whatever order meetings, answers and other nodes are heard of', () => {
		const instance = fc.constantFrom('a', 'b');
		const url = fc.constantFrom(URL, 'https://other.example');
		const event = fc.oneof(
			fc.record({ kind: fc.constant('loaded' as const), instance: fc.option(instance) }),
			fc.constant(asked),
			fc.record({ kind: fc.constant('introduced' as const), instance }),
			fc.record({ kind: fc.constant('confirmed' as const), instance }),
			fc.record({ kind: fc.constantFrom('met' as const, 'not-met' as const, 'without-extension' as const) }),
			fc.record({ kind: fc.constant('plain' as const), url, at: fc.constant(NOW) }),
			fc.constant<LinkEvent>({ kind: 'resumed' }),
		);
		fc.assert(
			fc.property(fc.array(fc.tuple(event, url), { maxLength: 40 }), (events) => {
				let link = NEW_LINK;
				for (const [happens, at] of events) {
					// A meeting ends only once it has begun, and the extension is not missed where it is known to be missing.
					if ((happens.kind === 'met' || happens.kind === 'not-met') && link.meetings === 0) continue;
					if (happens.kind === 'without-extension' && stateOf(link, at) === 'plain') continue;
					link = afterEvent(link, happens, at);
					expect(link.meetings).toBeGreaterThanOrEqual(0);
					if (link.instance !== null) expect(['meeting', 'known']).toContain(stateOf(link, at));
				}
			}),
		);
	});
});
