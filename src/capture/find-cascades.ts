import type { Row } from '../kernel/core/row.js';
import { LIMITS } from '../../schema.js';
import { ALL_ITEMS } from '../contract/vocabulary.js';
import type { Cascade, Watch } from './core/watch.js';
import type { NewChange } from './new-change.js';
import type { CapturePorts, Handle } from './capture-ports.js';

/**
 * What the database will do to rows of other tables, over any number of them, when these items are deleted: changes to
 * record with the deletion, by the key that causes them. No event reports them. Past the fan-out limit, one change of all
 * its items stands for a collection's victims. Time and user are the deletion's.
 */
export async function findVictims(
	collection: string,
	keys: readonly unknown[],
	handle: Pick<Handle, 'rows'>,
	{ watch, primary }: Pick<CapturePorts, 'watch' | 'primary'>,
): Promise<Map<string, NewChange[]>> {
	const victims = new Map<string, NewChange[]>();
	let budget: number = LIMITS.fanOut;
	/** What was found of each row: one that loses a reference may be deleted over another one. */
	const victimsByPlace = new Map<string, NewChange>();
	const add = (cause: string, change: Pick<NewChange, 'collection' | 'item' | 'event' | 'before'>) => {
		const earlier = victimsByPlace.get(place(change.collection, change.item));
		if (earlier) {
			if (change.event === 'delete') earlier.event = 'delete';
			return;
		}
		const known = victims.get(cause);
		const victim: NewChange = { ...change, at: 0, user: null, source: 'cascade' };
		victimsByPlace.set(place(change.collection, change.item), victim);
		if (known) known.push(victim);
		else victims.set(cause, [victim]);
	};

	/** Rows that are gone already: in a circle of foreign keys each is reached once. */
	const deleted = new Set(keys.map((key) => place(collection, key)));
	/** Collections that are recorded as a whole, since too many of their items are affected. */
	const whole = new Set<string>();

	function addWhole(cause: string, child: string, effect: Cascade['effect']): void {
		if (whole.has(child)) return;
		if (effect === 'delete') whole.add(child);
		if (watch().collections.has(child))
			add(cause, { collection: child, item: ALL_ITEMS, event: 'update', before: null });
		for (const next of effect === 'delete' ? (watch().cascades.get(child) ?? []) : [])
			addWhole(cause, next.collection, next.effect);
	}

	/** @param causes the key of the first deletion, by the key of the row on this level that it has led to */
	async function descend(from: string, causes: Map<unknown, string>): Promise<void> {
		const [first = ''] = causes.values();
		const byText = new Map([...causes].map(([parent, cause]) => [String(parent), cause]));
		const next: [string, Map<unknown, string>][] = [];
		for (const { collection: child, field, effect } of watch().cascades.get(from) ?? []) {
			const key = primary(child);
			if (!key || whole.has(child)) continue;
			const watched = watch().collections.get(child);
			const columns = [...new Set([key, field, ...(watched?.columns ?? [])])];
			const rows = await handle.rows(child, field, [...causes.keys()], columns, budget + 1);
			// A database may take keys for equal that differ in how they are written.
			const causeOf = (row: Row) => byText.get(String(row[field])) ?? first;
			if (rows.length > budget) {
				addWhole(causeOf(rows[0] ?? {}), child, effect);
				continue;
			}
			const left = rows.filter((row) => !deleted.has(place(child, row[key])));
			budget -= left.length;
			for (const row of watched ? left : []) {
				add(causeOf(row), {
					collection: child,
					item: String(row[key]),
					event: effect === 'delete' ? 'delete' : 'update',
					before: { columns: row, between: null, related: null },
				});
			}
			if (effect !== 'delete' || left.length === 0) continue;
			for (const row of left) deleted.add(place(child, row[key]));
			next.push([child, new Map(left.map((row) => [row[key], causeOf(row)]))]);
		}
		for (const [child, rows] of next) await descend(child, rows);
	}

	if (keys.length > 0) await descend(collection, new Map(keys.map((key) => [key, String(key)])));
	return victims;
}

/** Where it is not known which items of a collection are deleted: all of every collection that this may reach. */
export function wholeVictims(collection: string, { collections, cascades }: Watch): NewChange[] {
	const reached = new Set<string>();
	const open = [collection];
	for (let from = open.pop(); from !== undefined; from = open.pop()) {
		for (const { collection: child, effect } of cascades.get(from) ?? []) {
			if (reached.has(child)) continue;
			reached.add(child);
			if (effect === 'delete') open.push(child);
		}
	}
	return [...reached]
		.filter((child) => collections.has(child))
		.map((child) => ({
			collection: child,
			item: ALL_ITEMS,
			event: 'update',
			at: 0,
			user: null,
			before: null,
			source: 'cascade',
		}));
}

const place = (collection: string, key: unknown) => `${collection}\u0000${String(key)}`;
