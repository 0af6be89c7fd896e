import type { DeliveryStatus } from '../../contract/vocabulary.js';

/** The selection of the list: rows of its page; or, if `all` is not 0, all that match its filters, `all` being their number. */
export interface Picked {
	rows: { id: string; status: DeliveryStatus }[];
	all: number;
}
