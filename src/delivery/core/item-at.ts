import type { ConditionCode } from '../../contract/answers/conditions.js';
import type { ItemAt } from '../../contract/item-routes.js';
import { IN_CONFLICT } from '../../contract/vocabulary.js';
import { isoTime } from '../../kernel/core/iso-time.js';
import type { StoredDelivery } from '../stored.js';

/** What keeps a delivery from being sent, so that it is late rather than on its way. */
const KEEPS: readonly ConditionCode[] = ['off', 'paused', 'invalid', 'failing', 'held', 'retrying'];

/** How an item stands at a target, by its newest delivery there; null where it never had one. */
export function itemAt(
	latest: Pick<StoredDelivery, 'status' | 'error' | 'changedAt' | 'deliveredAt'> | null,
	conditions: readonly { code: ConditionCode }[],
	/** A page that was seen to be old after it; null where none was. */
	stalePath: string | null,
): Pick<ItemAt, 'state' | 'since' | 'path'> {
	if (!latest) return { state: 'never', since: null, path: null };
	const { status, error, changedAt, deliveredAt } = latest;
	const changed = isoTime(changedAt);
	switch (status) {
		case 'delivered':
			return { state: stalePath === null ? 'live' : 'stale', since: isoTime(deliveredAt), path: stalePath };
		case 'failed':
			return { state: 'failed', since: changed, path: null };
		case 'cancelled':
			return {
				state: error?.code === IN_CONFLICT ? 'conflict' : error === null ? 'failed' : 'nothing',
				since: changed,
				path: null,
			};
		default: {
			const isKept = status === 'retrying' || conditions.some(({ code }) => KEEPS.includes(code));
			return { state: isKept ? 'late' : 'on_the_way', since: changed, path: null };
		}
	}
}
