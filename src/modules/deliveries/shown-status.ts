import { NOTHING_TO_PURGE, type DeliveryStatus } from '../../contract/vocabulary.js';
import type { Delivery } from '../endpoint/answers.js';

/** Ended without a request, because there was nothing to purge. */
export const NOTHING = 'nothing';

/** The status that people see: a delivery that had nothing to purge was not cancelled by anybody. */
export const shownStatus = ({ status, error }: Pick<Delivery, 'status' | 'error'>): DeliveryStatus | typeof NOTHING =>
	status === 'cancelled' && error?.code === NOTHING_TO_PURGE ? NOTHING : status;
