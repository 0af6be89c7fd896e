/** No real rule, item or configuration is nested deeper than this; code that walks deeper JSON would run out of stack. */
export const MOST_NESTED = 500;

/** Whether a value is nested deeper than `most` levels. Walks it without recursion. */
export function isNestedTooDeeply(value: unknown, most = MOST_NESTED): boolean {
	let level: unknown[] = [value];
	for (let depth = 0; level.length > 0; depth += 1) {
		if (depth > most) return true;
		const next: unknown[] = [];
		for (const entry of level)
			if (typeof entry === 'object' && entry !== null)
				for (const inner of Object.values(entry)) if (typeof inner === 'object' && inner !== null) next.push(inner);
		level = next;
	}
	return false;
}

/** A message if a value is too large as JSON, otherwise null. The value must not be nested too deeply. */
export function oversizeOf(value: unknown, most: number): string | null {
	const bytes = Buffer.byteLength(JSON.stringify(value) ?? '');
	if (bytes <= most) return null;
	const [got, kept] = [bytes, most].map((count) => count.toLocaleString('en'));
	return `it has ${got} bytes as JSON; the limit is ${kept}`;
}
