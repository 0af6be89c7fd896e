import type { Clock, Logger } from '../kernel/ports.js';
import type { Knex } from 'knex';
import { canonical } from '../kernel/core/same-value.js';
import {
	holdsOf,
	keepsBack,
	newlyHeld,
	releasedBy,
	type Hold,
	type Holds,
	type Released,
} from './core/rules/held-back.js';
import { syncWelcome, type CollectionOffer, type OpenConflicts, type SyncWelcome } from '../contract/sync-messages.js';
import type { RemoteSource } from './remote-source.js';
import type { HttpClient } from '../kernel/http.js';
import { askPeer } from './link/sync-peer.js';
import { acquireLease, releaseLease } from '../kernel/database/leases.js';
import { readHolds, saveHolds } from './tables/sync-holds.js';

/** The other side is asked again no sooner than this, whatever happens. */
const NOT_BEFORE_MS = 2_000;

/** How often it is looked whether what is held back fits by now: often at first, then as seldom as what else may change. */
const HELD_MS = 5_000;

/** How often it is looked whether what the other side takes has changed, where nothing is sent that would tell. */
const ROUTINE_MS = 30_000;

/** The longest pause after failures. */
const MOST_MS = 300_000;

const LEASE_MS = 30_000;

export interface SyncFitsHost {
	database: Knex;
	clock: Clock;
	logger: Logger;
	http: HttpClient;
	remotes(): readonly RemoteSource[];
	/** This instance. */
	instance(): string;
	/** Which instance is behind a source; null as long as nobody has asked it. */
	peer(target: string): string | null;
	/** Lets what fits again flow; false where that has to wait. */
	release(source: RemoteSource, released: Released): Promise<boolean>;
}

/** What is known of one link. */
interface Link {
	url: string;
	offers: Map<string, CollectionOffer>;
	fingerprints: Map<string, string>;
	holds: Holds;
	/** Since when it is so. Times are ms since 1970. */
	heldAt: number;
	askedAt: number;
	/** How far its clock was ahead of ours at the last request, in ms, to within the duration of that request; null before. */
	ahead: number | null;
	/** Conflicts with us that wait for a decision there; null before it has told. */
	conflicts: OpenConflicts | null;
	notBefore: number;
	failures: number;
	/** The other side has said that it offers something else by now. */
	isStale: boolean;
	/** What is held back has changed, and nobody has acted upon it yet. */
	isUnsettled: boolean;
	asking: Promise<void> | null;
}

/**
 * What of each rule fits what the other side has: found out when a link is first used, when rules or the schema change
 * here, and when the other side's answers say that something changed there. Always in the background, never while
 * somebody saves.
 */
export function createSyncFits(host: SyncFitsHost) {
	const { database, clock, logger, http } = host;
	const links = new Map<string, Link>();

	const sources = () => host.remotes().filter(({ id, status }) => status === 'published' && host.peer(id) !== null);

	function linkOf({ id, url }: RemoteSource): Link {
		const known = links.get(id);
		if (known?.url === url) return known;
		const made: Link = {
			url,
			offers: new Map(),
			fingerprints: new Map(),
			holds: {},
			heldAt: 0,
			askedAt: Number.NEGATIVE_INFINITY,
			ahead: null,
			conflicts: null,
			notBefore: 0,
			failures: 0,
			isStale: false,
			isUnsettled: false,
			asking: null,
		};
		links.set(id, made);
		return made;
	}

	/** Whether what the rules are about is not known, or not as it is now. */
	const isOutdated = ({ rules }: RemoteSource, { isStale, offers }: Link) =>
		isStale || rules.some(({ model }) => !offers.has(model.collection));

	function ask(source: RemoteSource, link: Link): Promise<void> {
		link.asking ??= askNow(source, link).finally(() => (link.asking = null));
		return link.asking;
	}

	async function askNow(source: RemoteSource, link: Link): Promise<void> {
		[link.askedAt, link.isStale] = [clock.now(), false];
		const collections = [...new Set(source.rules.map(({ model }) => model.collection))];
		const question = { from: host.instance(), path: 'hello', body: { collections }, answer: syncWelcome };
		try {
			const welcome = await askPeer(source, question, http);
			link.ahead = Math.round(welcome.now - (link.askedAt + clock.now()) / 2);
			[link.failures, link.notBefore] = [0, clock.now() + NOT_BEFORE_MS];
			await learn(source, welcome);
		} catch (error) {
			// Why it does not answer is told by what is sent to it.
			link.failures += 1;
			link.notBefore = clock.now() + Math.min(MOST_MS, NOT_BEFORE_MS * 2 ** link.failures);
			logger.debug(`[downstream] what "${source.name}" takes could not be asked: ${String(error)}`);
		}
	}

	/** The other side has said what it takes. */
	async function learn(source: RemoteSource, welcome: SyncWelcome): Promise<void> {
		const { instance, collections, fingerprints = {}, open_conflicts: conflicts } = welcome;
		if (instance !== host.peer(source.id)) return;
		const link = linkOf(source);
		link.conflicts = conflicts ?? null;
		for (const [collection, offer] of Object.entries(collections)) link.offers.set(collection, offer);
		for (const [collection, fingerprint] of Object.entries(fingerprints))
			link.fingerprints.set(collection, fingerprint);
		await fit(source, link);
	}

	async function fit(source: RemoteSource, link: Link): Promise<void> {
		const before = canonical(link.holds);
		link.holds = holdsOf(source, link.offers);
		if (before !== canonical(link.holds)) link.heldAt = clock.now();
		link.isUnsettled = true;
		await settle(source, link);
	}

	/** Acts upon what has changed since somebody last did: one of the nodes. */
	async function settle(source: RemoteSource, link: Link): Promise<void> {
		const { id, name } = source;
		const holder = clock.id();
		const lease = `holds:${id}`;
		if (!(await acquireLease(database, lease, holder, LEASE_MS, clock.now()))) return;
		try {
			const before = await readHolds(database, id);
			const after = link.holds;
			const sent = new Set(
				source.rules.flatMap(({ rule, model }) => (rule.direction === 'pull' ? [] : model.collection)),
			);
			const released = releasedBy(before, after, sent);
			const some = [released.collections, released.again, released.unwatched].some((list) => list.length > 0);
			if (some && !(await host.release(source, released))) return;
			for (const message of newlyHeld(before, after)) logger.warn(`[downstream] "${name}": ${message}`);
			if (Object.keys(before).length + Object.keys(after).length > 0) await saveHolds(database, id, after);
			link.isUnsettled = false;
		} finally {
			await releaseLease(database, lease, holder);
		}
	}

	const quietly = (what: Promise<void>) =>
		void what.catch((error: unknown) =>
			logger.warn(`[downstream] what fits a remote source could not be settled, and is later: ${String(error)}`),
		);

	return {
		/** What of a collection is not sent to a source; null where all of it is, as far as is known. */
		of: (target: string, collection: string): Hold | null => links.get(target)?.holds[collection] ?? null,
		/** All that is held back from a source. */
		holds: (target: string): Holds => links.get(target)?.holds ?? {},
		/** How far a source's clock is ahead of ours, ms; null where nobody has asked. */
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
