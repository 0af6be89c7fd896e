import type { Clock, Logger } from '../kernel/ports.js';
import type { Knex } from 'knex';
import { WITHOUT_EXTENSION } from '../contract/answers/status.js';
import { syncWelcome } from '../contract/sync-messages.js';
import type { RemoteSource } from './remote-source.js';
import { forgetPeer, readPeers, savePeer } from './tables/sync-peer-table.js';
import type { HttpClient } from '../kernel/http.js';
import { afterEvent, isTimeToAsk, NEW_LINK, stateOf, type Link, type LinkEvent } from './core/link/link.js';
import { PeerError } from './core/link/peer-error.js';
import { askPeer, isDirectus } from './link/sync-peer.js';

/** How a remote source is spoken to: as one instance to another, or by the items API of any Directus. */
export type LinkMode = 'sync' | 'plain';

export interface SyncPeersHost {
	database: Knex;
	clock: Clock;
	logger: Logger;
	http: HttpClient;
	remotes(): readonly RemoteSource[];
	/** This instance. */
	instance(): string;
	/** Called before an instance that nobody knew counts as known; where it throws, that is asked again later. */
	firstMet(source: RemoteSource): Promise<void>;
	/** An instance that nobody knew counts as known from now on, on the other nodes too. */
	newlyMet(): Promise<void>;
}

/** Who is behind each remote source, and whether it has the extension: the events of `core/link/link.ts`, and what they set off. */
export function createSyncPeers(host: SyncPeersHost) {
	const { database, clock, logger, http, remotes, instance, firstMet } = host;
	const links = new Map<string, Link>();
	/** How often an instance was introduced. */
	let introductions = 0;

	const sourceOf = (target: string) => remotes().find(({ id }) => id === target);
	const linkOf = (target: string): Link => links.get(target) ?? NEW_LINK;
	const knownAt = (target: string): string | null => linkOf(target).instance;
	const isPlain = ({ id, url }: Pick<RemoteSource, 'id' | 'url'>) => stateOf(linkOf(id), url) === 'plain';
	const happens = (target: string, event: LinkEvent, url = sourceOf(target)?.url ?? null) =>
		void links.set(target, afterEvent(linkOf(target), event, url));

	async function load(): Promise<void> {
		const before = introductions;
		const known = new Map((await readPeers(database)).map(({ target, instance: other }) => [target, other]));
		// A remote that was met while this was read is missing from it.
		if (before !== introductions) return;
		for (const target of new Set([...links.keys(), ...known.keys()]))
			happens(target, { kind: 'loaded', instance: known.get(target) ?? null });
	}

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
		if (source) await host.newlyMet().catch((error: unknown) => logger.debug(`[downstream] ${String(error)}`));
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

	const unknown = () => remotes().filter(({ id, status }) => status === 'published' && knownAt(id) === null);

	return {
		of: knownAt,
		all: () =>
			[...links].flatMap(([target, { instance: other }]): [string, string][] =>
				other === null ? [] : [[target, other]],
			),
		met,
		meet,
		load,
		/** Asks all sources who they are that nobody has asked successfully. */
		meetAll: () => Promise.allSettled(unknown().map((source) => meet(source))),
		/** What other nodes have learnt of peers, and who is behind sources that are new. */
		async refresh(): Promise<void> {
			await load();
			for (const source of unknown()) {
				if (!isTimeToAsk(linkOf(source.id), clock.now())) continue;
				// Why it does not answer is told when something is to be sent to it.
				void meet(source).catch(() => {});
			}
		},
		/** How the source is spoken to just now. An instance that was met once is never taken for one without the extension. */
		modeOf(target: string): LinkMode {
			const source = sourceOf(target);
			return source && isPlain(source) ? 'plain' : 'sync';
		},
		/** How to send to the source; asks, where that is not known, or has not been looked at for a while. */
		async wayTo(source: RemoteSource): Promise<LinkMode> {
			const { id } = source;
			if (knownAt(id) !== null) return 'sync';
			// Why it does not answer is told by what is sent to it next.
			if (!isPlain(source) || isTimeToAsk(linkOf(id), clock.now())) await meet(source).catch(() => {});
			return isPlain(source) ? 'plain' : 'sync';
		},
		/** Another instance may answer for this source from now on, or the same in another way. Who does not is who it was. */
		async meetAgain(target: string): Promise<void> {
			const source = sourceOf(target);
			if (!source) return;
			happens(target, { kind: 'resumed' });
			await meet(source, true).catch(() => {});
		},
	};
}
