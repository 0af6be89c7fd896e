import { WAITING } from '../contract/sync-messages.js';
import { keepsBack } from './core/rules/held-back.js';
import type { Channel } from '../delivery/channel.js';
import { openPlainChannel, type PlainChannelPorts } from './plain/plain-channel.js';
import { openSyncChannel } from './outgoing/sync-channel.js';
import type { RemoteSource } from './remote-source.js';
import type { SyncHost } from './sync-host.js';
import { plainRequests } from './plain/plain-items.js';
import { PEER_ANSWER, sendFile } from './link/sync-peer.js';
import { createDeleteBrake } from './outgoing/brake-deletes.js';
import { hurryRetrying } from '../delivery/tables/delivery-operations.js';
import { parkedItems, sendDependents } from '../delivery/tables/delivery-dependents.js';
import { openConflictsOf } from './tables/sync-conflict-table.js';
import { readContact } from './tables/sync-peer-table.js';
import type { SyncChannelPorts } from './outgoing/sync-channel-ports.js';
import type { SyncReads } from './rows/sync-reads.js';
import type { SyncModel } from './core/rules/sync-model.js';
import type { SyncFiles } from './rows/sync-files.js';
import type { SyncLinks } from './open-links.js';

/** What sending needs of the rest of sync. */
export interface ChannelHost extends SyncHost {
	/** This instance. */
	instance(): string;
	reads: SyncReads;
	files: SyncFiles;
	/** All that any rule has to do with of a collection. */
	modelOf(collection: string): SyncModel | null;
	links: Pick<SyncLinks, 'peers' | 'fits' | 'refused'>;
}

/** The ways to remote sources: as one instance to another, or by the items API. */
export function createChannels(host: ChannelHost) {
	const { database, clock, logger, rules, http, instance, reads, files, modelOf } = host;
	const { peers, fits, refused } = host.links;

	const channelPorts: SyncChannelPorts = {
		clock,
		logger,
		get instance() {
			return instance();
		},
		reads,
		identityOf: modelOf,
		ruleOf: ({ collection, target }) => rules.syncRulesOf(collection).find((rule) => rule.target === target) ?? null,
		partial(collection) {
			const all = modelOf(collection)?.fields.size ?? 0;
			const partly = rules
				.syncRulesOf(collection)
				.filter(({ model, target }) => model.fields.size < all || keepsBack(fits.of(target, collection)));
			return new Set(partly.flatMap(({ target }) => peers.of(target) ?? []));
		},
		holdOn: fits.of,
		offered: fits.offered,
		conflictsChanged: fits.conflictsChanged,
		peer: peers.of,
		met: peers.met,
		isPlain: async (source) => (await peers.wayTo(source)) === 'plain',
		async held(versions) {
			const held = new Map<string, Set<string>>();
			for (const { version, kind, fields } of await openConflictsOf(database, versions))
				if (kind === 'fields') held.set(version, new Set(fields.map(({ field }) => field)));
			return held;
		},
		brake: createDeleteBrake({
			database,
			clock,
			exists: (collection) => Boolean(host.schema()?.collections[collection]),
		}),
		refused: refused.noteResults,
		async sendFile(source, file, sha256) {
			await sendFile(source, { from: instance(), file, sha256, bytes: await files.open(file) }, http);
		},
		send: (request, timeoutMs) => http.send(request, timeoutMs, PEER_ANSWER),
		learnt: { most: new Map(), packs: new Set() },
		attempted: host.attempted,
		async hurryWaiting(target) {
			await hurryRetrying(database, { target, error: WAITING, now: clock.now() });
		},
		parked: (target, items) => parkedItems(database, target, items),
		arrived: (target, rows) => sendDependents(database, target, rows, clock.now()),
		contact: (target) => readContact(database, target),
	};

	const plainPorts: PlainChannelPorts = {
		...channelPorts,
		holdOn: () => null,
		requests: plainRequests,
		leftOut: (target, collection, fields) =>
			refused.missing(target, collection, fields, 'without the extension they would lead to something else there'),
	};

	/** The way to a source, made anew for each turn. */
	const open = async (source: RemoteSource, allowed: () => Promise<void>): Promise<Channel> => {
		if ((await peers.wayTo(source)) === 'plain') return openPlainChannel(source, plainPorts, allowed);
		await fits.ensure(source);
		return openSyncChannel(source, channelPorts);
	};

	return { channelPorts, open };
}
