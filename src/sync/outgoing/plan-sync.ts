import { CHANGES_KEPT } from '../core/merge/ping-pong.js';
import type { Unplanned } from '../../capture/core/unplanned.js';
import type { Row } from '../../kernel/core/row.js';
import { foldChanges, lastSet, type ItemChange, type RecordedChange } from '../../capture/core/item-change.js';
import type { CompiledSyncRule } from '../core/rules/compile-sync-rules.js';
import { CONTENT_COLUMNS, FILE_CONTENT } from '../../kernel/core/file-content.js';
import { stampFirst, stampRead } from '../core/merge/stamp-first.js';
import { stampDelete, valuesOf } from '../core/merge/stamp-edits.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import { ALL_ITEMS, type EventName } from '../../contract/vocabulary.js';
import type { NewDelivery } from '../../delivery/stored.js';
import { identify, localKeysOf, syncIdsOf } from '../incoming/identify.js';
import { agreedBefore, versionId, VersionMoved, type RowVersion, type SyncIdEntry } from '../core/merge/row-version.js';
import { lateVictims } from '../incoming/late-cascades.js';
import { referencesToRestored, withoutLeft } from '../incoming/lost-references.js';
import { readAs } from '../rows/read-wire.js';
import {
	isNumbered,
	isOfLaterRow,
	leadingToReused,
	reusedKeys,
	sinceMadeAgain,
	withoutReleased,
} from '../incoming/reused-keys.js';
import { planDeliveries, type RowToPlan, type Stamped } from './plan-deliveries.js';
import type { Known, RowsByKey } from '../incoming/identify-ports.js';
import type { PlanSyncPorts } from './plan-sync-ports.js';

/** What a batch of changes means for sync: records to write, and deliveries to remotes. */
export interface SyncPlan {
	versions: RowVersion[];
	/** `released`: rows whose keys belong to other local rows now; they are written first. */
	ids: { released: SyncIdEntry[]; added: SyncIdEntry[]; moved: SyncIdEntry[] };
	deliveries: Omit<NewDelivery, 'nextAt'>[];
}

/**
 * Decides what committed changes mean for the other instances. Rows are read as they are now and compared with what is
 * agreed of them: what differs was edited here and gets a stamp; a row that was only written by what another instance
 * has sent differs in nothing, and goes on to those that do not have it yet. Only reads.
 * @throws VersionMoved where rows were written while they were read: to be planned anew
 */
export async function planSync(recorded: RecordedChange[], given: PlanSyncPorts): Promise<SyncPlan> {
	const looked = await whatToLookAt(recorded, given);
	if (looked.size === 0) return { versions: [], ids: { released: [], added: [], moved: [] }, deliveries: [] };
	const reused = await reusedKeys(looked, given);
	const { released, ended } = reused;
	const ports: PlanSyncPorts = {
		...given,
		reads: withoutReleased(given.reads, released),
		isNew: (collection, key) => isNew(looked.get(`${collection}\u0000${key}`)),
	};
	for (const [place, one] of [...ended, ...(await leadingToReused(looked, reused, ports))]) looked.set(place, one);
	for (const [place, one] of await lateVictims(looked, ports)) looked.set(place, one);
	const models = new Map<string, SyncModel>();
	const rows = new Map<string, RowsByKey>();
	const versions = await readAll(looked, models, rows, ports);
	let known = await identify(rows, models, ports);
	for (const [id, version] of await ports.reads.versions([...known.added, ...known.moved])) versions.set(id, version);
	const left = await referencesToRestored(looked, { known, rows, versions }, ports);
	if (left.looked.size > 0) {
		for (const [id, version] of await readAll(left.looked, models, rows, ports)) versions.set(id, version);
		for (const [place, one] of left.looked) looked.set(place, one);
		known = await identify(rows, models, ports);
	}
	const plan: SyncPlan = {
		versions: [],
		ids: { released, added: known.added, moved: known.moved },
		deliveries: [],
	};
	const made = [...known.added, ...known.moved];
	for (const [id, version] of await ports.reads.versions(made)) versions.set(id, version);
	const moved = new Map(known.moved.map((entry) => [versionId(entry), entry.localKey]));
	const named = new Map(made.map((entry) => [versionId(entry), entry.localKey]));
	const matches = await whoMatches(looked, rows, ports);
	// What came after the batch was read is in the rows already, and has its own time.
	const unplanned = await ports.reads.unplanned([...looked.values()]);
	const planned = new Map<string, Pick<SyncPlan, 'deliveries'> & { version: RowVersion; isThere: boolean }>();
	for (const one of looked.values()) {
		const { collection, key } = one;
		const syncId = known.syncId(collection, key);
		const model = models.get(collection);
		if (syncId === null || !model) continue;
		const id = versionId({ collection, syncId });
		// The row was made again under another key, and is looked at under that.
		if (named.has(id) && named.get(id) !== key) continue;
		const stored = versions.get(id);
		// It was given an id meanwhile, so the values that were read may be older than its record.
		if (!stored) throw new VersionMoved();
		// Deliveries under its old key would not find it any more.
		const isElsewhere = moved.has(id) || ended.has(`${collection}\u0000${key}`);
		const version = isElsewhere ? { ...stored, seenBy: [ports.instance] } : stored;
		const isLater = isNumbered(model) && isOfLaterRow(one, unplanned.get(`${collection}/${key}`));
		const row = isLater ? null : (rows.get(collection)?.get(key) ?? null);
		// A singleton that two editors made at once has two rows, which are one elsewhere: what Directus shows counts.
		const other = planned.get(id);
		if (other && (other.isThere || row === null)) continue;
		if (model.singleton && row !== null && key !== (await localKeysOf(collection, [syncId], ports)).get(syncId))
			continue;
		const stamped = stampRow(withoutLeft(version, left.fields.get(id)), row, { one, unplanned, model, known }, ports);
		if (!stamped) continue;
		const { deliveries, scope, seenBy } = planDeliveries(stamped, one, matches, ports);
		planned.set(id, { deliveries, version: { ...stamped.version, scope, seenBy }, isThere: row !== null });
	}
	plan.versions = [...planned.values()].map(({ version }) => version);
	plan.deliveries = inOrder(
		[...planned.values()].flatMap(({ deliveries }) => deliveries),
		models,
	);
	return plan;
}

async function whatToLookAt(all: RecordedChange[], ports: PlanSyncPorts): Promise<Map<string, RowToPlan>> {
	const recorded = sinceMadeAgain(all, ports.modelOf);
	const looked = new Map<string, RowToPlan>();
	const deleted = new Set(
		recorded.flatMap(({ collection, item, event }) => (event === 'delete' ? [`${collection}\u0000${item}`] : [])),
	);
	const add = (collection: string, key: string, change: ItemChange) =>
		looked.set(`${collection}\u0000${key}`, {
			collection,
			key,
			change,
			referredFor: new Set<string>(),
			wasDeleted: deleted.has(`${collection}\u0000${key}`),
		});
	for (const change of foldChanges(recorded)) {
		if (ports.rulesOf(change.collection).length === 0) continue;
		if (change.item === ALL_ITEMS) {
			for (const key of await ports.keys(change.collection)) add(change.collection, key, { ...change, item: key });
		} else add(change.collection, change.item, change);
	}
	return looked;
}

/**
 * Reads the rows, and those that are sent along with them: the files that they show, and the folders of those. The
 * records of rows are read before the rows: what is written in between is then taken for an edit of a record that has
 * moved, and planned anew. The other way round an older value would be taken for an edit of the newer record.
 */
async function readAll(
	looked: Map<string, RowToPlan>,
	models: Map<string, SyncModel>,
	rows: Map<string, RowsByKey>,
	ports: PlanSyncPorts,
): Promise<Map<string, RowVersion>> {
	const versions = new Map<string, RowVersion>();
	let fresh = [...looked.values()];
	while (fresh.length > 0) {
		const referred: RowToPlan[] = [];
		for (const [collection, ones] of Map.groupBy(fresh, (entry) => entry.collection)) {
			const model = models.get(collection) ?? ports.modelOf(collection);
			if (!model) continue;
			models.set(collection, model);
			const keys = ones.map(({ key }) => key);
			const ids = await syncIdsOf(collection, keys, ports);
			const refs = [...ids.values()].map((syncId) => ({ collection, syncId }));
			for (const [id, version] of await ports.reads.versions(refs)) versions.set(id, version);
			const read = await ports.reads.rows(collection, keys, columnsOf(model));
			const byKey = rows.get(collection) ?? new Map<string, Row | null>();
			rows.set(collection, byKey);
			for (const { key } of ones) byKey.set(key, read.get(key) ?? null);
			for (const entry of ones) referred.push(...referredBy(entry, byKey.get(entry.key) ?? null, looked, ports));
		}
		fresh = referred;
	}
	return versions;
}

/** Rows that are sent only because this one refers to them, and which are not looked at yet. */
function referredBy(
	referrer: RowToPlan,
	row: Row | null,
	looked: Map<string, RowToPlan>,
	ports: PlanSyncPorts,
): RowToPlan[] {
	if (!row) return [];
	const referred: RowToPlan[] = [];
	for (const rule of ports.rulesOf(referrer.collection)) {
		for (const [field, { use, collections }] of rule.references) {
			const [related] = collections;
			const key = row[field];
			if (use !== 'follow' || !related || collections.length > 1 || key === null || key === undefined) continue;
			if (!ports.rulesOf(related).some((other) => other.target === rule.target && other.onlyReferenced)) continue;
			const place = `${related}\u0000${String(key)}`;
			const known = looked.get(place);
			const entry = known ?? {
				collection: related,
				key: String(key),
				change: null,
				wasDeleted: false,
				referredFor: new Set<string>(),
			};
			entry.referredFor.add(rule.target);
			if (known) continue;
			looked.set(place, entry);
			referred.push(entry);
		}
	}
	return referred;
}

/** By rule, the keys of its items that pass its `when`. */
async function whoMatches(
	looked: Map<string, RowToPlan>,
	rows: Map<string, RowsByKey>,
	ports: PlanSyncPorts,
): Promise<Map<CompiledSyncRule, Set<string>>> {
	const matches = new Map<CompiledSyncRule, Set<string>>();
	for (const [collection, ones] of Map.groupBy(looked.values(), (entry) => entry.collection)) {
		const present = ones.map(({ key }) => key).filter((key) => rows.get(collection)?.get(key));
		for (const rule of ports.rulesOf(collection)) {
			const { when } = rule.rule;
			matches.set(rule, when ? await ports.matching(collection, present, when) : new Set(present));
		}
	}
	return matches;
}

/** The agreed state of a row after its changes on this instance; null if it came and went before anybody heard of it. */
function stampRow(
	version: RowVersion,
	row: Row | null,
	{
		one,
		unplanned,
		model,
		known,
	}: { one: RowToPlan; unplanned: Map<string, Unplanned>; model: SyncModel; known: Known },
	{ instance, force, reads }: PlanSyncPorts,
): Stamped | null {
	const noted = unplanned.get(`${one.collection}/${one.key}`);
	const now = one.change?.at ?? noted?.at ?? 0;
	const event: EventName =
		row === null ? 'delete' : version.revision === 0 || version.state.deleted ? 'create' : 'update';
	if (row === null) {
		// A deletion that is agreed is sent to every instance that has not heard of it, whatever caused it.
		if (one.change !== null && version.state.deleted !== null) return { version, changed: [], event };
		// A row whose key is its sync id may be known elsewhere although nobody here has kept a record of it.
		// Only a deletion that was seen deletes elsewhere: a row may be missing for other reasons.
		if (!one.change || !one.wasDeleted || (version.revision === 0 && !one.change.existedBefore)) return null;
		const state = stampDelete(version.state, { now, instance });
		const seenBy = [instance];
		const deleted: RowVersion = { ...version, state, seenBy, overrides: {}, changedAt: now, deletedAt: now };
		return { version: withStamp(deleted, now, instance), changed: [...model.fields.keys()], event };
	}
	// The agreed values are sent again, not unrecorded edits of the row.
	if (force && version.revision > 0) return { version, changed: [], event };
	const read = readAs(row, model, known, { keepsMs: reads.keepsMs, agreed: valuesOf(version.state) });
	const setAt = lastSet([...(one.change?.steps ?? []), ...(noted?.steps ?? [])], now);
	const { state, changed } =
		version.revision === 0
			? { state: stampFirst(read, { at: now, setAt, isNew: isNew(one), instance, model }), changed: Object.keys(read) }
			: stampRead(version.state, read, { now, setAt, instance, overrides: version.overrides, model });
	if (changed.length === 0) return { version, changed, event };
	const overrides = Object.fromEntries(Object.entries(version.overrides).filter(([field]) => !changed.includes(field)));
	const agreed = agreedBefore(version, changed);
	const edited: RowVersion = { ...version, state, overrides, agreed, changedAt: now, deletedAt: null };
	return { version: withStamp(edited, now, instance), changed, event };
}

const isNew = (one: RowToPlan | undefined): boolean => Boolean(one?.change?.created && !one.change.existedBefore);

const withStamp = (version: RowVersion, at: number, origin: string): RowVersion => ({
	...version,
	stamps: [...version.stamps, { at, origin }].slice(-CHANGES_KEPT),
});

/**
 * What is referred to first, so that it is claimed first: folders and files, then collections in the order of their
 * references.
 */
function inOrder(deliveries: SyncPlan['deliveries'], models: Map<string, SyncModel>): SyncPlan['deliveries'] {
	const depth = new Map<string, number>();
	const depthOf = (collection: string, path: Set<string>): number => {
		const known = depth.get(collection);
		if (known !== undefined) return known;
		const model = models.get(collection);
		if (!model || path.has(collection)) return 0;
		const below = [...model.fields.values()].flatMap(({ related }) =>
			related && related !== collection ? [depthOf(related, new Set([...path, collection])) + 1] : [],
		);
		const highest = Math.max(0, ...below);
		depth.set(collection, highest);
		return highest;
	};
	const order = (delivery: SyncPlan['deliveries'][number]) =>
		delivery.event === 'delete'
			? 1_000 - depthOf(delivery.collection, new Set())
			: depthOf(delivery.collection, new Set());
	return deliveries.toSorted((a, b) => order(a) - order(b));
}

/** The columns that a model's values are read from. */
export const columnsOf = (model: SyncModel): string[] =>
	[...model.fields.values()].flatMap(({ field, typeField }) =>
		field === FILE_CONTENT ? CONTENT_COLUMNS : typeField ? [field, typeField] : [field],
	);
