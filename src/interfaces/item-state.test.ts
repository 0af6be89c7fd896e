import { expect, it } from 'vitest';
import type { Delivery, Preview, TargetStatus } from '../modules/endpoint/answers.js';
import { itemAtTargets, liveOf } from './item-state.js';

const target = (id: string) => ({ id, name: id, state: 'healthy' }) as TargetStatus;
const delivery = (at: string, status: Delivery['status'], created_at: string) =>
	({ id: created_at, target: at, status, created_at }) as Delivery;
const preview = (id: string, rule: Preview['rule'], matched: boolean) =>
	({ id, name: id, matched, reason: 'because', rule, requests: [], rules: [], issues: [] }) as Preview;

it('shows each target once, with its newest delivery, failing ones first', () => {
	const deliveries = [
		delivery('a', 'delivered', '2026-11-21T10:00:00Z'),
		delivery('b', 'delivered', '2026-11-21T10:00:00Z'),
		delivery('b', 'failed', '2026-11-21T11:00:00Z'),
	];
	const shown = itemAtTargets([target('a'), target('b')], deliveries, []);
	expect(shown.map(({ id, latest }) => [id, latest?.status])).toEqual([
		['b', 'failed'],
		['a', 'delivered'],
	]);
});

it('leaves out targets without a rule for the collection', () => {
	const previews = [preview('a', { collection: 'posts' }, false), preview('b', null, false)];
	const shown = itemAtTargets([target('a'), target('b')], [], previews);
	expect(shown).toMatchObject([{ id: 'a', latest: null, matched: false, reason: 'because' }]);
});

it('says when the slowest page was new, or which one stayed old', () => {
	const page = (state: 'fresh' | 'stale' | 'unknown', took_ms: number | null) => ({
		path: `/${state}`,
		state,
		took_ms,
		at: '2026-11-21T10:00:00Z',
		detail: '',
	});
	expect(liveOf([])).toBeNull();
	expect(liveOf([page('unknown', null)])).toBeNull();
	expect(liveOf([page('fresh', 300), page('fresh', 800)])).toEqual({ isStale: false, tookMs: 800 });
	expect(liveOf([page('fresh', 300), page('stale', null)])).toEqual({ isStale: true, path: '/stale' });
});
