import type { NamedRate } from './core/allowance.js';
import type { Verdict } from './core/verdict.js';
import type { ClaimedDelivery } from './ports.js';
import type { StoredAttempt } from './stored.js';

/** Deliveries that go out together. */
export interface Group {
	/** Their `webhook-id`. */
	batch: string;
	deliveries: ClaimedDelivery[];
}

/** No request was made, because there was nothing to purge. */
export interface Nothing {
	kind: 'nothing';
	code: string;
	message: string;
}

/** What became of a group: nearly always of all of it the same. */
export interface Sent {
	results: { deliveries: ClaimedDelivery[]; verdict: Verdict | Nothing }[];
	attempts: StoredAttempt[];
	/** What the requests say about the target's health; null without requests. */
	verdict: Verdict | null;
	/** ms for which the target asks to be left alone; null where it does not. */
	held: number | null;
	/** Why nothing more is to be sent until the target is resumed; undefined where there is no such reason. */
	pause?: string;
}

/** The way to one target: what is owed to it as requests, and their answers as verdicts. */
export interface Channel {
	/** Requests in flight at once. */
	concurrency: number;
	/** Whether the next request is made ready while the target is at work on one, where it will be a full one. */
	readsAhead: boolean;
	/** What the target allows by default, or null. */
	rate: { perSecond: number; burst: number } | null;
	/** Another limit that holds for this group instead; null where `rate` does. */
	rateOf?(group: Group): NamedRate | null;
	/** Every delivery in one group; what was tried before stays in the group, and under the id, that it was tried in. */
	group(claimed: ClaimedDelivery[]): Promise<Group[]>;
	/**
	 * Sends a group that this channel has made. Never throws for what the network does.
	 * @param answered to be called where the target has taken the request and has room for the next one, while what the
	 * answer says is still being worked on; need not be called
	 */
	deliver(group: Group, answered: () => void): Promise<Sent>;
}
