import type { RowState } from '../merge/row-state.js';
import { valuesOf } from '../merge/stamp-edits.js';
import type { SyncModel } from '../rules/sync-model.js';
import { targetOf } from './wire-values.js';

interface ChangeOfRow {
	collection: string;
	sync_id: string;
	state: RowState;
}

/** A change whose row is written without these references first, and gets them when all rows are there. */
export interface SecondPass<Change> {
	change: Change;
	fields: string[];
}

export interface OrderedChanges<Change> {
	/** Rows to write, each after those it refers to. */
	writes: Change[];
	/** References that close a circle. A required one is among them only where nothing else opens the circle. */
	secondPass: SecondPass<Change>[];
	/** Rows to delete after all others, each before those it refers to. */
	deletes: Change[];
}

interface Node<Change> {
	change: Change;
	/** References to others of the same batch that are not written yet. */
	waits: { on: Node<Change>; field: string; required: boolean }[];
	wanted: Node<Change>[];
	done: boolean;
}

/**
 * The changes of one batch in an order in which the database takes them. References to rows that are not in the batch
 * play no part: those rows are there, or are waited for. Every change comes out exactly once.
 */
export function orderChangesByReference<Change extends ChangeOfRow>(
	changes: readonly Change[],
	models: ReadonlyMap<string, SyncModel>,
): OrderedChanges<Change> {
	const writes = sort(
		changes.filter(({ state }) => state.deleted === null),
		models,
	);
	const deletes = sort(
		changes.filter(({ state }) => state.deleted !== null),
		models,
	);
	return { writes: writes.order, secondPass: writes.secondPass, deletes: deletes.order.reverse() };
}

function sort<Change extends ChangeOfRow>(changes: readonly Change[], models: ReadonlyMap<string, SyncModel>) {
	const nodes = graphOf(changes, models);
	const order: Change[] = [];
	const later = new Map<Change, string[]>();
	const ready = nodes.filter(({ waits }) => waits.length === 0);
	let first = 0;
	while (order.length < nodes.length) {
		const node = ready.shift();
		if (node) {
			if (node.done) continue;
			node.done = true;
			order.push(node.change);
			for (const other of node.wanted) {
				other.waits = other.waits.filter(({ on }) => on !== node);
				if (other.waits.length === 0) ready.push(other);
			}
			continue;
		}
		while (nodes[first]?.done) first++;
		const stuck = nodes[first];
		if (!stuck) break;
		const { node: opened, field } = weakestOf(circleFrom(stuck));
		opened.waits = opened.waits.filter((wait) => wait.field !== field);
		later.set(opened.change, [...(later.get(opened.change) ?? []), field]);
		if (opened.waits.length === 0) ready.push(opened);
	}
	return { order, secondPass: [...later].map(([change, fields]) => ({ change, fields: fields.sort() })) };
}

function graphOf<Change extends ChangeOfRow>(changes: readonly Change[], models: ReadonlyMap<string, SyncModel>) {
	const nodes: Node<Change>[] = [];
	const byRow = new Map<string, Node<Change>>();
	const wait = (node: Node<Change>, on: Node<Change>, field: string, required: boolean): void => {
		node.waits.push({ on, field, required });
		on.wanted.push(node);
	};
	for (const change of changes) {
		const node: Node<Change> = { change, waits: [], wanted: [], done: false };
		const row = placeOf(change.collection, change.sync_id);
		const earlier = byRow.get(row);
		if (earlier) wait(node, earlier, '', true);
		byRow.set(row, node);
		nodes.push(node);
	}
	for (const node of nodes) {
		const model = models.get(node.change.collection);
		for (const [name, value] of Object.entries(model ? valuesOf(node.change.state) : {})) {
			const field = model?.fields.get(name);
			const target = field && targetOf(field, value);
			const on = target && byRow.get(placeOf(target.collection, target.syncId));
			if (on) wait(node, on, name, field.required);
		}
	}
	return nodes;
}

/** Follows what a row waits for until it comes back to where it was. */
function circleFrom<Change>(start: Node<Change>) {
	const path: { node: Node<Change>; field: string; required: boolean }[] = [];
	const seen = new Map<Node<Change>, number>();
	let node = start;
	for (;;) {
		const at = seen.get(node);
		const wait = node.waits.find(({ required }) => !required) ?? node.waits[0];
		if (at !== undefined || !wait) return path.slice(at ?? 0);
		seen.set(node, path.length);
		path.push({ node, field: wait.field, required: wait.required });
		node = wait.on;
	}
}

function weakestOf<Step extends { required: boolean; field: string }>(circle: [Step, ...Step[]] | Step[]): Step {
	const step = circle.find(({ required }) => !required) ?? circle.find(({ field }) => field !== '') ?? circle[0];
	if (!step) throw new Error('A row waits for nothing and is not ready.');
	return step;
}

const placeOf = (collection: string, syncId: string): string => `${collection}\n${syncId}`;
