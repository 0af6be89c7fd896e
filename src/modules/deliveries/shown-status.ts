import { IN_CONFLICT, NOTHING_TO_PURGE, type DeliveryStatus } from '../../contract/vocabulary.js';
import type { Delivery } from '../endpoint/answers.js';

/** A status of the contract; `nothing`: ended without a request; `conflict`: the remote keeps it until somebody decides. */
export type ShownStatus = DeliveryStatus | 'nothing' | 'conflict';

/** The status that people see: nobody cancelled a delivery that had nothing to purge or became a conflict, or a failed test. */
export function shownStatus({ status, error, event }: Pick<Delivery, 'status' | 'error' | 'event'>): ShownStatus {
	if (status !== 'cancelled' || error === null) return status;
	if (error.code === NOTHING_TO_PURGE) return 'nothing';
	if (error.code === IN_CONFLICT) return 'conflict';
	return event === 'test' ? 'failed' : status;
}
