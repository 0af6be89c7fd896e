import type { Knex } from 'knex';
import { typesOf } from '../kernel/filter/filter-fields.js';
import { WAITING } from '../contract/sync-messages.js';
import type { RecordedChange } from '../capture/core/item-change.js';
import { keepsBack } from './core/rules/held-back.js';
import { planSync, type SyncPlan } from './outgoing/plan-sync.js';
import { VersionMoved } from './core/merge/row-version.js';
import type { Channel } from '../delivery/channel.js';
import { openPlainChannel, type PlainChannelPorts } from './plain/plain-channel.js';
import { openSyncChannel } from './outgoing/sync-channel.js';
import type { RemoteSource } from './remote-source.js';
import type { SyncHost } from './sync-host.js';
import { createBeside } from './side-effects.js';
import { createIntake } from './intake.js';
import { createSyncFits } from './sync-fits.js';
import { createLostFields } from './lost-fields.js';
import { createSyncModels } from './sync-models.js';
import { createSyncPeers } from './sync-peers.js';
import { createRefused } from './refused-fields.js';
import { plainRequests } from './plain/plain-items.js';
import { PEER_ANSWER, sendFile } from './link/sync-peer.js';
import { createSyncFiles } from './rows/sync-files.js';
import { createMadeIds } from './rows/made-ids.js';
import { createSyncReads } from './rows/read-rows.js';
import { createDeleteBrake } from './outgoing/brake-deletes.js';
import { createTracking } from './rows/sync-tracking.js';
import { hurryRetrying } from '../delivery/tables/delivery-operations.js';
import { parkedItems, sendDependents } from '../delivery/tables/delivery-dependents.js';
import { openConflictsOf } from './tables/sync-conflict-table.js';
import { addSyncIds, moveSyncId } from './tables/sync-id-table.js';
import { instanceId } from '../identity/tables/instance-id.js';
import { readContact, saveComparison } from './tables/sync-peer-table.js';
import { writeVersions } from './tables/sync-version-table.js';
import type { PlanSyncPorts } from './outgoing/plan-sync-ports.js';
import type { SyncChannelPorts } from './outgoing/sync-channel-ports.js';

/** Gives planning, sending and taking in what they need of Directus and the database. */
export function createSync(host: SyncHost) {
	const { database, services, clock, logger, items, rules, http } = host;
	let instance = '';
	const peers = createSyncPeers({
		database,
		clock,
		logger,
		http,
		remotes: rules.remotes,
		instance: () => instance,
		firstMet: host.firstMet,
		newlyMet: host.newlyMet,
	});
	const fits = createSyncFits({
		database,
		clock,
		logger,
		http,
		remotes: rules.remotes,
		instance: () => instance,
		peer: peers.of,
		release: host.release,
	});
	const lost = createLostFields({ database, logger });
	const refused = createRefused(logger, (target) => rules.remote(target)?.name ?? target);

	const primary = (collection: string) => host.schema()?.collections[collection]?.primary ?? 'id';
	const types = (collection: string) => typesOf(collection, host.schema() ?? { collections: {}, relations: [] });
	const of = { primary, schema: host.schema };
	const ids = createMadeIds(database, primary, clock.id);
	const files = createSyncFiles({
		database,
		services,
		getSchema: host.getSchema,
		temporary: host.temporary,
		limits: host.fileLimits,
	});
	const reads = createSyncReads(database, of, (rows) => files.addContent(rows, database, true));

	const { modelOf, modelWith, asRead } = createSyncModels(host.schema, rules.syncRulesOf);
	const identityOf = modelOf;

	const planPorts: PlanSyncPorts = {
		get instance() {
			return instance;
		},
		reads,
		identityOf,
		newId: ids.newId,
		rulesOf: rules.syncRulesOf,
		modelOf,
		peer: peers.of,
		matching: (collection, keys, when) => items.matching(collection, keys, when),
		keys: (collection) => items.list(collection, undefined, -1),
		synced: rules.syncedCollections,
		referring: (collection) =>
			rules
				.syncedCollections()
				.filter((name) => [...(modelOf(name)?.fields.values() ?? [])].some(({ related }) => related === collection)),
	};

	/** What changes mean for other instances; nothing is written yet. */
	const plan = (changes: RecordedChange[]): Promise<SyncPlan> =>
		lost.recorded().then(() => planSync(changes, planPorts));

	/**
	 * What rows come to for one remote source alone.
	 * @param how.force they are sent although it is known to have them
	 * @param how.onlyKnown those that it was never told of are left alone
	 */
	const planFor = (
		target: string,
		changes: RecordedChange[],
		how: Pick<PlanSyncPorts, 'force' | 'onlyKnown'> = {},
	): Promise<SyncPlan> => {
		const rulesOf = (collection: string) => rules.syncRulesOf(collection).filter((rule) => rule.target === target);
		return lost.recorded().then(() => planSync(changes, { ...planPorts, ...how, rulesOf }));
	};

	/** Writes what a plan has found out about rows, in the transaction that its deliveries are added in. */
	async function keepPlan(transaction: Knex, { versions, ids }: SyncPlan): Promise<void> {
		for (const entry of ids.released) await moveSyncId(transaction, entry);
		await addSyncIds(transaction, ids.added);
		for (const entry of ids.moved) await moveSyncId(transaction, entry);
		await writeVersions(transaction, versions);
	}

	const channelPorts: SyncChannelPorts = {
		clock,
		logger,
		get instance() {
			return instance;
		},
		reads,
		identityOf,
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
			await sendFile(source, { from: instance, file, sha256, bytes: await files.open(file) }, http);
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

	/** The published source whose instance this is. */
	const sourceOf = (other: string): RemoteSource | null =>
		rules.remotes().find(({ id }) => peers.of(id) === other) ?? null;

	/** Bytes that nobody has digested yet are not read while a transaction is open. */
	const readsOf = (transaction: Knex) =>
		createSyncReads(transaction, of, (rows) => files.addContent(rows, transaction, false));

	const tracking = createTracking(services, host.captured);
	const beside = createBeside(database, services, logger);
	const intake = createIntake({
		database,
		services,
		clock,
		rules,
		files,
		modelOf,
		modelWith,
		asRead,
		sourceOf,
		readsOf,
		storage: host.storage,
		tracking,
		beside,
		fileLimits: host.fileLimits,
		schema: host.schema,
		instance: () => instance,
		...ids,
		targetsOf: (instances) => peers.all().flatMap(([target, other]) => (instances.includes(other) ? [target] : [])),
	});

	/** The way to a source, made anew for each turn. */
	const open = async (source: RemoteSource, allowed: () => Promise<void>): Promise<Channel> => {
		if ((await peers.wayTo(source)) === 'plain') return openPlainChannel(source, plainPorts, allowed);
		await fits.ensure(source);
		return openSyncChannel(source, channelPorts);
	};

	return {
		instance: () => instance,
		reads,
		files,
		identityOf,
		modelOf,
		modelWith,
		sourceOf,
		plan,
		planFor,
		keepPlan,
		/** Whether a plan has to be made anew because somebody else was writing the same rows. */
		hasMoved: (error: unknown) =>
			error instanceof VersionMoved || /downstream_sync_ids/.test(error instanceof Error ? error.message : ''),
		open,
		/** Has it found out what of a source's collections fits; once in a while. */
		ensureFits: fits.ensure,
		...intake,
		readsOf,
		tracking,
		beside,
		/** The source's instance has said who it is. */
		met: channelPorts.met,
		/** Whether a published source is known to be that instance. */
		knows: (other: string) => sourceOf(other)?.status === 'published',
		peer: peers.of,
		/** How a source is spoken to just now; `plain` where the extension is missing there. */
		modeOf: peers.modeOf,
		/** What does not fit what a source has, and is held back from it. */
		holds: fits.holds,
		/** How far a source's clock is ahead of ours, ms; null where nobody has asked. */
		clockAhead: fits.ahead,
		/** Conflicts with this instance that wait for a decision at a source; null where it has not told. */
		conflictsThere: fits.conflicts,
		/** The other side has said what it takes. */
		learnOffers: fits.learn,
		/** Rules or the schema have changed here. */
		rulesChanged(): void {
			void peers.load().catch((error: unknown) => logger.debug(`[downstream] ${String(error)}`));
			const schema = host.schema();
			if (schema) lost.look(schema, rules.syncedCollections());
			fits.rulesChanged();
		},
		/** Fields of a collection were deleted here. */
		fieldsLost: lost.lost,
		/** What was lost with fields that were deleted here is recorded. */
		lossesRecorded: lost.recorded,
		/** As it was when the rules were last read. */
		schema: host.schema,
		/** Fields that the other side does not take, by collection. */
		refused: refused.of,
		/** What is needed to say what a source would be sent. */
		previewPorts: { plan: planPorts, channel: channelPorts, items, primary, types },
		/** The two were compared as a whole. */
		compared: (target: string, at: number, equal: boolean) => saveComparison(database, target, at, equal),
		/** Another instance may be behind a source than before; the one that answers is accepted from now on. */
		async meetAgain(target: string): Promise<void> {
			refused.forget(target);
			fits.forget(target);
			await peers.meetAgain(target);
		},
		async load(): Promise<void> {
			instance = await instanceId(database, clock.random);
			await ids.load(instance);
			await peers.load();
		},
		/** Reads again whom other nodes have met. */
		learnPeers: peers.load,
		meet: peers.meet,
		meetAll: peers.meetAll,
		async refresh(): Promise<void> {
			await peers.refresh();
			fits.refresh();
		},
	};
}

export type Sync = ReturnType<typeof createSync>;
