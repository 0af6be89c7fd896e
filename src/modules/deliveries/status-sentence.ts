import type { TargetState } from '../../contract/vocabulary.js';
import type { DeliveryDetail } from '../endpoint/answers.js';
import { shownStatus } from './shown-status.js';

/** How a delivery stands: which sentence, and what goes into its places. Durations are ms, times ms since 1970. */
export interface StatusSentence {
	key:
		| 'waits'
		| 'waits_paused'
		| 'waits_open'
		| 'waits_until'
		| 'sending'
		| 'delivered_first'
		| 'delivered_later'
		| 'retrying_soon'
		| 'retrying_at'
		| 'retrying_paused'
		| 'retrying_open'
		| 'failed_first'
		| 'failed'
		| 'nothing'
		| 'conflict'
		| 'cancelled_untried'
		| 'cancelled';
	/** How often it was tried. */
	tries: number;
	/** From the change to its arrival. */
	after: number | null;
	/** When it is tried next, or was cancelled. */
	at: number | null;
}

/** Sooner than this is now. */
const SOON_MS = 1_500;

type Told = Pick<DeliveryDetail, 'status' | 'tries' | 'changed_at' | 'next_at' | 'delivered_at' | 'error' | 'event'>;

/** One sentence about a delivery; `state` is that of its target, if it is known. */
export function statusSentence(delivery: Told, now: number, state?: TargetState): StatusSentence {
	const { status, tries, changed_at: changedAt, next_at: nextAt, delivered_at: endedAt } = delivery;
	const next = nextAt === null ? null : Date.parse(nextAt);
	const ended = endedAt === null ? null : Date.parse(endedAt);
	const isSoon = next === null || next - now < SOON_MS;
	const sentence = (key: StatusSentence['key'], rest: Partial<StatusSentence> = {}): StatusSentence => ({
		key,
		tries,
		after: null,
		at: null,
		...rest,
	});
	switch (status) {
		case 'pending':
			if (state === 'paused') return sentence('waits_paused');
			if (state === 'open' && isSoon) return sentence('waits_open');
			return isSoon ? sentence('waits') : sentence('waits_until', { at: next });
		case 'sending':
			return sentence('sending');
		case 'delivered': {
			const after = ended === null ? 0 : Math.max(0, ended - Date.parse(changedAt));
			return sentence(tries <= 1 ? 'delivered_first' : 'delivered_later', { after });
		}
		case 'retrying':
			if (state === 'paused') return sentence('retrying_paused');
			if (state === 'open' && isSoon) return sentence('retrying_open');
			return isSoon ? sentence('retrying_soon') : sentence('retrying_at', { at: next });
		case 'failed':
			return sentence(tries <= 1 ? 'failed_first' : 'failed');
		case 'cancelled':
			if (shownStatus(delivery) === 'conflict') return sentence('conflict', { at: ended });
			if (shownStatus(delivery) === 'nothing') return sentence('nothing', { at: ended });
			if (shownStatus(delivery) === 'failed') return sentence('failed_first');
			return sentence(tries === 0 ? 'cancelled_untried' : 'cancelled', { at: ended });
	}
}
