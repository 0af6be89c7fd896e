import { expect, it } from 'vitest';
import type { DeliveryStatus, TargetState } from '../../contract/vocabulary.js';
import { statusSentence } from './status-sentence.js';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const at = (ms: number) => new Date(NOW + ms).toISOString();
const of = (status: DeliveryStatus, change: object = {}, state?: TargetState) =>
	statusSentence(
		{
			status,
			tries: 0,
			changed_at: at(-10_000),
			next_at: null,
			delivered_at: null,
			error: null,
			event: 'update',
			...change,
		},
		NOW,
		state,
	);

it('says how long after the change it arrived, and on which try', () => {
	expect(of('delivered', { tries: 1, delivered_at: at(-8_700) })).toMatchObject({
		key: 'delivered_first',
		after: 1_300,
	});
	expect(of('delivered', { tries: 2, delivered_at: at(0) })).toMatchObject({ key: 'delivered_later', tries: 2 });
	expect(of('delivered', { tries: 1, delivered_at: at(-20_000) }).after).toBe(0);
});

it('says when it is tried next', () => {
	expect(of('retrying', { tries: 3, next_at: at(240_000) })).toMatchObject({ key: 'retrying_at', at: NOW + 240_000 });
	expect(of('retrying', { tries: 3, next_at: at(-60_000) }).key).toBe('retrying_soon');
	expect(of('pending', { next_at: at(60_000) }).key).toBe('waits_until');
	expect(of('pending', { next_at: at(20) }).key).toBe('waits');
});

it('says that it waits for a paused target', () => {
	expect(of('pending', { next_at: at(20) }, 'paused').key).toBe('waits_paused');
	expect(of('retrying', { next_at: at(20) }, 'paused').key).toBe('retrying_paused');
});

it('says that it waits for a target that keeps failing, where it would be due', () => {
	expect(of('retrying', { tries: 3, next_at: at(-60_000) }, 'open').key).toBe('retrying_open');
	expect(of('retrying', { tries: 3, next_at: at(60_000) }, 'open').key).toBe('retrying_at');
	expect(of('pending', { next_at: at(0) }, 'open').key).toBe('waits_open');
});

it('says how it ended', () => {
	expect(of('failed', { tries: 10 })).toMatchObject({ key: 'failed', tries: 10 });
	expect(of('failed', { tries: 1 }).key).toBe('failed_first');
	expect(of('cancelled', { delivered_at: at(-5_000) })).toMatchObject({ key: 'cancelled_untried', at: NOW - 5_000 });
	expect(of('cancelled', { tries: 2, delivered_at: at(0) }).key).toBe('cancelled');
	const error = { code: 'NOTHING_TO_PURGE', message: 'nothing to purge' };
	expect(of('cancelled', { delivered_at: at(-5_000), error })).toMatchObject({ key: 'nothing', at: NOW - 5_000 });
	expect(of('cancelled', { tries: 1, error: { code: 'HTTP_401', message: 'no' }, event: 'test' }).key).toBe(
		'failed_first',
	);
	expect(of('sending').key).toBe('sending');
});
