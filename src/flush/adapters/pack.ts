import type { FlushChange } from './adapter.js';

/** Something that one request can carry only so much of: tags, or URLs. */
export interface Load {
	of(change: FlushChange): string[];
	/** What one request may carry: that many, or where `size` is given that much in all. */
	max: number;
	size?(entry: string): number;
}

/**
 * Changes in groups as large as possible: at most `batchSize` of them, and their distinct tags and URLs within what
 * one request of each kind may carry. A change that alone exceeds that is a group of its own.
 */
export function packChanges(
	changes: readonly FlushChange[],
	batchSize: number,
	loads: readonly Load[],
): FlushChange[][] {
	const groups: FlushChange[][] = [];
	let group: FlushChange[] = [];
	let carried = loads.map(empty);
	for (const change of changes) {
		let grown = loads.map((load, index) => add(load, carried[index] ?? empty(), change));
		const full = group.length >= batchSize || grown.some(({ size }, index) => size > (loads[index]?.max ?? 0));
		if (full && group.length > 0) {
			groups.push(group);
			group = [];
			grown = loads.map((load) => add(load, empty(), change));
		}
		group.push(change);
		carried = grown;
	}
	if (group.length > 0) groups.push(group);
	return groups;
}

interface Carried {
	entries: Set<string>;
	size: number;
}

const empty = (): Carried => ({ entries: new Set(), size: 0 });

function add(load: Load, { entries, size }: Carried, change: FlushChange): Carried {
	const fresh = new Set(load.of(change).filter((entry) => !entries.has(entry)));
	if (fresh.size === 0) return { entries, size };
	return {
		entries: new Set([...entries, ...fresh]),
		size: [...fresh].reduce((sum, entry) => sum + weigh(load, entry), size),
	};
}

/** The distinct tags or URLs of a group, each once, in parts that one request may carry. No part is ever empty. */
export function partsOf(group: readonly FlushChange[], load: Load): string[][] {
	const parts: string[][] = [];
	let size = Infinity;
	for (const entry of new Set(group.flatMap((change) => load.of(change)))) {
		size += weigh(load, entry);
		if (size > load.max) {
			parts.push([]);
			size = weigh(load, entry);
		}
		parts.at(-1)?.push(entry);
	}
	return parts;
}

const weigh = (load: Load, entry: string) => load.size?.(entry) ?? 1;
