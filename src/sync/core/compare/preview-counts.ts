import { shownValue } from '../outcome-fingerprint.js';
import { WAITING, type SyncChange } from '../../../contract/sync-messages.js';
import type { RowState } from '../merge/row-state.js';
import { valuesOf } from '../merge/stamp-edits.js';
import { type OUTCOME_ACTIONS, type RowOutcome } from '../../../contract/sync-together.js';
import type { CollectionPreview, PreviewRow } from '../../../contract/answers/previews.js';

type Action = (typeof OUTCOME_ACTIONS)[number];

/** How many example rows a preview keeps of each action. */
const EXAMPLES = 10;

/** A row that would be sent. */
interface Sent {
	/** Its key on this instance. */
	item: string;
	change: SyncChange;
}

/** A row as people see it: values that the remote does not show are taken from what would be sent. */
export function previewRow(
	{ sync_id: _id, item: remoteItem, needs: _needs, awaits, fields, ...outcome }: RowOutcome,
	{ item, change }: Sent,
	isComing: (place: { collection: string; sync_id: string }) => boolean,
): PreviewRow {
	const sent = valuesOf(change.state as RowState);
	const isSent = (awaits ?? []).every(isComing);
	const empty = (awaits ?? []).filter((reference) => !isComing(reference)).map(({ field }) => field);
	const { action, code, message, ...rest } = outcome;
	// The rows that it waits for are sent along, so it will not have to wait.
	const waitsForSent = code === WAITING && isSent && (awaits ?? []).length > 0;
	return {
		...rest,
		item,
		there: remoteItem,
		action: waitsForSent && action === 'refused' ? 'create' : action,
		...(code === undefined || waitsForSent ? {} : { code, message: message ?? '' }),
		...(fields
			? {
					fields: fields.map((one) =>
						'to' in one || !(one.field in sent) ? one : { ...one, to: shownValue(sent[one.field]) },
					),
				}
			: {}),
		...(empty.length > 0 ? { empty } : {}),
	};
}

export const newPreview = (collection: string, total: number): CollectionPreview => ({
	collection,
	total,
	looked: 0,
	counts: { create: 0, update: 0, delete: 0, none: 0, refused: 0 },
	found: { key: 0, ends: 0, match: 0 },
	decided: 0,
	left_out: [],
	examples: { create: [], update: [], delete: [], none: [], refused: [], found: [] },
});

/** Counts a row, and keeps it as an example where there are few yet. */
export function countRow(preview: CollectionPreview, row: PreviewRow): void {
	preview.counts[row.action] += 1;
	if (row.found) preview.found[row.found.by] += 1;
	preview.decided += row.decided?.length ?? 0;
	const keep = (kind: Action | 'found') => {
		if (preview.examples[kind].length < EXAMPLES) preview.examples[kind].push(row);
	};
	if (row.action !== 'none') keep(row.action);
	if (row.found) keep('found');
}

/** Counts a row that would not be sent. */
export function countLeftOut(preview: CollectionPreview, { code, message }: { code: string; message: string }): void {
	const known = preview.left_out.find((group) => group.code === code && group.message === message);
	if (known) known.count += 1;
	else preview.left_out.push({ code, message, count: 1 });
}
