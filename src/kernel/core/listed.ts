const MOST = 5;

/** Names in a sentence: `a, b and c`, and of many the first with how many more there are. */
export function listed(names: readonly string[]): string {
	const shown = names.length > MOST ? names.slice(0, MOST - 1) : names;
	const parts = names.length > shown.length ? [...shown, `${names.length - shown.length} more`] : shown;
	return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
