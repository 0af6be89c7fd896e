import { expect, it } from 'vitest';
import { DELIVERY_STATUSES } from '../../contract/vocabulary.js';
import { chosenAtFirst, countPicked, eligibleStatuses, selectionOf } from './bulk-action.js';
import { isEligible } from '../../contract/eligible.js';

const every = DELIVERY_STATUSES.map((status) => ({ id: status, status }));

it('retries deliveries that ended or wait to be retried, and cancels those that have not arrived', () => {
	expect(DELIVERY_STATUSES.filter((status) => isEligible('retry', status))).toEqual([
		'delivered',
		'retrying',
		'failed',
		'cancelled',
	]);
	expect(DELIVERY_STATUSES.filter((status) => isEligible('cancel', status))).toEqual(['pending', 'retrying', 'failed']);
});

it('leaves out what a filter or a selection does not mean', () => {
	expect(eligibleStatuses('retry', { filter: { status: ['failed', 'sending'] } })).toEqual(['failed']);
	expect(eligibleStatuses('cancel', { filter: {} })).toEqual(['pending', 'retrying', 'failed']);
	expect(eligibleStatuses('cancel', { picked: [{ id: 'a', status: 'delivered' }] })).toEqual([]);
});

it('resends delivered ones only when they were named, picked, or are all there is', () => {
	const counts = { failed: 3, delivered: 9, cancelled: 1 };
	expect(chosenAtFirst('retry', { filter: {} }, counts)).toEqual(['failed']);
	expect(chosenAtFirst('retry', { filter: { status: ['failed', 'delivered'] } }, counts)).toEqual([
		'failed',
		'delivered',
	]);
	expect(chosenAtFirst('retry', { filter: {} }, { delivered: 9 })).toEqual(['delivered']);
	expect(chosenAtFirst('retry', { picked: every }, countPicked(every))).toEqual([
		'failed',
		'retrying',
		'cancelled',
		'delivered',
	]);
});

it('sends the endpoint the filter, never the ids it matches', () => {
	expect(selectionOf({ filter: { target: 't' } }, ['failed'])).toEqual({ filter: { target: 't', status: ['failed'] } });
});

it('sends the picked ids that the action can change', () => {
	expect(selectionOf({ picked: every }, ['failed', 'delivered'])).toEqual({ ids: ['delivered', 'failed'] });
});
