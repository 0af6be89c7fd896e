import type { SyncChange, SyncResult } from '../../contract/sync-messages.js';
import { sameWire, valuesOf } from '../core/merge/stamp-edits.js';
import { targetOf } from '../core/wire/wire-values.js';
import type { ApplyPorts, Intake, StoredConflict } from './apply-ports.js';
import type { Batch, LocalRow } from './batch.js';

/** Deeper trees are not checked further. */
const DEEPEST = 1_000;

/**
 * Fields by which this change would put a row under one of its own descendants: two editors have moved two items under
 * each other, neither knowing of the other's move. A new row has no descendants.
 */
async function circlesOf(
	{ collection, state }: SyncChange,
	{ key, row, read }: LocalRow,
	{ model }: Intake,
	{ tx, ready }: Batch,
): Promise<Set<string>> {
	const circles = new Set<string>();
	if (row === null || key === null || state.deleted !== null) return circles;
	for (const [name, value] of Object.entries(valuesOf(state))) {
		const field = model.fields.get(name);
		if (field?.kind !== 'reference' || field.related !== collection || sameWire(value, read?.[name])) continue;
		let above = ready.keys.get(collection)?.get(targetOf(field, value)?.syncId ?? '');
		for (let depth = 0; above !== undefined && depth < DEEPEST; depth += 1) {
			if (above === key) {
				circles.add(name);
				break;
			}
			const next: unknown = (await tx.reads.rows(collection, [above], [name])).get(above)?.[name] ?? null;
			above = next === null ? undefined : String(next);
		}
	}
	return circles;
}

export async function withCircles(
	change: SyncChange,
	local: LocalRow,
	intake: Intake,
	batch: Batch,
): Promise<LocalRow> {
	const circles = await circlesOf(change, local, intake, batch);
	return circles.size === 0 ? local : { ...local, circles };
}

/** A question about a circle is found again by these words of its message. */
export const ABOUT_CIRCLE = 'would put this item under itself';

/** @param fields by which a row would be under itself */
export const circleMessage = (fields: Iterable<string>): string =>
	`${[...fields].join(', ')} ${ABOUT_CIRCLE}, because each instance has moved one of two items under the other. Choose whether this item stays where it is`;

/** Whether rows of a collection form a tree, and moves in it need no decision by a person. */
const isTree = (collection: string, intake: Intake | null): boolean =>
	intake !== null &&
	intake.conflict !== 'manual' &&
	[...intake.model.fields.values()].some(({ kind, related }) => kind === 'reference' && related === collection);

/**
 * Questions about circles that may be none any more, now that rows came from their other side: each with the move that
 * waits, to be looked at as if it came now.
 */
export async function heldInCircles(
	results: ReadonlyMap<SyncChange, SyncResult>,
	peer: string,
	ports: Pick<ApplyPorts, 'intakeOf' | 'openCircles'>,
): Promise<{ id: string; change: SyncChange }[]> {
	const came = new Set(
		[...results].flatMap(([{ collection }, { outcome }]) =>
			outcome === 'applied' || outcome === 'unchanged' ? [collection] : [],
		),
	);
	const trees = new Set([...came].filter((collection) => isTree(collection, ports.intakeOf(collection))));
	if (trees.size === 0) return [];
	return (await ports.openCircles(peer)).flatMap(({ id, collection, syncId, localKey, theirs }) =>
		trees.has(collection) && theirs
			? [
					{
						id,
						change: {
							collection,
							sync_id: syncId,
							key: localKey ?? syncId,
							state: theirs as SyncChange['state'],
							seen_by: [],
						},
					},
				]
			: [],
	);
}

/**
 * Whether a move that waited is to wait on: it would close a circle still, another answer was quicker, or the row is
 * not here any more.
 */
export const waitsOn = (waiting: string, { row, circles }: LocalRow, open: readonly StoredConflict[]): boolean =>
	row === null || circles !== undefined || !open.some(({ id }) => id === waiting);
