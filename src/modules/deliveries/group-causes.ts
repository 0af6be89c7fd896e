import type { DeliveryStatus } from '../../contract/vocabulary.js';
import type { Cause } from '../endpoint/answers.js';

/** Deliveries of one target with the same error, whatever their status. */
export interface CauseGroup {
	target: string;
	code: string;
	/** What the newest of them was told. */
	message: string;
	count: number;
	statuses: DeliveryStatus[];
	oldest: string;
	newest: string;
}

/** One entry per target and error, biggest first. */
export function groupCauses(causes: readonly Cause[]): CauseGroup[] {
	const groups = new Map<string, CauseGroup>();
	for (const { target, code, message, count, status, oldest, newest } of causes) {
		const key = `${target} ${code}`;
		const group = groups.get(key);
		if (!group) {
			groups.set(key, { target, code, message, count, statuses: [status], oldest, newest });
			continue;
		}
		if (newest > group.newest) Object.assign(group, { message, newest });
		if (oldest < group.oldest) group.oldest = oldest;
		group.count += count;
		group.statuses.push(status);
	}
	return [...groups.values()].toSorted((a, b) => b.count - a.count || (a.newest < b.newest ? 1 : -1));
}
