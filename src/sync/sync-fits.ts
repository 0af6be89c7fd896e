import { keepsBack, type Hold, type Holds } from './core/rules/held-back.js';
import type { OpenConflicts } from '../contract/sync-messages.js';
import type { RemoteSource } from './remote-source.js';
import { createLinkOffers, type Link, type SyncFitsHost } from './link-offers.js';

/** How often it is looked whether what is held back fits by now: often at first, then as seldom as what else may change. */
const HELD_MS = 5_000;

/** How often it is looked whether what the other side takes has changed, where nothing is sent that would tell. */
const ROUTINE_MS = 30_000;

/** Whether what the rules are about is not known, or not as it is now. */
const isOutdated = ({ rules }: RemoteSource, { isStale, offers }: Link) =>
	isStale || rules.some(({ model }) => !offers.has(model.collection));

/**
 * What of each rule fits what the other side has: found out when a link is first used, when rules or the schema change
 * here, and when the other side's answers say that something changed there. Always in the background, never while
 * a save waits.
 */
export function createSyncFits(host: SyncFitsHost) {
	const { clock, logger } = host;
	const { links, linkOf, ask, learn, fit, settle } = createLinkOffers(host);

	const sources = () => host.remotes().filter(({ id, status }) => status === 'published' && host.peer(id) !== null);

	const quietly = (what: Promise<void>) =>
		void what.catch((error: unknown) =>
			logger.warn(`[downstream] what fits a remote source could not be settled, and is later: ${String(error)}`),
		);

	return {
		/** What of a collection is not sent to a source; null where all of it is, as far as is known. */
		of: (target: string, collection: string): Hold | null => links.get(target)?.holds[collection] ?? null,
		/** All that is held back from a source. */
		holds: (target: string): Holds => links.get(target)?.holds ?? {},
		/** How far a source's clock is ahead of ours, ms; null before it was asked. */
		ahead: (target: string): number | null => links.get(target)?.ahead ?? null,
		/** Conflicts with us that wait for a decision at a source; null where it has not told. */
		conflicts: (target: string): OpenConflicts | null => links.get(target)?.conflicts ?? null,
		/** Something became a conflict there. */
		conflictsChanged(target: string): void {
			const source = sources().find(({ id }) => id === target);
			if (source) linkOf(source).isStale = true;
		},
		/** Before something is sent: what the rules are about is known, if the other side can be asked at all. */
		async ensure(source: RemoteSource): Promise<void> {
			if (host.peer(source.id) === null) return;
			const link = linkOf(source);
			if (isOutdated(source, link) && clock.now() >= link.notBefore) await ask(source, link);
		},
		/** The other side has said, with an answer, what it offers now. */
		offered(target: string, fingerprints: Record<string, string>): void {
			const source = sources().find(({ id }) => id === target);
			if (!source) return;
			const link = linkOf(source);
			const isOther = ([collection, now]: [string, string]) => {
				const known = link.fingerprints.get(collection);
				return known !== undefined && known !== now;
			};
			if (!Object.entries(fingerprints).some(isOther)) return;
			link.isStale = true;
			if (clock.now() >= link.notBefore) quietly(ask(source, link));
		},
		learn,
		/** Rules or the schema have changed here. */
		rulesChanged(): void {
			for (const source of sources()) {
				const link = linkOf(source);
				if (link.offers.size > 0) quietly(fit(source, link));
			}
		},
		/** Another instance may be behind a source from now on. */
		forget: (target: string): void => void links.delete(target),
		/** Called at every poll. */
		refresh(): void {
			const now = clock.now();
			for (const source of sources()) {
				const link = linkOf(source);
				const isHeld = Object.values(link.holds).some(keepsBack);
				const every = isHeld ? Math.min(ROUTINE_MS, Math.max(HELD_MS, (now - link.heldAt) / 4)) : ROUTINE_MS;
				const isTime = isOutdated(source, link) || now - link.askedAt > every;
				if (isTime && now >= link.notBefore) quietly(ask(source, link));
				else if (link.isUnsettled && link.asking === null) quietly(settle(source, link));
			}
		},
	};
}
