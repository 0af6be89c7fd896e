import type { Clock } from '../../kernel/ports.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { ConfigReader, ConfigWriter, Actor, ReadThenWrite } from '../ports.js';
import { ConfigRefusal } from '../refusal.js';
import { readSeats } from './config-limits.js';
import type { WriterOptions } from './config-writer.js';
import { BrokenReferences, hasTransactionalSchema, readThenWrite, StateMoved } from './config-transaction.js';
import { ensureIdMap } from '../tables/config-id-map.js';
import { keepRenewed, LEASE_MS, renewConfigLease, WRITING_MS } from '../tables/config-lease.js';

/** What planning and writing in one transaction needs. */
export interface PushTransactionPorts {
	database: Knex;
	clock: Clock;
	getSchema: () => Promise<SchemaOverview>;
	reader(transaction: Knex, schema: SchemaOverview): ConfigReader;
	writer(transaction: Knex, actor: Actor, options: WriterOptions): ConfigWriter;
}

/** Where tables change outside of the transaction. */
const OUTSIDE: WriterOptions = { foreignKeysAreOff: false, seats: null, schema: null };

/**
 * Reads and plans, then writes, all in one transaction where the database can do that.
 * @throws ConfigRefusal where the configuration is changed meanwhile, again and again
 */
export async function planAndWrite<Planned>(
	work: ReadThenWrite<Planned>,
	{ database, clock, getSchema, reader, writer }: PushTransactionPorts,
): Promise<{ planned: Planned }> {
	const isWhole = hasTransactionalSchema(database);
	const schema = await getSchema();
	await ensureIdMap(database);
	// Where tables are not in the transaction, the lease says that this push still lives.
	const renew = (until: number) => renewConfigLease(database, work.holder, until);
	const stopRenewing = isWhole ? null : keepRenewed(renew, clock.now);
	try {
		const planned = await readThenWrite(database, {
			dryRun: work.dryRun,
			plan: (transaction) => work.plan(reader(transaction, schema)),
			async write(value, transaction, { foreignKeysAreOff }) {
				// Where another push has taken the lease, it writes, and this one does not.
				if (!(await renewConfigLease(transaction, work.holder, clock.now() + WRITING_MS))) throw new StateMoved();
				if (!isWhole && !(await work.isStillSo(value, reader(transaction, schema)))) throw new StateMoved();
				const seats = await readSeats(transaction);
				await work.write(
					value,
					writer(transaction, work.actor, {
						foreignKeysAreOff,
						seats,
						schema: isWhole ? schema : null,
					}),
				);
				// With the commit all is written: a process that dies right after it must not keep others waiting.
				if (isWhole) await renewConfigLease(transaction, work.holder, clock.now() + LEASE_MS);
			},
			before: (value) => work.before(value, writer(database, work.actor, OUTSIDE)),
			after: (value) => work.after(value, writer(database, work.actor, OUTSIDE)),
			undo: async (value, written, error) =>
				work.undo(value, writer(database, work.actor, OUTSIDE), {
					reader: reader(database, await getSchema()),
					written,
					error,
				}),
		});
		return { planned };
	} catch (error) {
		throw refusalOf(error);
	} finally {
		stopRenewing?.();
	}
}

/** The database's message, for the answer to the request. */
export function refusalOf(error: unknown): unknown {
	if (error instanceof StateMoved) return new ConfigRefusal(409, 'STATE_MOVED', `${error.message}; try again`);
	if (error instanceof BrokenReferences)
		return new ConfigRefusal(422, 'REFUSED', `Nothing was changed: ${error.message}`);
	if (error instanceof Error && error.name === 'KnexTimeoutError')
		return new ConfigRefusal(503, 'SERVICE_UNAVAILABLE', 'the database has no connection to spare; try again');
	return error;
}
