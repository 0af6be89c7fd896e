/**
 * What Node 20 lacks of the language that this package is written in. Only the command line runs there: it is started
 * on machines that have whatever Node they have.
 */
const group = <Key, Entry>(
	entries: Iterable<Entry>,
	keyOf: (entry: Entry, index: number) => Key,
): Map<Key, Entry[]> => {
	const groups = new Map<Key, Entry[]>();
	let index = 0;
	for (const entry of entries) {
		const key = keyOf(entry, index++);
		const known = groups.get(key);
		if (known) known.push(entry);
		else groups.set(key, [entry]);
	}
	return groups;
};

Map.groupBy ??= group;
Object.groupBy ??= ((entries: Iterable<unknown>, keyOf: (entry: unknown, index: number) => PropertyKey) =>
	Object.assign(Object.create(null), Object.fromEntries(group(entries, keyOf)))) as typeof Object.groupBy;
