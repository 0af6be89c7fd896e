import { NOTHING_TO_PURGE, type DeliveryStatus } from '../../contract/vocabulary.js';
import type { Delivery } from '../endpoint/answers.js';

/** Ended without a request, because there was nothing to purge. */
export const NOTHING = 'nothing';

/** The status that people see: nobody cancelled a delivery that had nothing to purge, or a test that failed. */
export function shownStatus({
	status,
	error,
	event,
}: Pick<Delivery, 'status' | 'error' | 'event'>): DeliveryStatus | typeof NOTHING {
	if (status !== 'cancelled' || error === null) return status;
	if (error.code === NOTHING_TO_PURGE) return NOTHING;
	return event === 'test' ? 'failed' : status;
}
