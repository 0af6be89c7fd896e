import type { DeliveryStatus } from '../../contract/vocabulary.js';

/** What is selected of the list: rows of its page; or, where `all` is not 0, the so many that match its filters. */
export interface Picked {
	rows: { id: string; status: DeliveryStatus }[];
	all: number;
}
