import type { Row } from '../../kernel/core/row.js';
import type { SyncChange, SyncResult } from '../../contract/sync-messages.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { ApplyDoors, ApplyTransaction } from './apply-ports.js';
import type { Along, Batch, GoesAlong, Here } from './batch.js';
import { identify } from './identify.js';
import { columnsOf } from '../outgoing/plan-sync.js';
import type { Prepared } from './prepared.js';

/** For batches without deletions. */
export const NOTHING_ALONG: Along = {
	with: () => [],
	gone: () => {},
	known: { added: [], moved: [], syncId: () => null, userForm: () => null },
};

const place = (collection: string, key: unknown) => `${collection}\u0000${String(key)}`;

/**
 * Finds the rows that the database will delete or change with these deletions. This must run before the first of them:
 * afterwards the rows are gone.
 */
export async function findAlong(
	deletes: readonly SyncChange[],
	{ keys, there }: Pick<Prepared, 'keys' | 'there'>,
	{ reads }: Pick<ApplyTransaction, 'reads'>,
	doors: Pick<ApplyDoors, 'cascadesOf' | 'wholeOf' | 'identityOf' | 'newId'>,
): Promise<Along> {
	const below = new Map<string, GoesAlong[]>();
	const rows = new Map<string, Map<string, Row>>();
	const models = new Map<string, SyncModel>();
	let open = Map.groupBy(
		deletes.flatMap(({ collection, sync_id: syncId }) => {
			const key = keys.get(collection)?.get(syncId);
			return key !== undefined && there.get(collection)?.has(syncId) ? [{ collection, key }] : [];
		}),
		({ collection }) => collection,
	);
	const reached = new Set([...open.values()].flat().map(({ collection, key }) => place(collection, key)));
	while (open.size > 0) {
		const next: { collection: string; key: string }[] = [];
		for (const [parent, ones] of open)
			for (const { collection, field, effect } of doors.cascadesOf(parent)) {
				const model = doors.wholeOf(collection);
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
	const gone = new Set<string>();
	const collect = (of: string, seen: Set<string>): GoesAlong[] =>
		(below.get(of) ?? []).flatMap((one) => {
			const here = place(one.collection, one.key);
			if (gone.has(here) || seen.has(here)) return [];
			seen.add(here);
			return [one, ...(one.effect === 'delete' ? collect(here, seen) : [])];
		});
	return {
		with: (collection, key) => collect(place(collection, key), new Set([place(collection, key)])),
		gone: (collection, key) => void gone.add(place(collection, key)),
		known: await identify(rows, models, { reads, identityOf: doors.identityOf, newId: doors.newId }),
	};
}

/**
 * Rows that a deletion would take along although whoever made it has not deleted them, and so had not seen them. Links of
 * two ends are worth no more than these. Whoever decides here has seen what is here.
 */
export function unseenAlong(
	{ state }: SyncChange,
	{ key, row, version }: Here,
	{ from, along, doors }: Batch,
): GoesAlong[] {
	if (state.deleted === null || row === null || key === null) return [];
	if (from.decision || from.instance === doors.instance) return [];
	return along.with(version.collection, key).filter(({ effect, model }) => effect === 'delete' && !isBareLink(model));
}

const isBareLink = ({ junction, fields }: SyncModel): boolean =>
	junction !== null && [...fields.values()].every(({ field, type }) => junction.includes(field) || type === 'integer');

/** A row that would be deleted too, and whose own deletion waits because there are too many. */
export function brakedAlong(unseen: readonly GoesAlong[], { along, braked }: Batch): SyncResult | undefined {
	if (braked.size === 0) return undefined;
	const waiting = new Map([...braked].map(([one, result]) => [place(one.collection, one.sync_id), result]));
	return unseen
		.map(({ collection, key }) => waiting.get(place(collection, along.known.syncId(collection, key))))
		.find((result) => result !== undefined);
}
