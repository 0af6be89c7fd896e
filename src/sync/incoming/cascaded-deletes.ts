import type { Row } from '../../kernel/core/row.js';
import type { SyncChange, SyncResult } from '../../contract/sync-messages.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { ApplyPorts, ApplyTransaction } from './apply-ports.js';
import type { Cascades, Batch, DependentRow, LocalRow } from './batch.js';
import { identify } from './identify.js';
import { columnsOf } from '../outgoing/plan-sync.js';
import type { Prepared } from './prepared.js';

/** For batches without deletions. */
export const NOTHING_ALONG: Cascades = {
	with: () => [],
	noteDeleted: () => {},
	known: { added: [], moved: [], syncId: () => null, userForm: () => null },
};

const place = (collection: string, key: unknown) => `${collection}\u0000${String(key)}`;

/**
 * Finds the rows that the database will delete or change with these deletions. This must run before the first of them:
 * afterwards the rows are gone.
 */
export async function findDependents(
	deletes: readonly SyncChange[],
	{ keys, existing }: Pick<Prepared, 'keys' | 'existing'>,
	{ reads }: Pick<ApplyTransaction, 'reads'>,
	ports: Pick<ApplyPorts, 'cascadesOf' | 'wholeOf' | 'identityOf' | 'newId'>,
): Promise<Cascades> {
	const below = new Map<string, DependentRow[]>();
	const rows = new Map<string, Map<string, Row>>();
	const models = new Map<string, SyncModel>();
	let open = Map.groupBy(
		deletes.flatMap(({ collection, sync_id: syncId }) => {
			const key = keys.get(collection)?.get(syncId);
			return key !== undefined && existing.get(collection)?.has(syncId) ? [{ collection, key }] : [];
		}),
		({ collection }) => collection,
	);
	const reached = new Set([...open.values()].flat().map(({ collection, key }) => place(collection, key)));
	while (open.size > 0) {
		const next: { collection: string; key: string }[] = [];
		for (const [parent, ones] of open)
			for (const { collection, field, effect } of ports.cascadesOf(parent)) {
				const model = ports.wholeOf(collection);
				if (!model) continue;
				const columns = [...new Set([field, ...columnsOf(model)])];
				const parents = ones.map(({ key }) => key);
				for (const row of await reads.having(collection, field, parents, columns)) {
					const key = String(row[model.primary]);
					const above = place(parent, row[field]);
					below.set(above, [...(below.get(above) ?? []), { collection, key, row, field, effect, model }]);
					rows.set(collection, (rows.get(collection) ?? new Map<string, Row>()).set(key, row));
					models.set(collection, model);
					if (effect !== 'delete' || reached.has(place(collection, key))) continue;
					reached.add(place(collection, key));
					next.push({ collection, key });
				}
			}
		open = Map.groupBy(next, ({ collection }) => collection);
	}
	const deleted = new Set<string>();
	const collect = (of: string, seen: Set<string>): DependentRow[] =>
		(below.get(of) ?? []).flatMap((victim) => {
			const victimPlace = place(victim.collection, victim.key);
			if (deleted.has(victimPlace) || seen.has(victimPlace)) return [];
			seen.add(victimPlace);
			return [victim, ...(victim.effect === 'delete' ? collect(victimPlace, seen) : [])];
		});
	return {
		with: (collection, key) => collect(place(collection, key), new Set([place(collection, key)])),
		noteDeleted: (collection, key) => void deleted.add(place(collection, key)),
		known: await identify(rows, models, { reads, identityOf: ports.identityOf, newId: ports.newId }),
	};
}

/**
 * Rows that a deletion would also delete although its author did not delete them, and so had not seen them. Junction rows do
 * not count: they are worth nothing without their ends. A person who decides on this instance has seen all of its rows.
 */
export function unseenDependents(
	{ state }: SyncChange,
	{ key, row, version }: LocalRow,
	{ from, along, ports }: Batch,
): DependentRow[] {
	if (state.deleted === null || row === null || key === null) return [];
	if (from.decision || from.instance === ports.instance) return [];
	return along.with(version.collection, key).filter(({ effect, model }) => effect === 'delete' && !isBareLink(model));
}

const isBareLink = ({ junction, fields }: SyncModel): boolean =>
	junction !== null && [...fields.values()].every(({ field, type }) => junction.includes(field) || type === 'integer');

/** A row that would be deleted too, and whose own deletion waits because there are too many. */
export function brakedAlong(unseen: readonly DependentRow[], { along, braked }: Batch): SyncResult | undefined {
	if (braked.size === 0) return undefined;
	const waiting = new Map([...braked].map(([change, result]) => [place(change.collection, change.sync_id), result]));
	return unseen
		.map(({ collection, key }) => waiting.get(place(collection, along.known.syncId(collection, key))))
		.find((result) => result !== undefined);
}
