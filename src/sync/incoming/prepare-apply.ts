import type { Row } from '../../kernel/core/row.js';
import { adopt } from './adopt.js';
import type { SyncChange } from '../../contract/sync-messages.js';
import { NO_STATE } from '../core/merge/row-state.js';
import { valuesOf } from '../core/merge/stamp-edits.js';
import { wireMentions } from '../core/wire/rewrite-ids.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import { targetOf } from '../core/wire/wire-values.js';
import type { ApplyPorts, ApplyTransaction, Intake } from './apply-ports.js';
import { identify, localKeysOf } from './identify.js';
import { columnsOf } from '../outgoing/plan-sync.js';
import { versionId, VersionMoved, type RowVersion } from '../core/merge/row-version.js';
import { idsByForm, soughtBy } from '../rows/user-forms.js';
import type { IdentifyPorts, Known } from './identify-ports.js';
import type { Prepared } from './prepared.js';

export async function prepare(
	changes: SyncChange[],
	tx: ApplyTransaction,
	ports: ApplyPorts,
	{ adopts, sender }: { adopts: boolean; sender: string },
): Promise<Prepared> {
	const identities = { reads: tx.reads, identityOf: ports.identityOf, newId: ports.newId };
	const intakes = new Map<string, Intake | null>();
	for (const { collection } of changes)
		if (!intakes.has(collection)) intakes.set(collection, ports.intakeOf(collection));
	const refs = changes.map(({ collection, sync_id: syncId }) => ({ collection, syncId }));
	// The records first, then the rows, each locked: another transaction that takes in the same row waits, and what is read
	// of a
	// row is never older than what is known of it.
	const versions = await tx.reads.versions(refs);
	const meant = whatIsMeant(changes, versions, intakes);
	const changed = Map.groupBy(refs, ({ collection }) => collection);
	const keys: Prepared['keys'] = new Map();
	const existing: Prepared['existing'] = new Map();
	const rows: Prepared['rows'] = new Map();
	const read = async (collection: string, keysById: Map<string, string>) => {
		const model = intakes.get(collection)?.model;
		const columns = model ? columnsOf(model) : [];
		const written = new Set((changed.get(collection) ?? []).map(({ syncId }) => syncId));
		const [mine, others] = [true, false].map((isWritten) =>
			[...keysById].flatMap(([syncId, key]) => (written.has(syncId) === isWritten ? [key] : [])),
		) as [string[], string[]];
		const present = new Map([
			...(await tx.reads.rows(collection, mine.toSorted(), columns, { lock: true })),
			...(await tx.reads.rows(collection, others, columns)),
		]);
		const known = rows.get(collection) ?? new Map<string, Row>();
		rows.set(collection, new Map([...known, ...present]));
		const ids = existing.get(collection) ?? new Set<string>();
		for (const [syncId, key] of keysById) if (present.has(key)) ids.add(syncId);
		existing.set(collection, ids);
	};
	for (const [collection, syncIds] of [...meant.ids].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
		const known = await localKeysOf(collection, [...syncIds], identities);
		keys.set(collection, known);
		if (ports.identityOf(collection)) await read(collection, known);
	}
	const users = idsByForm(await tx.reads.usersKnownBy(soughtBy(meant.users)));
	const adopting = { tx, ports, intakes, keys, existing, sender };
	const { adopted, moved, questions, recognised } = await adopt(adopts ? changes : [], adopting);
	await tx.keepIds(adopted, moved);
	for (const [collection, entries] of Map.groupBy([...adopted, ...moved], (entry) => entry.collection))
		await read(collection, new Map(entries.map(({ syncId, localKey }) => [syncId, localKey])));
	const edited = await tx.reads.unplanned(
		refs.flatMap(({ collection, syncId }) => {
			const key = keys.get(collection)?.get(syncId);
			return key === undefined ? [] : [{ collection, key }];
		}),
	);
	const open = Map.groupBy(await tx.openConflicts([...versions.keys()]), ({ version }) => version);
	const known = await knownOf(rows, intakes, identities);
	await assureStillNew(changes, { versions, existing, questions }, tx);
	return { intakes, keys, existing, rows, versions, edited, open, known, users, questions, back: moved, recognised };
}

/**
 * A missing record cannot be locked: another transaction may have created record and row since. What is here
 * would be taken for a row that was made apart, and somebody be asked whether the two are one.
 * @throws VersionMoved where a record is there by now: to be taken in anew
 */
async function assureStillNew(
	changes: SyncChange[],
	{ versions, existing, questions }: Pick<Prepared, 'versions' | 'existing' | 'questions'>,
	tx: ApplyTransaction,
): Promise<void> {
	const fresh = changes
		.filter((change) => questions.has(change) || existing.get(change.collection)?.has(change.sync_id))
		.map(({ collection, sync_id: syncId }) => ({ collection, syncId }))
		.filter((ref) => versions.get(versionId(ref))?.revision === 0);
	if (fresh.length === 0) return;
	const now = await tx.reads.versions(fresh);
	if ([...now.values()].some(({ revision }) => revision > 0)) throw new VersionMoved();
}

/** What rows that are here are known by, to read them in wire form. */
export async function knownOf(
	rows: Map<string, Map<string, Row>>,
	intakes: Map<string, Intake | null>,
	ports: IdentifyPorts,
): Promise<Known> {
	const models = new Map<string, SyncModel>();
	for (const [collection, intake] of intakes) if (intake) models.set(collection, intake.model);
	return identify(new Map([...rows].filter(([collection]) => models.has(collection))), models, ports);
}

/** The rows that changes are about or refer to, and the users that they name. */
function whatIsMeant(
	changes: SyncChange[],
	versions: Map<string, RowVersion>,
	intakes: Map<string, Intake | null>,
): { ids: Map<string, Set<string>>; users: string[] } {
	const ids = new Map<string, Set<string>>();
	const users: string[] = [];
	const add = (collection: string, syncId: string) =>
		ids.set(collection, (ids.get(collection) ?? new Set()).add(syncId));
	for (const { collection, sync_id, state } of changes) {
		const model = intakes.get(collection)?.model;
		if (!model) continue;
		add(collection, sync_id);
		// What is agreed here may have to be written, too: of a row that comes back, or where it could not be before.
		const ours = versions.get(versionId({ collection, syncId: sync_id }))?.state ?? NO_STATE;
		for (const [field, value] of [state, ours].flatMap((rowState) => Object.entries(valuesOf(rowState)))) {
			const known = model.fields.get(field);
			const target = known ? targetOf(known, value) : null;
			if (target && known?.kind === 'user') users.push(target.syncId);
			else if (target) add(target.collection, target.syncId);
			for (const { collection: mentioned, id } of wireMentions(value)) add(mentioned, id);
		}
	}
	return { ids, users };
}
