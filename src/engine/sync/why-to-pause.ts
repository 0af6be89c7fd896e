import { TOMBSTONES_KEPT_MS, wasLongAway } from '../../core/sync/long-away.js';
import type { ClaimedDelivery } from '../ports.js';
import type { RemoteSource } from '../stored.js';
import type { SyncChannelDoors } from './sync-channel.js';

export const tokenUnknown = (url: string): string =>
	`${url} does not know the token: make a new one for its Data Sync user, and put it into api_key`;

/** Why nothing more is to be sent where a request was answered like that; null where it may pass. */
export function whyToPause(status: number, { url }: RemoteSource): string | null {
	if (status === 401) return tokenUnknown(url);
	if (status === 403)
		return `${url} knows the token, but its user may not sync: give that user the policy "Data Sync" there`;
	if (status === 404)
		return `there is no Downstream at ${url} any more, or never was: install the extension there, or mend the url, then resume`;
	return null;
}

/** Why the two have to be compared before anything more is sent; null where they need not be. */
export async function longAway(
	{ id, name }: RemoteSource,
	sent: ClaimedDelivery[],
	{ clock, contact }: Pick<SyncChannelDoors, 'clock' | 'contact'>,
): Promise<string | null> {
	const now = clock.now();
	const oldestChange = Math.min(...sent.map(({ changedAt }) => changedAt));
	if (oldestChange > now - TOMBSTONES_KEPT_MS || !wasLongAway({ ...(await contact(id)), oldestChange, now }))
		return null;
	return `"${name}" was not reached for more than 90 days, and what was deleted so long ago is forgotten: compare the two and look at what is missing on one side, then resume`;
}

/** Why the instance that answers is not the one that is meant; null where it is. */
export function strangerBehind(
	instance: string,
	{ id, url }: RemoteSource,
	doors: Pick<SyncChannelDoors, 'instance' | 'peer'>,
): string | null {
	if (instance === doors.instance)
		return `${url} is this very instance, or a copy of its database: point the source to another, or give one of them a new identity`;
	const known = doors.peer(id);
	return known !== null && known !== instance
		? `another instance than before answers at ${url}: compare the two, then resume`
		: null;
}
