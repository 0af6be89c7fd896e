import type { Adapter, AdapterTarget, FlushChange } from './adapter.js';

/** Changes in groups as the adapter packs them, none of them larger than so many bytes unless it is a single change. */
export const groupChanges = (
	changes: FlushChange[],
	adapter: Adapter,
	wire: AdapterTarget,
	mostBytes: number,
): FlushChange[][] => adapter.group(changes, wire).flatMap((group) => withinBytes(group, adapter, mostBytes));

/** A group in parts of at most so many bytes, in order; a change that is larger by itself is a part of its own. */
export function withinBytes(
	group: FlushChange[],
	{ bytes }: Pick<Adapter, 'bytes'>,
	mostBytes: number,
): FlushChange[][] {
	if (!bytes || group.length < 2) return [group];
	const parts: FlushChange[][] = [];
	let size = Infinity;
	for (const change of group) {
		const own = bytes(change);
		if (size + own > mostBytes) {
			parts.push([]);
			size = BRACKETS;
		}
		size += own;
		parts.at(-1)?.push(change);
	}
	return parts;
}

/** The brackets around the list, minus the comma that the last change does not have. */
const BRACKETS = 1;
