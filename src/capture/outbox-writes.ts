import { inGroupsOf } from '../kernel/core/in-groups-of.js';
import type { BeforeValues, Glimpse } from './before-values.js';
import { changesOfNotes } from './changes-of-notes.js';
import type { NewChange } from './new-change.js';
import type { Kept } from './noted-writes.js';
import type { CapturePorts } from './capture-ports.js';
import type { Connection, Seen } from './seen-statement.js';

/** What a transaction records. */
interface Collected {
	kept: readonly Kept[];
	changes: readonly NewChange[];
}

/** So many changes are one statement. */
const AT_ONCE = 100;

interface OutboxWriteParts {
	glimpses: BeforeValues;
	changesOf(write: Omit<NewChange, 'at' | 'before'>, glimpse: Glimpse | null): NewChange[];
}

/** Writes what a transaction has to record into the outbox, on its own connection and in as few statements as possible. */
export function createOutboxWrites(ports: Pick<CapturePorts, 'broken'>, { glimpses, changesOf }: OutboxWriteParts) {
	/** All that is to be recorded, since the transaction is about to be committed. */
	function collect({ notes }: Connection): Collected {
		const kept = notes.kept.take().changes;
		const noted = changesOfNotes(notes.take(), glimpses, changesOf);
		return { kept, changes: [...kept.map(({ change }) => change), ...noted] };
	}

	/**
	 * Writes what was collected.
	 * @returns what could not be written
	 * @throws what has ended the transaction
	 */
	async function write(on: Connection, { changes }: Collected): Promise<NewChange[]> {
		let written = 0;
		try {
			for (const group of inGroupsOf(AT_ONCE, changes)) {
				await on.record(group);
				written += group.length;
			}
			return [];
		} catch (error) {
			if (on.hasEnded(error)) throw error;
			if (!on.isRefused(error)) ports.broken(error);
			return changes.slice(written);
		}
	}

	/**
	 * Writes what was collected and commits, in one go where the database takes both: the editor waits for one answer less.
	 * @returns null where one has to be done after the other
	 */
	async function writeAndCommit<T>(
		{ commitWith }: Pick<Seen<T>, 'commitWith'>,
		{ changes }: Collected,
	): Promise<{ answer: T } | null> {
		return commitWith && changes.length > 0 && changes.length <= AT_ONCE ? commitWith(changes) : null;
	}

	/**
	 * Writes what was told of so far, because it is much, or a statement is about to look at it. Where that fails it is
	 * tried again before the commit.
	 * @throws what has ended the transaction
	 */
	async function writeKept(on: Connection): Promise<void> {
		const { kept } = on.notes;
		const taken = kept.take();
		try {
			for (const group of inGroupsOf(AT_ONCE, taken.changes)) await on.record(group.map(({ change }) => change));
		} catch (error) {
			if (on.hasEnded(error)) {
				glimpses.putBack(taken.changes);
				on.notes.end();
				throw error;
			}
			kept.giveBack(taken);
		}
	}

	return { collect, write, writeAndCommit, writeKept };
}
