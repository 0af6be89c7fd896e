import type { Clock, Logger } from '../kernel/ports.js';
import type { Knex } from 'knex';
import { WITHOUT_EXTENSION } from '../contract/answers/status.js';
import { syncWelcome } from '../contract/sync-messages.js';
import type { RemoteSource } from './remote-source.js';
import { forgetPeer, readPeers, savePeer } from './tables/sync-peer-table.js';
import type { HttpClient } from '../kernel/http.js';
import { PeerError } from './core/link/peer-error.js';
import { askPeer, isDirectus } from './link/sync-peer.js';

/** How long a source is left alone whose instance did not say who it is. */
const MEET_AGAIN_MS = 10_000;

/** How often it is looked whether the extension was installed meanwhile. */
const LOOK_AGAIN_MS = 60_000;

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
}

/** Who is behind each remote source, and whether it speaks Downstream at all. */
export function createSyncPeers({ database, clock, logger, http, remotes, instance, firstMet }: SyncPeersHost) {
	const peers = new Map<string, string>();
	/** How often a source has said who it is. */
	let meetings = 0;
	/** Where there is a Directus without the extension: its address, by source. */
	const plain = new Map<string, string>();
	const askedAgainAt = new Map<string, number>();

	const isPlain = ({ id, url }: Pick<RemoteSource, 'id' | 'url'>) => !peers.has(id) && plain.get(id) === url;

	async function read(): Promise<void> {
		const before = meetings;
		const known = await readPeers(database);
		// A remote that was met while this was read is missing from it.
		if (before !== meetings) return;
		peers.clear();
		for (const { target, instance: other } of known) peers.set(target, other);
	}

	/** A source's instance has said who it is. */
	async function met(target: string, other: string): Promise<void> {
		const source = peers.get(target) === other ? undefined : remotes().find(({ id }) => id === target);
		peers.set(target, other);
		meetings += 1;
		try {
			if (source) await firstMet(source);
		} catch (error) {
			peers.delete(target);
			throw error;
		}
		plain.delete(target);
		await savePeer(database, { target, instance: other, seenAt: clock.now() });
	}

	/**
	 * Asks the instance behind a source who it is, where that is not known yet: what it has is not sent to it twice, and
	 * what it sends is known to be of this source.
	 * @param again asks although the instance is known: it may have changed, or lost the extension
	 * @throws PeerError where it does not say
	 */
	async function meet(source: RemoteSource, again = false): Promise<void> {
		const { id, url, name } = source;
		if (peers.has(id) && !again) return;
		askedAgainAt.set(id, clock.now() + (isPlain(source) ? LOOK_AGAIN_MS : MEET_AGAIN_MS));
		let other: string;
		try {
			const body = { collections: [] };
			const question = { from: instance(), path: 'hello', body, answer: syncWelcome };
			({ instance: other } = await askPeer(source, question, http));
		} catch (error) {
			const isMissing = error instanceof PeerError && error.code === 'NO_EXTENSION' && (await isDirectus(source, http));
			if (isMissing && !isPlain(source)) {
				if (peers.delete(id)) await forgetPeer(database, id);
				logger.warn(`[downstream] "${name}": ${WITHOUT_EXTENSION}`);
				plain.set(id, url);
				askedAgainAt.set(id, clock.now() + LOOK_AGAIN_MS);
			}
			throw error;
		}
		if (other === instance() || peers.get(id) === other) return;
		if (isPlain(source)) logger.info(`[downstream] "${name}": the extension is there now; both ways are open`);
		await met(id, other);
	}

	const unknown = () => remotes().filter(({ id, status }) => status === 'published' && !peers.has(id));

	return {
		of: (target: string): string | null => peers.get(target) ?? null,
		all: () => [...peers],
		met,
		meet,
		load: read,
		/** Asks all sources who they are that nobody has asked successfully. */
		meetAll: () => Promise.allSettled(unknown().map((source) => meet(source))),
		/** What other nodes have learnt of peers, and who is behind sources that are new. */
		async refresh(): Promise<void> {
			await read();
			for (const source of unknown()) {
				if ((askedAgainAt.get(source.id) ?? 0) > clock.now()) continue;
				// Why it does not answer is told when something is to be sent to it.
				void meet(source).catch(() => {});
			}
		},
		/** How the source is spoken to just now. An instance that was met once is never taken for one without the extension. */
		modeOf(target: string): LinkMode {
			const source = remotes().find(({ id }) => id === target);
			return source && isPlain(source) ? 'plain' : 'sync';
		},
		/** How to send to the source; asks, where that is not known, or has not been looked at for a while. */
		async wayTo(source: RemoteSource): Promise<LinkMode> {
			if (peers.has(source.id)) return 'sync';
			const isFresh = isPlain(source) && (askedAgainAt.get(source.id) ?? 0) > clock.now();
			// Why it does not answer is told by what is sent to it next.
			if (!isFresh) await meet(source).catch(() => {});
			return isPlain(source) ? 'plain' : 'sync';
		},
		/** Another instance may answer for this source from now on, or the same in another way. Who does not is who it was. */
		async meetAgain(target: string): Promise<void> {
			const source = remotes().find(({ id }) => id === target);
			if (!source) return;
			plain.delete(target);
			await meet(source, true).catch(() => {});
		},
	};
}
