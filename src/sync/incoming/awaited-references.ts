import { MOST_AWAITED, type SyncResult } from '../../contract/sync-messages.js';
import type { MissingReference } from '../core/wire/identities.js';
import { versionId } from '../core/merge/row-version.js';
import type { ApplyTransaction } from './apply-ports.js';

/** The missing references that may still arrive: not those to rows that were deleted, which may be gone for good. */
export async function allAwaited(
	missing: MissingReference[],
	{ reads }: ApplyTransaction,
): Promise<MissingReference[]> {
	if (missing.length === 0) return [];
	const known = await reads.versions(missing);
	return missing.filter((reference) => !known.get(versionId(reference))?.state.deleted);
}

/** The first of these rows that was deleted, and may never be here again. */
export async function firstGone(
	missing: MissingReference[],
	{ reads }: ApplyTransaction,
): Promise<MissingReference | undefined> {
	const known = await reads.versions(missing);
	return missing.find((reference) => known.get(versionId(reference))?.state.deleted);
}

export const isGone = ({ field, collection, syncId }: MissingReference) =>
	`${field} has to lead to ${collection} ${syncId}, which was deleted: bring that item back, or let this one lead elsewhere`;

/** What the sender is told of the rows that have not arrived. */
export const awaitedBy = ({ awaits }: { awaits: MissingReference[] }): Pick<SyncResult, 'awaits'> => ({
	awaits: awaits
		.slice(0, MOST_AWAITED)
		.map(({ field, collection, syncId }) => ({ field, collection, sync_id: syncId })),
});

export const waitsFor = ({ field, collection, syncId }: { field: string; collection: string; syncId: string }) =>
	`${field} refers to ${collection} ${syncId}, which has not arrived`;
