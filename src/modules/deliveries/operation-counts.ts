/** How many deliveries of an operation wait, and how the others ended. */
export interface OperationCounts {
	open: number;
	delivered: number;
	failed: number;
	cancelled: number;
}

/**
 * Counts the deliveries of an operation. What waits is counted before what has ended: deliveries end between two
 * counts, and where none waits any more, the counts of the others are final.
 * @param total how many deliveries of the operation have one of these statuses now
 */
export async function countOperation(total: (...status: string[]) => Promise<number>): Promise<OperationCounts> {
	const open = await total('pending', 'sending', 'retrying');
	const [delivered, failed, cancelled] = await Promise.all([total('delivered'), total('failed'), total('cancelled')]);
	return { open, delivered, failed, cancelled };
}
