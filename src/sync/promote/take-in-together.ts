import type { RecordedChange } from '../../capture/core/item-change.js';
import type { SyncChange } from '../../contract/sync-messages.js';
import { UNDATED } from '../core/merge/stamp-first.js';
import { versionId, type RowVersion } from '../core/merge/row-version.js';
import { syncTakenTogether, type TakenTogether } from '../../contract/sync-together.js';
import { localKeysOf, syncIdsOf } from '../incoming/identify.js';
import { planSync, type SyncPlan } from '../outgoing/plan-sync.js';
import type { PlanSyncPorts } from '../outgoing/plan-sync-ports.js';
import { withAll } from '../outgoing/preview-sync.js';
import { changesOfPlan } from '../outgoing/supposed-changes.js';
import { SupposedIds } from '../outgoing/supposed-ids.js';
import type { RemoteSource } from '../remote-source.js';
import { askPeer } from '../link/sync-peer.js';
import { dateColumns } from '../rows/sync-rows.js';
import type { SyncPorts } from '../sync-ports.js';
import { waitingOf, type WaitingDelivery } from '../../delivery/tables/delivery-promoted.js';
import { asChange } from '../compare/send-again.js';
import type { Hold } from '../core/rules/held-back.js';

/** Rows of this instance by their keys; with `isGone`, their deletion is sent. */
export interface RowsAsked {
	collection: string;
	keys: string[];
	isGone?: boolean;
}

/** A row as it would go out, or why it would not. */
export interface OutgoingRow {
	collection: string;
	item: string;
	change: SyncChange | null;
	code?: string;
	message?: string;
}

type OutgoingPorts = SyncPorts<'clock' | 'database' | 'getSchema', 'identityOf' | 'previewPorts' | 'reads'>;
interface OutgoingHow {
	/** What a user does by hand, for which rows are sent whatever is there. */
	operation: string | null;
	/** Also rows that the source has already. */
	isEverything: boolean;
	/** The instance behind the source. */
	peer: string | null;
	/**
	 * When rows count as set, for somebody wants them as they are: the moment of that, unless they say themselves. Without it,
	 * a row that does not say counts as older than all others.
	 */
	chosenAt?: { now: number; always: boolean };
	/** What of a collection does not fit there, if it is not that of a source that is stored. */
	holdOn?(collection: string): Pick<Hold, 'stop' | 'fields'> | null;
}

/**
 * Rows as they would be sent to a remote at this moment. New sync ids and records are only kept in memory; the caller may
 * store them.
 */
export class OutgoingSet {
	readonly rows = new Map<string, OutgoingRow>();
	readonly plan: SyncPlan = { versions: [], ids: { released: [], added: [], moved: [] }, deliveries: [] };
	/** What the source was owed of these rows before they were read: what is sent has all of it. */
	readonly waiting: WaitingDelivery[] = [];
	readonly #supposed = new SupposedIds();
	readonly #ports: OutgoingPorts;
	readonly #source: RemoteSource;
	readonly #how: OutgoingHow;

	constructor(ports: OutgoingPorts, source: RemoteSource, how: OutgoingHow) {
		[this.#ports, this.#source, this.#how] = [ports, source, how];
	}

	/** Adds rows; gives those that were not among them before. */
	async add(asked: RowsAsked[]): Promise<OutgoingRow[]> {
		const changes = await this.#changesOf(asked);
		const plan = await this.#planOf(changes);
		this.#merge(plan);
		const { clock, sync } = this.#ports;
		const { channel } = sync.previewPorts;
		const { holdOn } = this.#how;
		const supposed = await changesOfPlan(plan.deliveries, {
			supposed: this.#supposed,
			channel: holdOn ? { ...channel, holdOn: (_target, collection) => holdOn(collection) } : channel,
			rules: this.#source.rules,
			operation: this.#how.operation,
			newId: clock.id,
		});
		const added: OutgoingRow[] = [];
		for (const [{ collection, item }, what] of supposed) {
			if (this.rows.has(`${collection}/${item}`)) continue;
			const row: OutgoingRow =
				'kind' in what
					? {
							collection,
							item,
							change: null,
							...(what.kind === 'delivered' ? {} : { code: what.code, message: what.message }),
						}
					: { collection, item, change: what };
			this.rows.set(`${collection}/${item}`, row);
			added.push(row);
		}
		return added;
	}

	/** The sync ids of rows here, also of those that are gone. */
	syncIdsOf(collection: string, keys: string[]): Promise<Map<string, string>> {
		const { sync } = this.#ports;
		const reads = this.#supposed.over(sync.reads, { withVersions: false });
		return syncIdsOf(collection, keys, { reads, identityOf: sync.identityOf });
	}

	/** The keys here of rows that are named by their sync ids. */
	async keysOf(collection: string, syncIds: string[]): Promise<Map<string, string>> {
		const { sync } = this.#ports;
		const reads = this.#supposed.over(sync.reads, { withVersions: false });
		const keys = await localKeysOf(collection, syncIds, { reads, identityOf: sync.identityOf });
		const existing = await sync.reads.rows(collection, [...keys.values()], []);
		return new Map([...keys].filter(([, key]) => existing.has(key)));
	}

	async #changesOf(asked: RowsAsked[]): Promise<RecordedChange[]> {
		const schema = await this.#ports.getSchema();
		const changes: RecordedChange[] = [];
		for (const { collection, keys, isGone } of asked) {
			const primary = schema.collections[collection]?.primary ?? 'id';
			const dates = dateColumns(schema, collection);
			const fresh = keys.filter((key) => !this.rows.has(`${collection}/${key}`));
			this.waiting.push(...(await waitingOf(this.#ports.database, this.#source.id, collection, fresh)));
			const rows = await this.#ports.sync.reads.rows(collection, fresh, dates);
			for (const row of rows.values()) changes.push(this.#dated(asChange(collection, row, { primary, dates })));
			if (!isGone) continue;
			for (const key of fresh)
				if (!rows.has(key))
					changes.push({
						...asChange(collection, { [primary]: key }, { primary, dates: [] }),
						event: 'delete',
						at: this.#ports.clock.now(),
					});
		}
		return changes;
	}

	#dated(change: RecordedChange): RecordedChange {
		const { chosenAt } = this.#how;
		return chosenAt && (chosenAt.always || change.at === UNDATED) ? { ...change, at: chosenAt.now } : change;
	}

	async #planOf(changes: RecordedChange[]): Promise<SyncPlan> {
		const { sync } = this.#ports;
		const { plan } = sync.previewPorts;
		const { id, rules } = this.#source;
		const ports: PlanSyncPorts = {
			...plan,
			instance: plan.instance,
			reads: this.#supposed.over(sync.reads, { withVersions: false }),
			rulesOf: (collection) => rules.filter(({ rule }) => rule.collection === collection),
			peer: (target) => (target === id ? this.#how.peer : plan.peer(target)),
		};
		const planned = await planSync(changes, ports);
		this.#supposed.learn(planned);
		if (!this.#how.isEverything) return planned;
		const all = withAll(planned, await planSync(changes, { ...ports, force: true }));
		this.#supposed.learn(all);
		return all;
	}

	#merge({ versions, ids, deliveries }: SyncPlan): void {
		const known = new Set(this.plan.versions.map(versionId));
		this.plan.versions.push(...versions.filter((version) => !known.has(versionId(version))));
		for (const kind of ['released', 'added', 'moved'] as const) this.plan.ids[kind].push(...ids[kind]);
		this.plan.deliveries.push(...deliveries);
	}

	/** The records that go with the rows that are sent. */
	versionsSent(): RowVersion[] {
		const sent = new Set(
			[...this.rows.values()].flatMap(({ collection, change }) =>
				change ? [versionId({ collection, syncId: change.sync_id })] : [],
			),
		);
		return this.plan.versions.filter((version) => sent.has(versionId(version)));
	}

	/** In the order in which they are planned, what is referred to first. */
	changes(): SyncChange[] {
		return [...this.rows.values()].flatMap(({ change }) => change ?? []);
	}
}

/** How long rows may take that are taken in together. */
const TOGETHER_MS = 600_000;

/** Asks the instance behind a source to take rows in together, or only what would become of them. */
export async function askTogether(
	{ sync, http }: SyncPorts<'http', 'instance'>,
	source: RemoteSource,
	body: { changes: SyncChange[]; dry_run: boolean; shown: number; expect?: string | undefined },
): Promise<TakenTogether> {
	const slow = source.options && { ...source.options, timeout_ms: Math.max(source.options.timeout_ms, TOGETHER_MS) };
	return askPeer(
		{ url: source.url, apiKey: source.apiKey, options: slow },
		{ from: sync.instance(), path: 'together', body, answer: syncTakenTogether, packs: true },
		http,
	);
}
