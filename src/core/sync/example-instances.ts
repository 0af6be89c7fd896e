import type { ConflictPolicy, DeletePolicy } from '../vocabulary.js';
import { type HeldFields, heldState, resolveFields } from './merge-fields.js';
import { type RowMerge, joinedState, mergeRow, resolveDelete, seenByAfter } from './merge-row.js';
import { NO_STATE, type RowState, type WireValue } from './row-state.js';
import { knowsAllOf, onlyFields, stampDelete, stampEdits, valuesOf } from './stamp-edits.js';

/** One row, as one instance of a simulated network has it. */
export interface ExampleInstance {
	id: string;
	policies: { conflict: ConflictPolicy; onDelete: DeletePolicy };
	/** Its clock against the others, ms. */
	skew: number;
	/** Whom it has a link to. */
	links: number[];
	state: RowState;
	/** The row itself, as its database has it. */
	row: Record<string, WireValue> | null;
	seenBy: string[];
	held: HeldFields;
	parked: RowState | null;
}

export interface Letter {
	to: number;
	state: RowState;
	seenBy: string[];
}

/** A network of instances that send each other one row, by the rules of the pipeline but in any order, any number of times. */
export class ExampleNetwork {
	readonly letters: Letter[] = [];
	delivered = 0;
	private time = Date.UTC(2026, 0, 1);

	readonly instances: ExampleInstance[];

	constructor(instances: ExampleInstance[]) {
		this.instances = instances;
	}

	edit(index: number, values: Record<string, WireValue>): void {
		const instance = this.at(index);
		instance.row = { ...(instance.row ?? { title: null, body: null, slug: null }), ...values };
		const { state, changed } = stampEdits(instance.state, instance.row, this.moment(instance));
		if (changed.length > 0) this.decided(index, state);
	}

	delete(index: number): void {
		const instance = this.at(index);
		if (instance.row === null) return;
		instance.row = null;
		instance.held = new Map();
		this.decided(index, stampDelete(instance.state, this.moment(instance)));
	}

	/** Somebody goes through the open conflicts of an instance. */
	resolve(index: number, take: 'here' | 'there'): void {
		const instance = this.at(index);
		if (instance.parked !== null) {
			const state = resolveDelete(instance.state, instance.parked, take === 'here' ? 'update' : 'delete');
			instance.parked = null;
			this.decided(index, state);
		}
		if (instance.held.size === 0) return;
		const ours = valuesOf(instance.state);
		const theirs = valuesOf(heldState(instance.held));
		const chosen = Object.keys(theirs).map((field) => [field, take === 'here' ? ours[field] : theirs[field]]);
		const held = instance.held;
		instance.held = new Map();
		this.decided(index, resolveFields(instance.state, held, Object.fromEntries(chosen), this.moment(instance)));
	}

	/** One letter arrives, and stays in the post if it is to come once more. */
	deliver(which: number, again = false): RowMerge | null {
		const place = this.letters.length === 0 ? -1 : which % this.letters.length;
		const letter = this.letters[place];
		if (!letter) return null;
		if (!again) this.letters.splice(place, 1);
		this.delivered++;
		return this.receive(letter);
	}

	receive({ to, state: there, seenBy }: Letter): RowMerge {
		const instance = this.at(to);
		const { state: here, held, policies } = instance;
		const merge = mergeRow({ here, there, held, policies, fields: null, agreed: {}, ...this.moment(instance) });
		instance.state = merge.state;
		instance.held = merge.held;
		if (merge.parked) instance.parked = instance.parked ? joinedState(instance.parked, there) : there;
		else if (instance.parked && knowsAllOf(merge.state, instance.parked)) instance.parked = null;
		if (merge.exists) instance.row = { ...instance.row, ...merge.write };
		else instance.row = null;
		instance.seenBy = seenByAfter(merge, { here: instance.seenBy, there: seenBy, instance: instance.id });
		if (merge.from !== 'here' || merge.news) this.send(to);
		if (!merge.parked && instance.parked && merge.from !== 'here') this.lookAgain(to, instance.parked);
		return merge;
	}

	/** The row has changed since somebody's state of it was parked: perhaps there is nothing left to decide. */
	private lookAgain(to: number, state: RowState): void {
		this.at(to).parked = null;
		this.receive({ to, state, seenBy: [] });
	}

	private decided(index: number, state: RowState): void {
		const instance = this.at(index);
		instance.state = state;
		instance.row = state.deleted ? null : valuesOf(state);
		instance.seenBy = [instance.id];
		this.send(index);
		if (instance.parked) this.lookAgain(index, instance.parked);
	}

	/** To all who are not known to have it, without the fields that wait for somebody. */
	private send(index: number): void {
		const instance = this.at(index);
		const state = onlyFields(
			instance.state,
			Object.keys(valuesOf(instance.state)).filter((field) => !instance.held.has(field)),
		);
		const to = instance.links.filter((link) => !instance.seenBy.includes(this.at(link).id));
		instance.seenBy = [...instance.seenBy, ...to.map((link) => this.at(link).id)].sort();
		for (const link of to) this.letters.push({ to: link, state, seenBy: instance.seenBy });
	}

	private moment({ id, skew }: ExampleInstance): { now: number; instance: string } {
		return { now: (this.time += 7) + skew, instance: id };
	}

	private at(index: number): ExampleInstance {
		const instance = this.instances[index % this.instances.length];
		if (!instance) throw new Error('a network needs instances');
		return instance;
	}
}

/** An instance that knows nothing yet. */
export function exampleInstance(index: number, more: Partial<ExampleInstance>): ExampleInstance {
	return {
		id: String(index).repeat(12).slice(0, 12),
		policies: { conflict: 'newest', onDelete: 'update' },
		skew: 0,
		links: [],
		state: NO_STATE,
		row: null,
		seenBy: [],
		held: new Map(),
		parked: null,
		...more,
	};
}
