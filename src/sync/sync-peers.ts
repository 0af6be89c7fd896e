import type { RemoteSource } from './remote-source.js';
import { readPeers } from './tables/sync-peer-table.js';
import { isTimeToAsk } from './core/link/link.js';
import { createKnownLinks, createMeetings, type SyncPeersHost } from './meet-peers.js';

/** How a remote source is spoken to: as one instance to another, or by the items API of any Directus. */
export type LinkMode = 'sync' | 'plain';

/** Who is behind each remote source, and whether it has the extension: the events of `core/link/link.ts`, and what they set off. */
export function createSyncPeers(host: SyncPeersHost) {
	const { database, clock, remotes } = host;
	const known = createKnownLinks(remotes);
	const { links, sourceOf, linkOf, knownAt, isPlain, happens } = known;
	const { met, meet, introductions } = createMeetings(host, known);

	async function load(): Promise<void> {
		const before = introductions();
		const stored = new Map((await readPeers(database)).map(({ target, instance: other }) => [target, other]));
		// A remote that was met while this was read is missing from it.
		if (before !== introductions()) return;
		for (const target of new Set([...links.keys(), ...stored.keys()]))
			happens(target, { kind: 'loaded', instance: stored.get(target) ?? null });
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
		/** Asks all sources who they are that have not said so yet. */
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
