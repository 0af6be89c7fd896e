import type { Health } from './core/target-health.js';
import type { StoredAttempt, StoredDelivery } from './stored.js';

/** What became of one group of deliveries. */
export interface Settlement {
	deliveries: StoredDelivery[];
	/** ms since 1970. */
	at: number;
	outcome:
		| { status: 'delivered' }
		| { status: 'retrying'; nextAt: number; counts: boolean; error: { code: string; message: string } }
		| { status: 'failed'; counts: boolean; error: { code: string; message: string } }
		/** There was nothing to send. */
		| { status: 'cancelled'; error: { code: string; message: string } };
}

/** A delivery that a sender has taken. */
export interface ClaimedDelivery extends StoredDelivery {
	/** The sender's. */
	token: string;
	/** What it was before it was taken. */
	from: 'pending' | 'retrying';
	/** It was given the id of the first one taken as its batch along with being taken. */
	named: boolean;
}

/** What a sender takes; times and durations in ms. */
export interface ClaimOptions {
	token: string;
	now: number;
	window: number;
	batchSize: number;
	limit: number;
	onlyFull: boolean;
	busy?: ReadonlyMap<string, unknown> | null;
	/** Only what a user has asked for: the rest is collected until it is released. */
	byHand?: boolean;
	/** The same of what is tried again. */
	retriesByHand?: boolean;
}

/** Deliveries as a sender takes and returns them; shared by all nodes. */
export interface DeliveryQueue {
	readonly claimLimit: number;
	/**
	 * Takes what is due, oldest first, at most `limit`, and says whether more may be; where nothing is, when it will be.
	 * With `onlyFull`, takes nothing unless it fills a request. Nothing is taken of the items that are `busy` (as
	 * `placeOf` names them); `blocked` says that something was due of one.
	 */
	claim(
		target: string,
		options: ClaimOptions,
	): Promise<{ claimed: ClaimedDelivery[]; nextAt: number | null; more: boolean; blocked: boolean }>;
	claimProbe(
		target: string,
		options: Pick<ClaimOptions, 'token' | 'batchSize' | 'byHand' | 'retriesByHand'>,
	): Promise<ClaimedDelivery[]>;
	/** Writes down which deliveries go together, of those that are still the sender's. */
	nameBatches(groups: { batch: string; deliveries: ClaimedDelivery[] }[]): Promise<void>;
	release(deliveries: ClaimedDelivery[], token: string): Promise<void>;
	recover(target: string): Promise<number>;
	/** Writes what became of deliveries that are still the sender's, and the target's health if it is still this node's. */
	settle(
		target: string,
		token: string,
		settlements: Settlement[],
		attempts: StoredAttempt[],
		health: Health,
	): Promise<void>;
	hurry(target: string, now: number): Promise<void>;
	/** Cancels all that a deleted target was owed; gives how many. */
	abandon(target: string, now: number): Promise<number>;
	waiting(): Promise<{ target: string; nextAt: number; sending: boolean }[]>;
}
