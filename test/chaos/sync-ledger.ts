/** One value that somebody tried to give to one field of one row. */
export interface Tried {
	/** `collection/label` */
	row: string;
	field: string;
	/** In normal form (`normalised`); of a reference, the label of the row that it leads to. */
	value: string;
	instance: number;
	/** When it was asked for and when that was over, ms since 1970. */
	start: number;
	end: number;
	/** The answer was a success; otherwise it may have been done or not. */
	acknowledged: boolean;
}

type Deletion = Omit<Tried, 'field' | 'value'>;

/** All that was asked of all instances, and what was answered. */
export interface Ledger {
	tried: Tried[];
	deleted: Deletion[];
	/** When an instance was killed, ms since 1970. */
	killed: { instance: number; at: number }[];
}

/** How much later than another an edit on another instance has to be, to win for certain. */
const SURELY_LATER_MS = 3_000;
/** The same where the edit's instance was killed before it had told anybody. */
const SURELY_LATER_AFTER_A_KILL_MS = 60_000;
/** How long an edit may wait until it is planned, at the most, on an instance that is running. */
const PLANNED_WITHIN_MS = 5_000;
/** How much later than an edit on another instance a deletion has to be, to have seen it for certain, whatever was cut. */
const SURELY_SEEN_MS = 60_000;

/** How long a deletion may take to arrive at another instance that is being started again, or was cut off. */
const ARRIVES_WITHIN_MS = 20_000;

/** A value as it is compared: the same for every database. */
export function normalised(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(normalised).join()}]`;
	if (typeof value === 'object' && value !== null)
		return `{${Object.entries(value)
			.toSorted(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, one]) => `${key}:${normalised(one)}`)
			.join()}}`;
	if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return new Date(value).toISOString();
	if (typeof value === 'string' && /^-?\d+\.\d+$/.test(value)) return String(Number(value));
	return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** Rows in normal form, by `collection/label`, their fields by name. */
export type World = Map<string, Record<string, string>>;

/** What is different between two instances, in words; none where they are equal. */
export function differences(a: World, b: World): string[] {
	const found: string[] = [];
	for (const row of new Set([...a.keys(), ...b.keys()])) {
		const [one, other] = [a.get(row), b.get(row)];
		if (!one || !other) found.push(`${row} is ${one ? 'only here' : 'only there'}`);
		else
			for (const field of new Set([...Object.keys(one), ...Object.keys(other)]))
				if (one[field] !== other[field]) found.push(`${row}.${field}: ${one[field]} here, ${other[field]} there`);
	}
	return found.toSorted();
}

/** What acknowledged edits and deletions did not come to, though nothing later stands against them; in words. */
export async function lost(
	world: World,
	ledger: Ledger,
	hitNothing: (one: Tried) => Promise<boolean>,
): Promise<string[]> {
	const values: string[] = [];
	for (const { line, standing } of lostValues(world, ledger)) {
		const missed = await Promise.all(standing.map(hitNothing));
		if (!missed.every(Boolean)) values.push(line);
	}
	return [...values, ...lostRows(world, ledger), ...undeleted(world, ledger)];
}

function lostValues(world: World, ledger: Ledger): { line: string; standing: Tried[] }[] {
	const ever = new Set(ledger.deleted.map(({ row }) => row.slice(row.indexOf('/') + 1)));
	return [...Map.groupBy(ledger.tried, ({ row, field }) => `${row} ${field}`)].flatMap(([place, tried]) => {
		const [row = '', field = ''] = place.split(' ');
		const value = world.get(row)?.[field];
		if (value === undefined) return [];
		// Of an edit without an answer nobody knows whether it was made; a row has values that nobody set, too.
		if (!tried.some(({ acknowledged }) => acknowledged)) return [];
		const kept = tried.filter((one) => !wentWithItsArticle(one, ledger));
		if (kept.length === 0) return [];
		const standingAmong = (all: Tried[]) =>
			kept.filter((one) => all.includes(one) && !all.some((other) => isOverwritten(one, other, ledger)));
		const standing = standingAmong(tried);
		// Whoever deletes a row right after an edit deletes that too, though others keep the row.
		const deletions = ledger.deleted.filter((deletion) => deletion.row === row);
		const isGone = (one: Tried) => deletions.some((deletion) => endedBy(one, deletion));
		// A row goes with the one that it leads to, and comes back as it was before: others keep it for another reason.
		if (standing.length > 0 && standing.every((one) => isGone(one) || ever.has(one.value))) return [];
		// Two editors of one instance may have made two rows of the same label, each with a value of its own.
		const values = [value];
		for (let count = 2; world.has(`${row}#${count}`); count += 1)
			values.push(world.get(`${row}#${count}`)?.[field] ?? '');
		const back = setBack(tried, ledger);
		const candidates = [...standing, ...standingAmong(tried.filter((one) => !back.has(one)))];
		if (candidates.some((candidate) => values.includes(candidate.value))) return [];
		// A reference is emptied by the deletion of the row that it led to.
		if (value === 'null' && tried.some((one) => ever.has(one.value))) return [];
		const line = `${row}.${field} is ${value}, not ${standing.map((one) => told(one, ledger)).join(' or ')}`;
		return [{ line, standing }];
	});
}

/**
 * Edits of one instance that came to nothing before they were planned: a value that was changed and, soon after, set to
 * what it was. That is no edit, and what somebody did to the field elsewhere stands. Whether it was planned in between
 * nobody can tell from outside, so that a world in which it was one is as good.
 */
function setBack(tried: Tried[], { killed }: Ledger): Set<Tried> {
	const found = new Set<Tried>();
	for (const last of tried) {
		const wasKilled = killed.some(
			({ instance, at }) => instance === last.instance && Math.abs(at - last.start) < SURELY_LATER_AFTER_A_KILL_MS,
		);
		const within = wasKilled ? SURELY_LATER_AFTER_A_KILL_MS : PLANNED_WITHIN_MS;
		const between = tried.filter(
			(one) =>
				one.instance === last.instance &&
				one.value !== last.value &&
				one.start < last.end &&
				one.end > last.start - within,
		);
		const wasSo = (one: Tried) => one.value === last.value && between.some(({ start }) => one.start < start);
		if (between.length === 0 || !(last.value === 'null' || tried.some((one) => one !== last && wasSo(one)))) continue;
		for (const one of [last, ...between]) found.add(one);
	}
	return found;
}

/** Of what Directus does to a row at the same time, either may come last. */
const endedBy = (one: Tried, deletion: Deletion) => one.instance === deletion.instance && deletion.end >= one.start;

/**
 * A translation is deleted along with its article. Somebody's edit may bring the article back, and what was said of the
 * translation then is a new one, which has nothing of what the deletion had seen. One of another instance takes along what is there when
 * it arrives.
 */
const wentWithItsArticle = ({ row, start }: Tried, { deleted }: Ledger): boolean =>
	deleted.some((deletion) => deletion.row === articleOf(row) && deletion.end + ARRIVES_WITHIN_MS >= start);

/** The article that a translation is of; null for other rows. */
const articleOf = (row: string): string | null =>
	row.startsWith('articles_translations/') ? `articles/${row.split('/')[1]?.split('+')[0]}` : null;

const told = ({ value, instance, start, end, acknowledged }: Tried, { tried }: Ledger) => {
	const began = tried[0]?.start ?? 0;
	return `${value} (instance ${instance}, ${start - began}–${end - began} ms${acknowledged ? '' : ', not acknowledged'})`;
};

/** All that was asked of a place, or of the article that a translation is of, in order; one line each. */
export function askedOf(place: string, { tried, deleted }: Ledger): string[] {
	const article = articleOf(place);
	const began = tried[0]?.start ?? 0;
	// A reference is told by the label of the row that it leads to.
	const values = new Set(tried.flatMap((one) => (one.row === place ? [one.value] : [])));
	const asked = [
		...tried.filter(({ row }) => row === place).map((one) => ({ ...one, what: `${one.field} = ${one.value}` })),
		...deleted
			.filter(({ row }) => row === place || row === article || values.has(row.slice(row.indexOf('/') + 1)))
			.map((deletion) => ({ ...deletion, what: `${deletion.row} gone` })),
	];
	return asked
		.toSorted((a, b) => a.start - b.start)
		.map(
			({ what, instance, start, end, acknowledged }) =>
				`  asked of ${instance}, ${start - began}–${end - began} ms (${start}): ${what}${acknowledged ? '' : ', not acknowledged'}`,
		);
}

/** Whether an edit is certainly older than another one of the same field that was acknowledged. */
function isOverwritten(
	one: Deletion,
	other: Deletion,
	{ killed }: Ledger,
	surelyLater: number = SURELY_LATER_MS,
): boolean {
	if (one === other || !other.acknowledged) return false;
	if (one.instance === other.instance) return other.start >= one.end;
	const wasKilled = killed.some(
		({ instance, at }) => instance === one.instance && at >= one.start && at < one.end + SURELY_LATER_MS,
	);
	return other.start > one.end + (wasKilled ? SURELY_LATER_AFTER_A_KILL_MS : surelyLater);
}

/** Rows that somebody was told are there, and that nobody ever tried to delete, directly or with their parent. */
function lostRows(world: World, { tried, deleted }: Ledger): string[] {
	const gone = new Set(deleted.map(({ row }) => row));
	const parents = Map.groupBy(
		tried.filter(({ field }) => field === 'article'),
		({ row }) => row,
	);
	const made = new Set(tried.filter(({ acknowledged }) => acknowledged).map(({ row }) => row));
	return [...made].flatMap((row) => {
		if (world.has(row) || gone.has(row)) return [];
		if (gone.has(articleOf(row) ?? '')) return [];
		if ((parents.get(row) ?? []).some(({ value }) => gone.has(`articles/${value}`))) return [];
		return [`${row} is not there, and was never deleted`];
	});
}

/**
 * Deletions of a row that an edit elsewhere may have undone, since they had not seen it. That the row is back is news, too:
 * a deletion on a third instance that had not heard of it does not end it.
 */
function takenBack(row: string, edits: Tried[], ledger: Ledger): Deletion[] {
	return ledger.deleted.filter(
		(deletion) => deletion.row === row && !edits.every((edit) => isOverwritten(edit, deletion, ledger, SURELY_SEEN_MS)),
	);
}

/** Rows whose deletion was acknowledged, and which nobody edited at about that time or later. */
function undeleted(world: World, ledger: Ledger): string[] {
	return ledger.deleted.flatMap((deletion) => {
		if (!deletion.acknowledged || !world.has(deletion.row)) return [];
		const tried = ledger.tried.filter(({ row }) => row === deletion.row);
		// Deleting what a row leads to empties its reference, which is an edit of the row.
		const emptied = ledger.deleted.filter(({ row }) => tried.some(({ value }) => row.endsWith(`/${value}`)));
		const edits: Deletion[] = [...tried, ...emptied, ...takenBack(deletion.row, tried, ledger)];
		const stands = edits.every((edit) => isOverwritten(edit, deletion, ledger, SURELY_SEEN_MS));
		return stands ? [`${deletion.row} is there, and was deleted`] : [];
	});
}
