import type { Clock, Logger } from '../kernel/ports.js';
import type { Knex } from 'knex';
import { canonical } from '../kernel/core/same-value.js';
import { holdsOf, newlyHeld, releasedBy, type Holds, type Released } from './core/rules/held-back.js';
import { syncWelcome, type CollectionOffer, type OpenConflicts, type SyncWelcome } from '../contract/sync-messages.js';
import type { RemoteSource } from './remote-source.js';
import type { HttpClient } from '../kernel/http.js';
import { askPeer } from './link/sync-peer.js';
import { acquireLease, releaseLease } from '../kernel/database/leases.js';
import { readHolds, saveHolds } from './tables/sync-holds.js';

/** The other side is asked again no sooner than this, whatever happens. */
const NOT_BEFORE_MS = 2_000;

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
	/** Which instance is behind a source; null before it was asked. */
	peer(target: string): string | null;
	/** Lets what fits again flow; false where that has to wait. */
	release(source: RemoteSource, released: Released): Promise<boolean>;
}

/** What is known of one link. */
export interface Link {
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
	/** What is held back has changed, and no node has acted upon it yet. */
	isUnsettled: boolean;
	asking: Promise<void> | null;
}

const newLink = (url: string): Link => ({
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
});

/** What each link is known to take: asked of the other side, and kept until it says something else. */
export function createLinkOffers(host: SyncFitsHost) {
	const { clock, logger, http } = host;
	const links = new Map<string, Link>();

	function linkOf({ id, url }: RemoteSource): Link {
		const known = links.get(id);
		if (known?.url === url) return known;
		const made = newLink(url);
		links.set(id, made);
		return made;
	}

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

	const settle = (source: RemoteSource, link: Link) => settleHolds(source, link, host);

	return { links, linkOf, ask, learn, fit, settle };
}

/**
 * Acts upon what has changed since a node last did: what fits by now flows again, and what does not is told. One node at a
 * time.
 */
async function settleHolds(
	source: RemoteSource,
	link: Link,
	{ database, clock, logger, release }: SyncFitsHost,
): Promise<void> {
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
		if (some && !(await release(source, released))) return;
		for (const message of newlyHeld(before, after)) logger.warn(`[downstream] "${name}": ${message}`);
		if (Object.keys(before).length + Object.keys(after).length > 0) await saveHolds(database, id, after);
		link.isUnsettled = false;
	} finally {
		await releaseLease(database, lease, holder);
	}
}
