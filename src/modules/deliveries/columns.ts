/** A column of the list of deliveries. */
export type ColumnName = 'status' | 'event' | 'collection' | 'target' | 'tries' | 'created_at';

export interface Column {
	name: ColumnName;
	/** px */
	width: number;
}

/** Beside the columns: the box that selects a row, and the table's own room at its end. */
const BESIDE = 36 + 22;
/** The item, its error, and on narrow pages everything else: never narrower than this. */
const FILL_MIN = 150;
const FIXED: Record<Exclude<ColumnName, 'collection'>, number> = {
	status: 152,
	event: 108,
	target: 150,
	tries: 108,
	created_at: 160,
};
/** Which columns there are, in the order of the table, for the room that there is; the first that fits. */
const SETS: { from: number; names: ColumnName[] }[] = [
	{ from: 980, names: ['status', 'event', 'collection', 'target', 'tries', 'created_at'] },
	{ from: 840, names: ['status', 'collection', 'target', 'tries', 'created_at'] },
	{ from: 680, names: ['status', 'collection', 'target', 'created_at'] },
	// One cell then tells everything, line under line.
	{ from: 0, names: ['collection'] },
];

/**
 * The columns that fit into a table so wide (px), none of them cut: all have a fixed width but that of the item, which
 * takes the rest, and which tells what there is no column for.
 */
export function columnsFor(width: number): Column[] {
	const { names } = SETS.find(({ from }) => width >= from) ?? { names: [] };
	const fixed = names.reduce((sum, name) => sum + (name === 'collection' ? 0 : FIXED[name]), 0);
	const rest = Math.max(FILL_MIN, Math.floor(width) - fixed - BESIDE);
	return names.map((name) => ({ name, width: name === 'collection' ? rest : FIXED[name] }));
}
