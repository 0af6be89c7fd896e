import { LIMITS } from '../../schema.js';
import type { ItemChange } from '../capture/core/item-change.js';
import type { Hop } from '../kernel/filter/field-path.js';
import type { Items } from '../kernel/ports.js';

/** The items that show a changed one; where they are too many to name, why the whole collection stands for them. */
export type Above = { keys: string[] } | { whole: string | null };

/**
 * The keys at the top of the hops that lead to a changed item, through its present and through its old foreign keys. A
 * hop that repeats is climbed until nothing new is found, so that a circle ends.
 */
export async function climb(
	{ path, hops }: { path: string; hops: Hop[] },
	change: Pick<ItemChange, 'item' | 'before'>,
	items: Pick<Items, 'showing'>,
): Promise<Above> {
	let keys = new Set([change.item]);
	for (let depth = hops.length - 1; depth >= 0; depth -= 1) {
		const hop = hops[depth] as Hop;
		const isLast = depth === hops.length - 1;
		const above = await showing(hop, keys);
		if (isLast && hop.type === 'o2m')
			for (const row of change.before)
				if (row[hop.field] !== null && row[hop.field] !== undefined) above.add(String(row[hop.field]));
		if (hop.repeats) {
			let found = above;
			for (let level = 1; found.size > 0 && above.size <= LIMITS.fanOut; level += 1) {
				if (level >= LIMITS.viaLevels)
					return {
						whole: `"${path}" goes on for more than ${LIMITS.viaLevels} levels, so the whole collection is sent`,
					};
				found = new Set([...(await showing(hop, found))].filter((key) => !above.has(key)));
				for (const key of found) above.add(key);
			}
		}
		keys = above;
		if (keys.size > LIMITS.fanOut) return { whole: tooMany(path) };
		if (keys.size === 0) break;
	}
	return { keys: [...keys] };

	async function showing(hop: Hop, of: Set<string>): Promise<Set<string>> {
		return new Set((await items.showing(hop, [...of], LIMITS.fanOut + 1)).map(({ shows }) => shows));
	}
}

const tooMany = (path: string) =>
	`more than ${LIMITS.fanOut} items show it through "${path}", so the whole collection is sent`;
