/** The list in slices of at most `size`, in order. */
export function inGroupsOf<T>(size: number, list: readonly T[]): T[][] {
	const groups: T[][] = [];
	for (let start = 0; start < list.length; start += size) groups.push(list.slice(start, start + size));
	return groups;
}
