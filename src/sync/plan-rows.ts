import type { Knex } from 'knex';
import type { RecordedChange } from '../capture/core/item-change.js';
import { planSync, type SyncPlan } from './outgoing/plan-sync.js';
import type { SyncHost } from './sync-host.js';
import { addSyncIds, moveSyncId } from './tables/sync-id-table.js';
import { writeVersions } from './tables/sync-version-table.js';
import type { PlanSyncPorts } from './outgoing/plan-sync-ports.js';
import type { SyncReads } from './rows/sync-reads.js';
import type { SyncModel } from './core/rules/sync-model.js';

/** What planning rows needs of the rest of sync. */
export interface PlanHost extends Pick<SyncHost, 'items' | 'rules'> {
	/** This instance. */
	instance(): string;
	reads: SyncReads;
	newId: PlanSyncPorts['newId'];
	/** All that any rule has to do with of a collection. */
	modelOf(collection: string): SyncModel | null;
	/** Which instance is behind a source; null before it was asked. */
	peerOf(target: string): string | null;
	/** Resolves when what was lost with deleted fields is recorded. */
	lossesRecorded(): Promise<void>;
}

/** Plans what changes mean for other instances. */
export function createRowPlans({ items, rules, instance, reads, newId, modelOf, peerOf, lossesRecorded }: PlanHost) {
	const planPorts: PlanSyncPorts = {
		get instance() {
			return instance();
		},
		reads,
		identityOf: modelOf,
		newId,
		rulesOf: rules.syncRulesOf,
		modelOf,
		peer: peerOf,
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
		lossesRecorded().then(() => planSync(changes, planPorts));

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
		return lossesRecorded().then(() => planSync(changes, { ...planPorts, ...how, rulesOf }));
	};

	/** Writes what a plan has found out about rows, in the transaction that its deliveries are added in. */
	async function keepPlan(transaction: Knex, { versions, ids }: SyncPlan): Promise<void> {
		for (const entry of ids.released) await moveSyncId(transaction, entry);
		await addSyncIds(transaction, ids.added);
		for (const entry of ids.moved) await moveSyncId(transaction, entry);
		await writeVersions(transaction, versions);
	}

	return { planPorts, plan, planFor, keepPlan };
}
