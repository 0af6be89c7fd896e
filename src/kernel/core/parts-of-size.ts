/**
 * A list in parts, in its order: each with at most so many entries and so many bytes, but for an entry that is larger
 * than that by itself.
 */
export function partsOfSize<T>(
	list: readonly T[],
	{ rows, bytes }: { rows: number; bytes: number },
	sizeOf: (entry: T) => number,
): T[][] {
	const parts: T[][] = [];
	let part: T[] = [];
	let carried = 0;
	for (const entry of list) {
		const size = sizeOf(entry);
		if (part.length > 0 && (part.length >= rows || carried + size > bytes)) {
			parts.push(part);
			[part, carried] = [[], 0];
		}
		part.push(entry);
		carried += size;
	}
	if (part.length > 0) parts.push(part);
	return parts;
}
