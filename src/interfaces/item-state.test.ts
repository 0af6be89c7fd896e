import { expect, it } from 'vitest';
import type { Delivery, Preview, TargetStatus } from '../modules/endpoint/answers.js';
import { itemAtTargets } from './item-state.js';

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
