/** Two texts beside each other. A side is null where it has no such line; `marks` is the part of each that differs. */
export interface LineRow {
	from: string | null;
	to: string | null;
	same: boolean;
	marks?: { from: [number, number]; to: [number, number] };
}

/** Lines that are the same on both sides, and are not shown until somebody asks. */
export interface Fold {
	folded: LineRow[];
}

/** Lines around a change that are shown with it. */
const AROUND = 3;
/** Beyond so many pairs of lines it takes too long to look for what stayed: then all of it is another text. */
const MOST_PAIRS = 1_000_000;

/** Line by line, what was taken away and what was added; as few as possible. */
export function diffLines(from: readonly string[], to: readonly string[]): LineRow[] {
	let start = 0;
	while (start < from.length && start < to.length && from[start] === to[start]) start++;
	let end = 0;
	while (end < from.length - start && end < to.length - start && from.at(-1 - end) === to.at(-1 - end)) end++;
	const same = (lines: readonly string[]) => lines.map((line): LineRow => ({ from: line, to: line, same: true }));
	return [
		...same(from.slice(0, start)),
		...middle(from.slice(start, from.length - end), to.slice(start, to.length - end)),
		...same(from.slice(from.length - end)),
	];
}

function middle(from: readonly string[], to: readonly string[]): LineRow[] {
	const rows: LineRow[] = [];
	let [removed, added]: [string[], string[]] = [[], []];
	const flush = () => {
		for (let at = 0; at < Math.max(removed.length, added.length); at++)
			rows.push(paired(removed[at] ?? null, added[at] ?? null));
		[removed, added] = [[], []];
	};
	let [left, right] = [0, 0];
	for (const [a, b] of stayed(from, to)) {
		removed.push(...from.slice(left, a));
		added.push(...to.slice(right, b));
		flush();
		rows.push({ from: from[a] ?? '', to: to[b] ?? '', same: true });
		[left, right] = [a + 1, b + 1];
	}
	removed.push(...from.slice(left));
	added.push(...to.slice(right));
	flush();
	return rows;
}

/** The longest sequence of lines that both have, as pairs of places. */
function stayed(from: readonly string[], to: readonly string[]): [number, number][] {
	if (from.length * to.length > MOST_PAIRS) return [];
	const width = to.length + 1;
	const lengths = new Uint32Array((from.length + 1) * width);
	const at = (a: number, b: number) => lengths[a * width + b] ?? 0;
	for (let a = from.length - 1; a >= 0; a--) {
		for (let b = to.length - 1; b >= 0; b--)
			lengths[a * width + b] = from[a] === to[b] ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1));
	}
	const pairs: [number, number][] = [];
	for (let a = 0, b = 0; a < from.length && b < to.length;) {
		if (from[a] === to[b]) pairs.push([a++, b++]);
		else if (at(a + 1, b) >= at(a, b + 1)) a++;
		else b++;
	}
	return pairs;
}

function paired(from: string | null, to: string | null): LineRow {
	if (from === null || to === null) return { from, to, same: false };
	let start = 0;
	while (start < from.length && start < to.length && from[start] === to[start]) start++;
	let end = 0;
	while (end < from.length - start && end < to.length - start && from.at(-1 - end) === to.at(-1 - end)) end++;
	// Two lines that have nothing in common are not marked: all of each is what differs.
	const isAnother = start + end < Math.min(from.length, to.length) / 4;
	return {
		from,
		to,
		same: false,
		...(isAnother ? {} : { marks: { from: [start, from.length - end], to: [start, to.length - end] } }),
	};
}

/** Leaves out what is the same and far from every change. */
export function foldSame(rows: readonly LineRow[]): (LineRow | Fold)[] {
	const near = new Set<number>();
	for (const [index, { same }] of rows.entries()) {
		if (!same) for (let at = index - AROUND; at <= index + AROUND; at++) near.add(at);
	}
	const folded: (LineRow | Fold)[] = [];
	let hidden: LineRow[] = [];
	const flush = () => {
		// A fold of one line takes as much room as the line.
		if (hidden.length > 1) folded.push({ folded: hidden });
		else folded.push(...hidden);
		hidden = [];
	};
	for (const [index, row] of rows.entries()) {
		if (near.has(index)) {
			flush();
			folded.push(row);
		} else hidden.push(row);
	}
	flush();
	return folded;
}
