import { LIMITS } from '../../schema.js';
import type { Row } from '../core/item-change.js';
import { ALL_ITEMS } from '../core/vocabulary.js';
import type { Cascade } from '../core/watch.js';
import type { CaptureDoors, Handle } from './capture.js';
import type { NewChange } from './new-change.js';

/**
 * What the database will do to rows of other tables, over any number of them, when these items are deleted: changes to
 * record with the deletion, by the key that causes them. Neither Directus nor anybody else is told of them. Past the
 * fan-out limit a collection's victims are one change of all its items. Time and user are the deletion's.
 */
export async function findVictims(
	collection: string,
	keys: readonly unknown[],
	handle: Handle,
	{ watch, primary }: Pick<CaptureDoors, 'watch' | 'primary'>,
): Promise<Map<string, NewChange[]>> {
	const victims = new Map<string, NewChange[]>();
	let budget: number = LIMITS.fanOut;
	const add = (cause: string, change: Pick<NewChange, 'collection' | 'item' | 'event' | 'before'>) => {
		const known = victims.get(cause);
		const victim: NewChange = { ...change, at: 0, user: null, source: 'cascade' };
		if (known) known.push(victim);
		else victims.set(cause, [victim]);
	};

	/** @param causes the key of the first deletion, by the key of the row on this level that it has led to */
	async function descend(cascades: Cascade[], causes: Map<unknown, string>, seen: string[]): Promise<void> {
		for (const { collection: child, field, effect } of cascades) {
			const key = primary(child);
			const edge = `${child}.${field}`;
			if (!key || causes.size === 0 || seen.includes(edge)) continue;
			const watched = watch().collections.get(child);
			const rows = await handle.rows(
				child,
				field,
				[...causes.keys()],
				[key, field, ...(watched?.columns ?? [])],
				budget + 1,
			);
			const byText = new Map([...causes].map(([parent, cause]) => [String(parent), cause]));
			const causeOf = (row: Row) => byText.get(String(row[field])) ?? '';
			if (watched && rows.length > budget) {
				add(causeOf(rows[0] ?? {}), { collection: child, item: ALL_ITEMS, event: 'update', before: null });
				continue;
			}
			budget -= rows.length;
			const event = effect === 'delete' ? 'delete' : 'update';
			for (const row of watched ? rows : []) {
				add(causeOf(row), {
					collection: child,
					item: String(row[key]),
					event,
					before: { columns: row, between: null, related: null },
				});
			}
			if (effect === 'delete') {
				await descend(watch().cascades.get(child) ?? [], new Map(rows.map((row) => [row[key], causeOf(row)])), [
					...seen,
					edge,
				]);
			}
		}
	}

	const direct = watch().cascades.get(collection);
	if (direct) await descend(direct, new Map(keys.map((key) => [key, String(key)])), []);
	return victims;
}
