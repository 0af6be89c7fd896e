import type { Moved, Snapshot } from '../../../contract/bundle.js';
import { stepOf } from '../../../contract/config-kinds.js';
import type { Change, ConfigIssue, Plan } from '../../../contract/plan.js';

/** One new name; of a field, `collection` is what its collection is called by then. */
export type Move =
	{ kind: 'collections'; from: string; to: string } | { kind: 'fields'; collection: string; from: string; to: string };

export const nameAfter = (move: Move): string => (move.kind === 'fields' ? `${move.collection}.${move.to}` : move.to);
export const nameBefore = (move: Move): string =>
	move.kind === 'fields' ? `${move.collection}.${move.from}` : move.from;

/** What a collection (`articles`) or field (`articles.title`) is called after a move. */
export function renamed(name: string, move: Move): string {
	if (move.kind === 'fields') return name === nameBefore(move) ? nameAfter(move) : name;
	if (name === move.from) return move.to;
	return name.startsWith(`${move.from}.`) ? move.to + name.slice(move.from.length) : name;
}

export const renamedBy = (name: string, moves: readonly Move[]): string =>
	moves.reduce((now, move) => renamed(now, move), name);

/** The same names the other way round. */
export const reversed = (moves: readonly Move[]): Move[] =>
	moves.toReversed().map((move) => ({ ...move, from: move.to, to: move.from }));

/** What a plan renames. */
export const movesOf = ({ changes }: Pick<Plan, 'changes'>): Move[] =>
	changes.filter(({ action, kept }) => action === 'move' && !kept).map(moveOf);

function moveOf({ kind, sync_id, fields }: Change): Move {
	const from = String(fields[0]?.from);
	const dot = sync_id.indexOf('.');
	if (kind !== 'fields') return { kind: 'collections', from, to: sync_id };
	return { kind: 'fields', collection: sync_id.slice(0, dot), from, to: sync_id.slice(dot + 1) };
}

export const asMoved = (moves: readonly Move[]): Moved[] =>
	moves.map((move) => ({ from: nameBefore(move), to: nameAfter(move) }));

export interface PlannedMoves {
	/** Those that the instance has not made yet. */
	moves: Move[];
	issues: ConfigIssue[];
}

/**
 * The moves that an instance still has to make, collections before fields. One whose former name is not there has been
 * made already, or is of something that comes into being under its new name.
 */
export function plannedMoves(moved: readonly Moved[], { collections, fields }: Snapshot): PlannedMoves {
	let names = new Set([
		...collections.map(({ collection }) => collection),
		...fields.map(({ collection, field }) => `${collection}.${field}`),
	]);
	const moves: Move[] = [];
	const issues: ConfigIssue[] = [];
	const say = ({ from, to }: Moved, code: string, message: string, suggestion: string) =>
		issues.push({ file: null, path: `moved:${from}`, code, message: `"${from}" → "${to}": ${message}`, suggestion });
	const isField = (name: string) => name.includes('.');
	const inOrder = [...moved.filter(({ from }) => !isField(from)), ...moved.filter(({ from }) => isField(from))];
	for (const entry of inOrder) {
		const move = read(entry, moves);
		if (move === null || [entry.from, entry.to].some((name) => name.startsWith('directus_'))) {
			say(
				entry,
				'impossible_move',
				'only a collection of your own, or a field within its collection, can get another name',
				'correct the entry',
			);
			continue;
		}
		const [before, after] = [nameBefore(move), nameAfter(move)];
		if (!names.has(before) || before === after) continue;
		if (names.has(after)) {
			say(
				entry,
				'name_taken',
				`the instance has both, so it is not certain where the values are`,
				'rename or delete one of them there, or take the entry out',
			);
			continue;
		}
		moves.push(move);
		names = new Set(Array.from(names, (name) => renamed(name, move)));
	}
	return { moves, issues };
}

/** A field may be named with the former or the new name of its collection. */
function read({ from, to }: Moved, moves: readonly Move[]): Move | null {
	const [collection = '', field] = from.split('.');
	const [wanted = '', becomes] = to.split('.');
	if (field === undefined || becomes === undefined)
		return field === becomes ? { kind: 'collections', from: collection, to: wanted } : null;
	if (renamedBy(collection, moves) !== renamedBy(wanted, moves)) return null;
	return { kind: 'fields', collection: renamedBy(collection, moves), from: field, to: becomes };
}

/** Moves that the files contradict: they have the former name, or lack the new one. */
export function contradictions(moves: readonly Move[], { collections, fields }: Snapshot): ConfigIssue[] {
	const wanted = new Set([
		...collections.map(({ collection }) => collection),
		...fields.map(({ collection, field }) => `${collection}.${field}`),
	]);
	return moves.flatMap((move, index): ConfigIssue[] => {
		const later = moves.slice(index + 1);
		const final = renamedBy(nameAfter(move), later);
		const issue = (message: string): ConfigIssue => ({
			file: null,
			path: `moved:${nameBefore(move)}`,
			code: 'impossible_move',
			message: `"${nameBefore(move)}" → "${nameAfter(move)}": ${message}`,
			suggestion: 'pull from where it was renamed, or take the entry out',
		});
		if (!wanted.has(final)) return [issue(`the files do not have "${final}"`)];
		return wanted.has(nameBefore(move)) ? [issue(`the files still have "${nameBefore(move)}"`)] : [];
	});
}

/** Everything else of a plan is in the new names, so no part of it can be pushed before them. */
export const unchosenMoves = (moves: readonly Change[], isChosen: (move: Change) => boolean): ConfigIssue[] =>
	moves
		.filter((move) => !isChosen(move))
		.map((move) => ({
			file: null,
			path: stepOf(move),
			code: 'needs_move',
			message: `"${move.name}" gets this name first, and that is not among what was chosen`,
			suggestion: `choose ${stepOf(move)} too, or push it first`,
		}));
