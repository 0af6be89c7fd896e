import { type ConflictChoice, ChoiceRefused, decidedState, sideOf } from '../core/merge/decide-by-hand.js';
import type { SyncChange } from '../../contract/sync-messages.js';
import type { ApplyPorts, ApplyTransaction, StoredConflict } from '../incoming/apply-ports.js';
import { versionId } from '../core/merge/row-version.js';
import type { Sender } from '../incoming/batch.js';
import { localKeysOf } from '../incoming/identify.js';
import { takeIn } from '../incoming/take-in.js';

/** Another decision, or a later change, was quicker. */
export class ConflictOver extends Error {}

/** Who decides, and how. */
export interface Decision {
	use: ConflictChoice;
	/** Our row that the other side's row is taken over, where several could be meant. */
	item: string | null;
	user: string | null;
	/** Under which id it is logged. */
	run: string;
}

/**
 * Carries out what a user has decided about a conflict: the row, its record and the end of the conflict are written in
 * one transaction, and the others hear of it like of any change.
 * @throws ConflictOver, ChoiceRefused, and what Directus refuses
 */
export async function resolveConflict(conflict: StoredConflict, decision: Decision, ports: ApplyPorts): Promise<void> {
	const side = sideOf(decision.use);
	const isAboutIdentity = conflict.kind === 'identity' || conflict.kind === 'unique';
	if (isAboutIdentity && side === null)
		throw new ChoiceRefused('which row it is, is decided as a whole: use "local" or "remote", not single fields');
	const identity = ports.identityOf(conflict.collection);
	if (conflict.kind === 'identity' && side === 'local' && identity?.keyType === 'text')
		throw new ChoiceRefused(
			`both rows have the same key, and there is only one row with that key here: give one of them another key, or use "remote" to make them the same row`,
		);
	await ports.transaction(conflict.collection, async (tx) => {
		if (isAboutIdentity && side === 'remote') await takeOver(conflict, decision, tx, ports);
		// Both rows stay as they are: the other side's cannot be here as long as they have the same value.
		if (!(conflict.kind === 'unique' && side === 'local')) await take(conflict, decision, tx, ports);
		const isEnded = await tx.decide(conflict, { user: decision.user, use: decision.use });
		if (!isEnded) throw new ConflictOver(`the conflict "${conflict.id}" was resolved meanwhile`);
	});
}

async function take(
	conflict: StoredConflict,
	{ use, run }: Decision,
	tx: ApplyTransaction,
	ports: ApplyPorts,
): Promise<void> {
	const { collection, syncId } = conflict;
	const { instance, now } = ports;
	const isAboutIdentity = conflict.kind === 'identity' || conflict.kind === 'unique';
	const stateOf: NonNullable<Sender['decision']>['stateOf'] = (local) =>
		decidedState(conflict, use, local, { now: now(), instance });
	const version = (await tx.reads.versions([{ collection, syncId }])).get(versionId({ collection, syncId }));
	if (!version) return;
	const change: SyncChange = {
		collection,
		sync_id: syncId,
		key: conflict.localKey ?? syncId,
		state: stateOf(version.state) as SyncChange['state'],
		seen_by: [],
	};
	const from: Sender = {
		instance: isAboutIdentity ? conflict.peer : instance,
		run,
		decision: { stateOf, conflict: conflict.id, apart: isAboutIdentity },
	};
	const [result] = await takeIn([change], from, tx, decidingPorts(ports));
	if (result?.outcome === 'parked') throw new ChoiceRefused(result.message ?? 'it cannot be written here');
}

/** A person decided for the remote's values, so the rule's policies do not count. */
const decidingPorts = (ports: ApplyPorts): ApplyPorts => ({
	...ports,
	intakeOf(collection) {
		const intake = ports.intakeOf(collection);
		return intake && { ...intake, conflict: 'remote', match: [] };
	},
});

/** From now on the other side's row and one of ours are the same. */
async function takeOver(
	conflict: StoredConflict,
	{ item }: Decision,
	tx: ApplyTransaction,
	ports: ApplyPorts,
): Promise<void> {
	const { collection, syncId } = conflict;
	const localKey = item ?? conflict.localKey;
	if (localKey === null)
		throw new ChoiceRefused(`several rows of ${collection} could be meant: name the key of ours as "item"`);
	const columns = [ports.identityOf(collection)?.primary ?? 'id'];
	if (!(await tx.reads.rows(collection, [localKey], columns)).has(localKey))
		throw new ChoiceRefused(`there is no ${collection} "${localKey}" here any more`);
	if (conflict.kind === 'unique') await assureOne(conflict, localKey, columns, tx, ports);
	await tx.takeOver({ collection, syncId, localKey });
}

/** Two rows that are both here, and known to be two, do not become one because of a value. */
async function assureOne(
	{ collection, syncId }: StoredConflict,
	localKey: string,
	columns: string[],
	tx: ApplyTransaction,
	ports: ApplyPorts,
): Promise<void> {
	const known = await localKeysOf(collection, [syncId], { reads: tx.reads, identityOf: ports.identityOf });
	const other = known.get(syncId);
	if (other === undefined || other === localKey || !(await tx.reads.rows(collection, [other], columns)).has(other))
		return;
	throw new ChoiceRefused(
		`${collection} ${other} and ${localKey} are two items on both sides: give one of them another value, and send the other again`,
	);
}
