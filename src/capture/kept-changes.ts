/** So many changes wait for the end of their transaction; more are written before it ends. */
const MOST = 500;

/** A change, and when it was kept and taken to be written, as numbers that only grow. */
interface Entry<T> {
	change: T;
	keptAt: number;
	/** null while it waits. */
	takenAt: number | null;
	/** A savepoint from before it was rolled back to. */
	isGone: boolean;
}

/** What was taken to be written, to be given back if that fails. */
export interface Taken<T> {
	changes: readonly T[];
	entries: readonly Entry<T>[];
	at: number;
	/** Which transaction it is of. */
	of: number;
}

/**
 * What one transaction will record, until it is written: all at once before the commit, or earlier if it is much. A
 * rollback to a savepoint takes along what was kept since; what was kept before it and written since is written
 * again, since the database has taken that back too.
 */
export function createKeptChanges<T>(most = MOST) {
	/** In the order in which they were kept. */
	let waiting: Entry<T>[] = [];
	/** What a savepoint may still take back. */
	let written: Entry<T>[] = [];
	let savepoints: { name: string; at: number }[] = [];
	/** Writing has failed: it is tried once more, before the commit. */
	let isStalled = false;
	let current = 0;
	let hasWritten = false;
	let time = 0;

	function clear(): void {
		[waiting, written, savepoints, isStalled, hasWritten] = [[], [], [], false, false];
		current += 1;
	}

	/** Takes what waits, to be written now. */
	function take(): Taken<T> {
		const entries = waiting;
		time += 1;
		for (const entry of entries) entry.takenAt = time;
		if (savepoints.length > 0) written.push(...entries);
		waiting = [];
		hasWritten ||= entries.length > 0;
		return { changes: entries.map(({ change }) => change), entries, at: time, of: current };
	}

	/** Has entries wait again, in their old places. */
	function putBack(entries: readonly Entry<T>[]): void {
		if (entries.length === 0) return;
		for (const entry of entries) entry.takenAt = null;
		waiting = [...entries, ...waiting].toSorted((one, other) => one.keptAt - other.keptAt);
		written = written.filter(({ takenAt }) => takenAt !== null);
	}

	/** Gives back what could not be written, but for what a savepoint has taken back meanwhile. */
	function giveBack({ entries, at, of }: Taken<T>): void {
		const unwritten = of === current ? entries.filter(({ takenAt, isGone }) => takenAt === at && !isGone) : [];
		if (unwritten.length > 0) isStalled = true;
		putBack(unwritten);
	}

	function rollbackTo(name: string): void {
		const index = savepoints.findLastIndex((one) => one.name === name);
		const savepoint = savepoints[index];
		if (!savepoint) return;
		savepoints.length = index + 1;
		for (const entry of [...waiting, ...written]) entry.isGone = entry.keptAt > savepoint.at;
		waiting = waiting.filter(({ isGone }) => !isGone);
		written = written.filter(({ isGone }) => !isGone);
		putBack(written.filter(({ takenAt }) => (takenAt ?? 0) > savepoint.at));
	}

	return {
		keep: (change: T): void => void waiting.push({ change, keptAt: (time += 1), takenAt: null, isGone: false }),
		take,
		giveBack,
		clear,
		savepoint: (name: string): void => void savepoints.push({ name, at: (time += 1) }),
		release(name: string): void {
			const index = savepoints.findLastIndex((savepoint) => savepoint.name === name);
			if (index !== -1) savepoints.length = index;
			if (savepoints.length === 0) written = [];
		},
		rollbackTo,
		count: () => waiting.length,
		/** Whether some of it was written before the transaction's end. */
		wereWritten: () => hasWritten,
		/** Whether so much waits that it is written before the transaction ends. */
		isFull: () => waiting.length >= most && !isStalled,
	};
}
