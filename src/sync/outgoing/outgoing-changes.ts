import type { Row } from '../../kernel/core/row.js';
import type { CompiledSyncRule } from '../core/rules/compile-sync-rules.js';
import type { Hold } from '../core/rules/held-back.js';
import type { SyncChange } from '../../contract/sync-messages.js';
import { tells } from '../core/identity/natural-name.js';
import { normaliserOf } from '../core/wire/normal-value.js';
import { NO_STATE, type RowState } from '../core/merge/row-state.js';
import { onlyFields, valuesOf } from '../core/merge/stamp-edits.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { Verdict } from '../../delivery/core/verdict.js';
import type { ClaimedDelivery } from '../../delivery/ports.js';
import type { StoredDelivery } from '../../delivery/stored.js';
import { syncIdsOf } from '../incoming/identify.js';
import { versionId, type RowVersion } from '../core/merge/row-version.js';
import type { IdentifyPorts } from '../incoming/identify-ports.js';

export interface OutgoingChangePorts {
	reads: IdentifyPorts['reads'];
	identityOf: IdentifyPorts['identityOf'];
	/** The rule that covers a collection for this source now; null where none does any more. */
	ruleOf(delivery: Pick<StoredDelivery, 'collection' | 'target'>): CompiledSyncRule | null;
	/** What of a collection does not fit what the source has of it; null where all does, as far as is known. */
	holdOn(target: string, collection: string): Pick<Hold, 'stop' | 'fields'> | null;
	/** Instances that this one sends to, and whose rules leave out some of what the collection's other rules have. */
	partial(collection: string): Set<string>;
	/** Fields of these rows that wait for somebody to decide a conflict, by `versionId`. */
	held(versions: string[]): Promise<Map<string, Set<string>>>;
}

/** The code of a delivery of a collection that does not fit the one of the other side. */
export const SCHEMA_STOPS = 'SCHEMA_STOPS';

/** Two deliveries of one row say the same: how it is now. */
export const onePerRow = (changes: SyncChange[]): SyncChange[] => [
	...new Map(changes.map((change) => [`${change.collection}/${change.sync_id}`, change])).values(),
];

/** What each delivery says now, or why it says nothing. */
export async function changesOf(
	claimed: ClaimedDelivery[],
	ports: OutgoingChangePorts,
): Promise<Map<ClaimedDelivery, SyncChange | Verdict>> {
	const ids = new Map<string, string>();
	for (const [collection, ones] of Map.groupBy(claimed, (delivery) => delivery.collection)) {
		const keys = ones.map(({ item }) => item);
		for (const [key, syncId] of await syncIdsOf(collection, keys, ports)) ids.set(`${collection}/${key}`, syncId);
	}
	const syncIdOf = ({ collection, item }: ClaimedDelivery) => ids.get(`${collection}/${item}`);
	const idOf = (delivery: ClaimedDelivery): string | null => {
		const syncId = syncIdOf(delivery);
		return syncId === undefined ? null : versionId({ collection: delivery.collection, syncId });
	};
	const refs = claimed.flatMap((delivery) => {
		const syncId = syncIdOf(delivery);
		return syncId === undefined ? [] : [{ collection: delivery.collection, syncId }];
	});
	const versions = await ports.reads.versions(refs);
	const held = await ports.held([...versions.keys()]);
	const changes = new Map<ClaimedDelivery, SyncChange | Verdict>();
	const alike = await countAlike(claimed, (one) => versions.get(idOf(one) ?? ''), ports);
	for (const delivery of claimed) {
		const { collection } = delivery;
		const rule = ports.ruleOf(delivery);
		const id = idOf(delivery);
		const version = versions.get(id ?? '');
		const hold = ports.holdOn(delivery.target, collection);
		if (!rule)
			changes.set(delivery, {
				kind: 'failed',
				code: 'RULE_GONE',
				message: `no rule of this source sends ${collection} any more`,
			});
		else if (!version || version.revision === 0) changes.set(delivery, { kind: 'delivered' });
		else if (hold && hold.stop !== null)
			changes.set(delivery, { kind: 'failed', code: SCHEMA_STOPS, message: hold.stop });
		else {
			const kept = new Set([...(held.get(id ?? '') ?? []), ...Object.keys(hold?.fields ?? {})]);
			changes.set(delivery, changeOf(delivery, version, rule, { held: kept, alike: alike.get(delivery) ?? 1, ports }));
		}
	}
	return changes;
}

/** For rows that the remote will match by their fields: how many local rows share these values. */
async function countAlike(
	claimed: ClaimedDelivery[],
	versionOf: (delivery: ClaimedDelivery) => RowVersion | undefined,
	{ reads, ruleOf }: OutgoingChangePorts,
): Promise<Map<ClaimedDelivery, number>> {
	const counts = new Map<ClaimedDelivery, number>();
	const created = claimed.filter(
		(claimedDelivery) => claimedDelivery.event === 'create' && ruleOf(claimedDelivery)?.rule.match,
	);
	for (const [collection, ones] of Map.groupBy(created, (claimedDelivery) => claimedDelivery.collection)) {
		const [rule] = ones.flatMap((claimedDelivery) => ruleOf(claimedDelivery) ?? []);
		const fields = (rule?.rule.match ?? []).filter((field) => field !== rule?.model.primary);
		const [column] = fields;
		if (!rule || column === undefined) continue;
		const named = ones.flatMap((delivery) => {
			const values = valuesOf(versionOf(delivery)?.state ?? NO_STATE);
			return fields.every((field) => tells(values[field])) ? [{ delivery, values }] : [];
		});
		const rows = await reads.having(
			collection,
			column,
			named.map(({ values }) => values[column]),
			fields,
		);
		const place = (values: Row) => JSON.stringify(fields.map((field) => values[field]));
		const read = toWireOf(rule.model, fields);
		const bearers = Map.groupBy(rows, (row) => place(read(row)));
		for (const { delivery, values } of named)
			counts.set(delivery, Math.max(1, bearers.get(place(values))?.length ?? 1));
	}
	return counts;
}

/** These fields of a row in wire form. */
const toWireOf =
	(model: SyncModel, fields: string[]) =>
	(row: Row): Row =>
		Object.fromEntries(
			fields.map((field) => [field, normaliserOf(model.fields.get(field)?.type ?? '')?.(row[field]) ?? null]),
		);

function changeOf(
	delivery: ClaimedDelivery,
	version: RowVersion,
	rule: CompiledSyncRule,
	{ held, alike, ports }: { held: Set<string>; alike: number; ports: OutgoingChangePorts },
): SyncChange {
	const { collection } = delivery;
	const partial = ports.partial(collection);
	const { match } = rule.rule;
	return {
		collection,
		sync_id: version.syncId,
		key: delivery.item,
		state: sentState(version, rule, held),
		seen_by: version.seenBy.filter((instance) => !partial.has(instance)),
		...(match ? { match: { fields: match, count: alike } } : {}),
		...(rule.rule.keep_ids && rule.model.keyType === 'integer' ? { keep_key: true as const } : {}),
		...(rule.rule.on_arrival && version.state.deleted === null ? { on_arrival: rule.rule.on_arrival } : {}),
		...(delivery.operation === null ? {} : { forced: true as const, run: delivery.operation }),
	};
}

/** What of a row's state a rule lets out: its fields, without references that it leaves empty and what is held back. */
export function sentState(version: RowVersion, rule: CompiledSyncRule, held: Set<string>): RowState {
	const fields = [...rule.model.fields.keys()].filter(
		(field) => !held.has(field) && rule.references.get(field)?.use !== 'stop',
	);
	return onlyFields(version.state, fields);
}
