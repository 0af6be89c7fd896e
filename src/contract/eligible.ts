import type { DeliveryStatus } from './vocabulary.js';

export type BulkAction = 'retry' | 'cancel';

/** The statuses that an action applies to, in the order in which they are listed; other deliveries are left alone. */
export const ELIGIBLE: Record<BulkAction, readonly DeliveryStatus[]> = {
	retry: ['failed', 'retrying', 'cancelled', 'delivered'],
	cancel: ['pending', 'retrying', 'failed'],
};

export const isEligible = (action: BulkAction, status: DeliveryStatus) => ELIGIBLE[action].includes(status);
