import type { DeliveryStatus } from './vocabulary.js';

export type BulkAction = 'retry' | 'cancel';

/** What an action can be applied to, in the order in which people are told. Everything else is left alone. */
export const ELIGIBLE: Record<BulkAction, readonly DeliveryStatus[]> = {
	retry: ['failed', 'retrying', 'cancelled', 'delivered'],
	cancel: ['pending', 'retrying', 'failed'],
};

export const isEligible = (action: BulkAction, status: DeliveryStatus) => ELIGIBLE[action].includes(status);
