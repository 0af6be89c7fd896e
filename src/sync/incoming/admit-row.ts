import { WAITING, type SyncChange, type SyncResult } from '../../contract/sync-messages.js';
import { contradictions } from '../core/merge/contradictions.js';
import { isPingPong } from '../core/merge/ping-pong.js';
import { NO_STATE } from '../core/merge/row-state.js';
import { versionId } from '../core/merge/row-version.js';
import { unbelievable } from '../core/wire/read-changes.js';
import type { Intake, StoredConflict } from './apply-ports.js';
import type { Batch, DependentRow, LocalRow } from './batch.js';
import { brakedAlong, unseenDependents } from './cascaded-deletes.js';
import { circleMessage, waitsOn, withCircles } from './circles.js';
import { localRowOf } from './local-row.js';
import { waitsForPlan } from './made-again.js';
import { conflictOf } from './record-row.js';
import { permittedOf } from './refuse-changes.js';

/** What is needed to merge a change that may be taken. */
export interface Admitted {
	/** The part of the change that its user may write. */
	change: SyncChange;
	local: LocalRow;
	intake: Intake;
	/** Conflicts of the row that are open. */
	open: StoredConflict[];
	/** Rows that this deletion would also delete, although its author has not seen them. */
	unseen: DependentRow[];
	/** Fields that the user may not write. */
	refused: string[];
}

/** Whether a change may be merged with the row that is here now; otherwise what its sender is told instead. */
export async function admit(sent: SyncChange, batch: Batch): Promise<Admitted | SyncResult> {
	const { ports, ready, from } = batch;
	const { collection } = sent;
	const about = { collection, sync_id: sent.sync_id };
	const park = (code: string, message: string): SyncResult => ({ ...about, outcome: 'parked', code, message });
	const intake = ready.intakes.get(collection);
	if (!intake) return park('UNKNOWN_COLLECTION', `there is no collection "${collection}" here`);
	const waits = waitsForPlan(sent, intake.model, ready);
	if (waits) return from.decision ? park(WAITING, waits.message ?? '') : waits;
	const agreed = ready.versions.get(versionId({ collection, syncId: sent.sync_id }))?.state ?? NO_STATE;
	const doubt = from.decision ? null : unbelievable(sent.state, agreed, ports.now());
	if (doubt) return park(doubt.code, doubt.message);
	const permitted = from.decision ? { change: sent, refused: [] } : await permittedOf(sent, intake, batch);
	if ('refusal' in permitted) return { ...about, outcome: 'parked', ...permitted.refusal };
	if ('known' in permitted) return { ...about, outcome: 'unchanged' };
	const { change: arrived } = permitted;
	const question = ready.questions.get(sent);
	if (question) return askWhichRow(arrived, question, batch);
	const local = await withCircles(arrived, localRowOf(arrived, intake, batch), intake, batch);
	if (from.decision && local.circles?.size) return park('CIRCLE', circleMessage(local.circles));
	const unlike = from.decision ? [] : unlikeByKey(arrived, local, intake);
	if (unlike.length > 0) {
		const message = `${collection} ${arrived.key} was made on both sides, and they differ in ${unlike.join(', ')}: choose whether the two are one, or give one of them another key`;
		return askWhichRow(arrived, { message, item: local.key }, batch);
	}
	const change = from.decision
		? { ...arrived, state: from.decision.stateOf(local.state) as SyncChange['state'] }
		: arrived;
	const { version } = local;
	const place = `${collection}/${sent.sync_id}`;
	if (local.row && local.key !== null && version.revision === 0 && !batch.versions.has(versionId(version)))
		batch.recognised.set(place, ready.recognised.get(place) ?? { key: local.key, by: 'key', fields: [] });
	const recent = [...version.stamps, { at: ports.now(), origin: from.instance }];
	if (!change.forced && isPingPong(recent))
		return park(
			'ALTERNATING',
			'this row changed more than 20 times within a minute, on both sides in turn: something on each side undoes what the other does',
		);
	const open = ready.open.get(versionId(version)) ?? [];
	if (from.frees !== undefined && waitsOn(from.frees, local, open)) return { ...about, outcome: 'unchanged' };
	const unseen = unseenDependents(change, local, batch);
	const braked = brakedAlong(unseen, batch);
	if (braked) return park(braked.code ?? 'DELETE_BRAKE', braked.message ?? '');
	return { change, local, intake, open, unseen, refused: permitted.refused };
}

/** Leaves a row until an admin has said which row here it is. */
function askWhichRow(
	arrived: SyncChange,
	{ message, item }: { message: string; item: string | null },
	batch: Batch,
): SyncResult {
	const { collection, sync_id: syncId, state } = arrived;
	const known = batch.ready.open.get(versionId({ collection, syncId })) ?? [];
	for (const { id, kind, peer } of known)
		if (kind === 'identity' && peer === batch.from.instance) batch.closed.push(id);
	batch.conflicts.push(conflictOf(arrived, batch, { kind: 'identity', key: item, message, theirs: state }));
	return { collection, sync_id: syncId, outcome: 'parked', code: 'IDENTITY_CONFLICT', message };
}

/** Where rows have nothing but their key in common, they are one only if nothing in them says otherwise. */
function unlikeByKey({ state, match }: SyncChange, local: LocalRow, intake: Intake): string[] {
	const { keyType, singleton, junction } = intake.model;
	const isByKey = keyType === 'text' && !singleton && !junction && intake.match.length === 0 && !match;
	return isByKey && local.row ? contradictions(local.state, state) : [];
}
