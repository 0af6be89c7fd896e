import type { Row } from '../../kernel/core/row.js';
import type { SyncChange } from '../../contract/sync-messages.js';
import { wireMentions } from '../core/wire/rewrite-ids.js';
import { valuesOf } from '../core/merge/stamp-edits.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import { fromWire, targetOf } from '../core/wire/wire-values.js';
import { localKeysOf } from '../incoming/identify.js';
import type { IdentifyPorts } from '../incoming/identify-ports.js';

/** An item as any Directus takes it by its items API. */
export interface PlainRow {
	key: string;
	/** null where it is to be deleted. */
	values: Row | null;
	/** What else it is given where it is new there. */
	asNew?: Row;
	/** Fields that an instance without the extension cannot be given. */
	leftOut: string[];
}

type Ports = Pick<IdentifyPorts, 'reads' | 'identityOf'>;
type Identity = ReturnType<IdentifyPorts['identityOf']>;

/** Why rows of a collection cannot be sent to an instance without the extension; null where they can. */
export function whyNotPlain(collection: string, identity: Identity, event: string): string | null {
	if (collection === 'directus_files')
		return 'the bytes of files are sent only to an instance with the extension: install it there';
	if (!identity) return `there is no collection ${collection} here any more`;
	if (identity.singleton)
		return event === 'delete' ? `${collection} is a singleton, which the items API cannot delete` : null;
	return identity.keyType === 'integer'
		? `the keys of ${collection} are numbers, which mean other items on each instance: install the extension there, which translates them, or give ${collection} UUID keys`
		: null;
}

/**
 * Changes of one collection as rows, by change. Keys and references are the same on both sides: UUIDs, and text that is
 * content. Nothing else can be said without the extension: such references are left out, so that what is there stays.
 *
 * @param userId the user of the other side who is known by that
 */
export async function plainRows(
	changes: readonly SyncChange[],
	model: SyncModel,
	{ userId, ports }: { userId(form: string): string | null; ports: Ports },
): Promise<Map<SyncChange, PlainRow>> {
	const keys = await keysThere(changes, model, ports);
	const identities = {
		syncId: () => null,
		userForm: () => null,
		localKey: (collection: string, syncId: string) => keys.get(collection)?.get(syncId) ?? null,
		userId,
	};
	return new Map(
		changes.map((change): [SyncChange, PlainRow] => {
			const { key } = change;
			if (change.state.deleted) return [change, { key, values: null, leftOut: [] }];
			const { values, missing } = fromWire(valuesOf(change.state), model, identities);
			const leftOut = [...new Set(missing.map(({ field }) => field))];
			for (const field of leftOut) {
				delete values[field];
				delete values[model.fields.get(field)?.typeField ?? ''];
			}
			const { create, always } = change.on_arrival ?? {};
			Object.assign(values, always);
			const asNew = create ? { asNew: create } : {};
			return [
				change,
				{ key, values: model.singleton ? values : { ...values, [model.primary]: key }, leftOut, ...asNew },
			];
		}),
	);
}

/** By collection and sync id, the keys that referred rows have on both sides. */
async function keysThere(
	changes: readonly SyncChange[],
	model: SyncModel,
	ports: Ports,
): Promise<Map<string, Map<string, string>>> {
	const wanted = new Map<string, Set<string>>();
	const want = (collection: string, syncId: string) =>
		wanted.set(collection, (wanted.get(collection) ?? new Set()).add(syncId));
	for (const { state } of changes) {
		for (const [name, value] of Object.entries(valuesOf(state))) {
			const field = model.fields.get(name);
			const target = field && field.kind !== 'user' ? targetOf(field, value) : null;
			if (target) want(target.collection, target.syncId);
			for (const { collection, id } of wireMentions(value)) want(collection, id);
		}
	}
	const keys = new Map<string, Map<string, string>>();
	for (const [collection, syncIds] of wanted) {
		const identity = ports.identityOf(collection);
		if (whyNotPlain(collection, identity, 'update') !== null || identity?.singleton) continue;
		keys.set(collection, await localKeysOf(collection, [...syncIds], ports));
	}
	return keys;
}
