import { describe, expect, it } from 'vitest';
import type { Condition } from '../../contract/answers/conditions.js';
import { conditionsOf, drainMs, overallOf, stateOf, type TargetFacts } from './conditions.js';
import { HEALTHY, type Health } from './target-health.js';

const NOW = 1_000_000;
const USED: Health = { ...HEALTHY, lastSuccessAt: 1 };
const OPEN: Health = { ...USED, failures: 5, openedAt: NOW - 9, probeAt: NOW + 40_000, lastFailureAt: NOW };
const HELD: Health = { ...USED, holdUntil: NOW + 60_000 };
const FINE: TargetFacts = {
	off: null,
	paused: false,
	issues: 0,
	unused: false,
	pending: 0,
	sending: 0,
	retrying: 0,
	failed: 0,
	conflicts: { local: 0, remote: 0 },
	withheld: [],
};
const codes = (facts: Partial<TargetFacts>, health = USED) =>
	conditionsOf(health, { ...FINE, ...facts }, NOW).map(({ code }) => code);

describe('what can be said of a target', () => {
	it('is healthy only if something was accepted', () => {
		expect(codes({})).toEqual(['healthy']);
		expect(codes({}, HEALTHY)).toEqual(['untried']);
		expect(codes({ unused: true }, HEALTHY)).toEqual(['unused']);
	});
	it('names everything, what needs somebody most first', () => {
		expect(codes({ failed: 2, retrying: 1, conflicts: { local: 0, remote: 1 }, withheld: ['a.b'] })).toEqual([
			'failed',
			'conflicts',
			'incomplete',
			'retrying',
		]);
		expect(codes({ failed: 1, retrying: 1 }, OPEN)).toEqual(['failing', 'failed']);
	});
	it('tells no old failure of a target that nothing is sent to', () => {
		expect(codes({ paused: true, retrying: 3 }, OPEN)).toEqual(['paused']);
		expect(codes({ off: 'setting', retrying: 3 }, HELD)).toEqual(['off']);
		expect(codes({ issues: 1 }, OPEN)).toEqual(['invalid']);
	});
	it('says when the next probe is, and until when a target is held', () => {
		expect(conditionsOf(OPEN, FINE, NOW)).toMatchObject([
			{ code: 'failing', next_probe_at: new Date(NOW + 40_000).toISOString() },
		]);
		expect(conditionsOf(HELD, { ...FINE, pending: 2 }, NOW)).toEqual([
			{ code: 'held', until: new Date(NOW + 60_000).toISOString(), queued: 2 },
		]);
		expect(codes({}, { ...HELD, holdUntil: NOW - 1 })).toEqual(['healthy']);
	});
	it('has one coarser word for deliveries', () => {
		const state = (facts: Partial<TargetFacts>, health = USED) =>
			stateOf(conditionsOf(health, { ...FINE, ...facts }, NOW));
		expect(state({ conflicts: { local: 1, remote: 0 } })).toBe('healthy');
		expect(state({ conflicts: { local: 1, remote: 0 }, retrying: 1 })).toBe('degraded');
		expect(state({ failed: 1 }, HELD)).toBe('failed');
		expect(state({ failed: 1 }, OPEN)).toBe('open');
		expect(state({ issues: 1 }, OPEN)).toBe('invalid');
		expect(state({ issues: 1, paused: true })).toBe('paused');
	});
});

const FAILING: Condition[] = [{ code: 'failing', since: null, next_probe_at: null, queued: 1, error: null }];

describe('everything in one sentence', () => {
	const overall = (targets: Condition[][], rest: object = {}) =>
		overallOf({
			isBroken: false,
			off: null,
			targets: targets.map((conditions, index) => ({ name: `t${index}`, conditions })),
			due: 0,
			lagMs: 0,
			otherConflicts: 0,
			...rest,
		});
	it('is up to date only if something was sent, and nothing is left', () => {
		expect(overall([[{ code: 'healthy' }], [{ code: 'untried' }]]).code).toBe('up_to_date');
		expect(overall([[{ code: 'untried' }]]).code).toBe('untried');
		expect(overall([[{ code: 'unused' }]]).code).toBe('unused');
		expect(overall([]).code).toBe('none');
		expect(overall([[{ code: 'healthy' }]], { due: 2 })).toMatchObject({ code: 'on_the_way', count: 2 });
		expect(overall([[{ code: 'healthy' }]], { due: 2, lagMs: 90_000 }).code).toBe('behind');
	});
	it('names the worst, and counts it', () => {
		expect(overall([[{ code: 'failed', count: 2 }], [{ code: 'failed', count: 1 }]])).toEqual({
			code: 'failed',
			count: 3,
			names: ['t0', 't1'],
		});
		expect(overall([[{ code: 'conflicts', local: 1, remote: 2 }], [{ code: 'paused', queued: 0 }]])).toMatchObject({
			code: 'conflicts',
			count: 3,
			names: ['t0'],
		});
		expect(overall([[{ code: 'invalid', count: 1 }], FAILING]).code).toBe('failing');
		expect(overall([[{ code: 'paused', queued: 0 }], [{ code: 'healthy' }]])).toMatchObject({
			code: 'paused',
			count: 1,
		});
		expect(overall([[{ code: 'healthy' }]], { otherConflicts: 1 })).toMatchObject({ code: 'conflicts', count: 1 });
		expect(overall([[{ code: 'healthy' }]], { isBroken: true }).code).toBe('broken');
		expect(overall([[{ code: 'off', reason: 'setting' }]], { off: 'setting', due: 4 })).toMatchObject({ count: 4 });
		expect(overall([[{ code: 'off', reason: 'identity' }]], { off: 'identity' }).code).toBe('identity');
	});
});

it('says how long a queue takes, at the pace of the latest requests, and only while it flows', () => {
	const facts = { queued: 1_000, p50Ms: 400, batchSize: 100, concurrency: 4, perSecond: null };
	expect(drainMs({ ...facts, conditions: [{ code: 'healthy' }] })).toBe(1_000);
	expect(drainMs({ ...facts, perSecond: 2, conditions: [{ code: 'healthy' }] })).toBe(5_000);
	expect(drainMs({ ...facts, conditions: [{ code: 'paused', queued: 1_000 }] })).toBeNull();
	expect(drainMs({ ...facts, queued: 0, conditions: [{ code: 'healthy' }] })).toBeNull();
});
