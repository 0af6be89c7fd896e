import type { Knex } from 'knex';
import type { ApplyTransaction } from '../incoming/apply-ports.js';
import { hasEndedTransaction } from '../../kernel/core/database-errors.js';
import type { ActionEvent, applyTransaction, inDirectusTransaction, Sink, SyncWritePorts } from './sync-transaction.js';

/** Does all of one part of a transaction, or none of it. */
export type DoPart = <T>(work: (transaction: ApplyTransaction) => Promise<T>) => Promise<T>;

/** How a transaction of Directus is begun, and what is written in it. */
export interface PartsPorts {
	begin: typeof inDirectusTransaction;
	writesIn: typeof applyTransaction;
}

/** All of it is taken back, and what it came to is told. */
class TakenBack extends Error {
	readonly value: unknown;
	constructor(value: unknown) {
		super('taken back');
		this.value = value;
	}
}

/**
 * Does several parts in one transaction; a part that throws leaves nothing, and the others stay. In the end all is kept or
 * nothing is, as the work says.
 * @param how.rehearses nothing is kept in any case, and nobody is asked or told: no flow, no hook, no extension
 */
export async function inPartsTogether<T>(
	ports: SyncWritePorts & PartsPorts,
	collection: string,
	{ rehearses }: { rehearses: boolean },
	work: (part: DoPart, knex: Knex) => Promise<{ value: T; keeps: boolean }>,
): Promise<T> {
	try {
		return await ports.begin(ports, collection, async (knex, sink) => {
			let ended: unknown = null;
			const part: DoPart = async (doPart) => {
				// Its database has taken the whole transaction back, and would keep by itself whatever is written now.
				if (ended !== null) throw ended;
				const events: unknown[] = [];
				const own: Sink = {
					options: { bypassEmitAction: (event: unknown) => void events.push(event) },
					writes: [],
					removed: [],
					numbered: sink.numbered,
					emits: !rehearses,
				};
				try {
					const value = await knex.transaction((savepoint) => doPart(ports.writesIn(ports, savepoint, own)));
					for (const event of events) sink.options.bypassEmitAction(event as ActionEvent);
					sink.writes.push(...own.writes);
					sink.removed.push(...own.removed);
					return value;
				} catch (error) {
					if (hasEndedTransaction(error)) ended = error;
					throw error;
				}
			};
			const { value, keeps } = await work(part, knex);
			if (ended !== null) throw ended;
			if (rehearses || !keeps) throw new TakenBack(value);
			return value;
		});
	} catch (error) {
		if (error instanceof TakenBack) return error.value as T;
		throw error;
	}
}
