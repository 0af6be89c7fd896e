import { TOMBSTONES_KEPT_MS, wasLongAway } from '../core/merge/long-away.js';
import { mayNotSync, notTaken, tokenUnknown } from '../core/link/refused-key.js';
import type { WireResponse } from '../../kernel/core/wire.js';
import type { ClaimedDelivery } from '../../delivery/ports.js';
import type { RemoteSource } from '../remote-source.js';
import { saidBy } from './send-parts.js';
import type { SyncChannelPorts } from './sync-channel-ports.js';

/** Why nothing more is to be sent where a request was answered like that; null where it may pass. */
export function whyToPause(response: WireResponse, { url }: RemoteSource, answer: string | null = null): string | null {
	const { status } = response;
	if (answer !== null && (status === 401 || status === 403)) return notTaken(url, answer);
	if (status === 401) return tokenUnknown(url);
	if (status === 403) return mayNotSync(url);
	if (status === 404)
		return `there is no Downstream at ${url} any more, or never was: install the extension there, or fix the url, then resume`;
	return status === 409 && saidBy(response)?.code === 'SAME_INSTANCE' ? sameInstance(url) : null;
}

const sameInstance = (url: string) =>
	`${url} is this very instance, or a copy of its database: point the source to another, or run "downstream identity copy" on the copy`;

/** Why the two have to be compared before anything more is sent; null where they need not be. */
export async function longAway(
	{ id, name }: RemoteSource,
	sent: ClaimedDelivery[],
	{ clock, contact }: Pick<SyncChannelPorts, 'clock' | 'contact'>,
): Promise<string | null> {
	const now = clock.now();
	const oldestChange = Math.min(...sent.map(({ changedAt }) => changedAt));
	if (oldestChange > now - TOMBSTONES_KEPT_MS || !wasLongAway({ ...(await contact(id)), oldestChange, now }))
		return null;
	return `"${name}" was not reached for more than 90 days, and what was deleted so long ago is forgotten: compare the two and look at what is missing on one side, then resume`;
}

/** Why the instance that answers is not the one that is meant; null where it is. */
export function otherInstanceBehind(
	instance: string,
	{ id, url }: RemoteSource,
	ports: Pick<SyncChannelPorts, 'instance' | 'peer'>,
): string | null {
	if (instance === ports.instance) return sameInstance(url);
	const known = ports.peer(id);
	return known !== null && known !== instance
		? `another instance than before answers at ${url}: compare the two, then resume`
		: null;
}
