import type { Clock, Logger } from '../kernel/ports.js';
import type { Knex } from 'knex';
import { WITHOUT_EXTENSION } from '../contract/answers/status.js';
import { syncWelcome } from '../contract/sync-messages.js';
import type { RemoteSource } from './remote-source.js';
import { forgetPeer, savePeer } from './tables/sync-peer-table.js';
import type { HttpClient } from '../kernel/http.js';
import { afterEvent, NEW_LINK, stateOf, type Link, type LinkEvent } from './core/link/link.js';
import { PeerError } from './core/link/peer-error.js';
import { askPeer, isDirectus } from './link/sync-peer.js';

export interface SyncPeersHost {
	database: Knex;
	clock: Clock;
	logger: Logger;
	http: HttpClient;
	remotes(): readonly RemoteSource[];
	/** This instance. */
	instance(): string;
	/** Called before a new instance counts as known; where it throws, that is asked again later. */
	firstMet(source: RemoteSource): Promise<void>;
	/** A new instance counts as known from now on, on the other nodes too. */
	newlyMet(): Promise<void>;
}

/** What is known of the link to each remote source. */
export function createKnownLinks(remotes: SyncPeersHost['remotes']) {
	const links = new Map<string, Link>();
	const sourceOf = (target: string) => remotes().find(({ id }) => id === target);
	const linkOf = (target: string): Link => links.get(target) ?? NEW_LINK;
	return {
		links,
		sourceOf,
		linkOf,
		/** The instance behind a source; null before it was asked. */
		knownAt: (target: string): string | null => linkOf(target).instance,
		isPlain: ({ id, url }: Pick<RemoteSource, 'id' | 'url'>) => stateOf(linkOf(id), url) === 'plain',
		happens: (target: string, event: LinkEvent, url = sourceOf(target)?.url ?? null) =>
			void links.set(target, afterEvent(linkOf(target), event, url)),
	};
}

export type KnownLinks = ReturnType<typeof createKnownLinks>;

/** Asks the instances behind remote sources who they are, and notes what they say. */
export function createMeetings(
	{ database, clock, logger, http, instance, firstMet, newlyMet }: SyncPeersHost,
	{ sourceOf, knownAt, isPlain, happens }: KnownLinks,
) {
	/** How often an instance was introduced. */
	let introductions = 0;

	/** A source's instance has said who it is. */
	async function met(target: string, other: string): Promise<void> {
		const source = knownAt(target) === other ? undefined : sourceOf(target);
		introductions += 1;
		if (source) {
			happens(target, { kind: 'introduced', instance: other });
			try {
				await firstMet(source);
			} catch (error) {
				happens(target, { kind: 'not-met' });
				throw error;
			}
			happens(target, { kind: 'met' });
		} else happens(target, { kind: 'confirmed', instance: other });
		await savePeer(database, { target, instance: other, seenAt: clock.now() });
		// They look by themselves, too, but later.
		if (source) await newlyMet().catch((error: unknown) => logger.debug(`[downstream] ${String(error)}`));
	}

	/**
	 * Asks the instance behind a source who it is, where that is not known yet: what it has is not sent to it twice, and
	 * what it sends is known to be of this source.
	 * @param again asks although the instance is known: it may have changed, or lost the extension
	 * @throws PeerError where it does not say
	 */
	async function meet(source: RemoteSource, again = false): Promise<void> {
		const { id, url, name } = source;
		if (knownAt(id) !== null && !again) return;
		happens(id, { kind: 'asked', at: clock.now() }, url);
		let other: string;
		try {
			const question = { from: instance(), path: 'hello', body: { collections: [] }, answer: syncWelcome };
			({ instance: other } = await askPeer(source, question, http));
		} catch (error) {
			if (error instanceof PeerError && error.code === 'NO_EXTENSION' && (await isDirectus(source, http)))
				await hasNoExtension(source, url);
			throw error;
		}
		if (other === instance() || knownAt(id) === other) return;
		if (isPlain(source)) logger.info(`[downstream] "${name}": the extension is there now; both ways are open`);
		await met(id, other);
	}

	/** @param url where it was asked */
	async function hasNoExtension(source: RemoteSource, url: string): Promise<void> {
		const { id, name } = source;
		if (isPlain(source)) return;
		const wasKnown = knownAt(id) !== null;
		happens(id, { kind: 'without-extension' }, source.url);
		if (wasKnown) await forgetPeer(database, id);
		logger.warn(`[downstream] "${name}": ${WITHOUT_EXTENSION}`);
		happens(id, { kind: 'plain', url, at: clock.now() }, source.url);
	}

	return { met, meet, introductions: () => introductions };
}
