import type { RemoteSource } from './remote-source.js';
import type { SyncHost } from './sync-host.js';
import { createSyncFits } from './sync-fits.js';
import { createSyncPeers } from './sync-peers.js';
import { createRefused } from './refused-fields.js';
import { saveComparison } from './tables/sync-peer-table.js';

/** Who the remotes are, what of the rules fits them, and which fields they refuse. */
export function createLinks(host: SyncHost, instance: () => string) {
	const { database, clock, logger, http, rules } = host;
	const peers = createSyncPeers({
		database,
		clock,
		logger,
		http,
		remotes: rules.remotes,
		instance,
		firstMet: host.firstMet,
		newlyMet: host.newlyMet,
	});
	const fits = createSyncFits({
		database,
		clock,
		logger,
		http,
		remotes: rules.remotes,
		instance,
		peer: peers.of,
		release: host.release,
	});
	const refused = createRefused(logger, (target) => rules.remote(target)?.name ?? target);

	/** The published source whose instance this is. */
	const sourceOf = (other: string): RemoteSource | null =>
		rules.remotes().find(({ id }) => peers.of(id) === other) ?? null;

	return {
		peers,
		fits,
		refused,
		sourceOf,
		/** What the rest of the instance may know of links, and do with them. */
		shown: {
			sourceOf,
			/** The source's instance has said who it is. */
			met: peers.met,
			meet: peers.meet,
			meetAll: peers.meetAll,
			/** Reads again whom other nodes have met. */
			learnPeers: peers.load,
			/** Whether a published source is known to be that instance. */
			knows: (other: string) => sourceOf(other)?.status === 'published',
			peer: peers.of,
			/** How a source is spoken to just now; `plain` where the extension is missing there. */
			modeOf: peers.modeOf,
			/** Has it found out what of a source's collections fits; once in a while. */
			ensureFits: fits.ensure,
			/** What does not fit what a source has, and is held back from it. */
			holds: fits.holds,
			/** How far a source's clock is ahead of ours, ms; null before it was asked. */
			clockAhead: fits.ahead,
			/** Conflicts with this instance that wait for a decision at a source; null where it has not told. */
			conflictsThere: fits.conflicts,
			/** The other side has said what it takes. */
			learnOffers: fits.learn,
			/** Fields that the other side does not take, by collection. */
			refused: refused.of,
			/** The two were compared as a whole. */
			compared: (target: string, at: number, equal: boolean) => saveComparison(database, target, at, equal),
			/** Another instance may be behind a source than before; the one that answers is accepted from now on. */
			async meetAgain(target: string): Promise<void> {
				refused.forget(target);
				fits.forget(target);
				await peers.meetAgain(target);
			},
			async refresh(): Promise<void> {
				await peers.refresh();
				fits.refresh();
			},
		},
	};
}

export type SyncLinks = ReturnType<typeof createLinks>;
